"""Policies of resources, as far as tests need them. Source: IAM User Guide, "Policy evaluation
logic" and "IAM JSON policy elements"."""

import fnmatch
import json

LONGEST = 20480
NUMERIC = {"NumericEquals": lambda a, b: a == b, "NumericNotEquals": lambda a, b: a != b,
           "NumericLessThan": lambda a, b: a < b, "NumericLessThanEquals": lambda a, b: a <= b,
           "NumericGreaterThan": lambda a, b: a > b,
           "NumericGreaterThanEquals": lambda a, b: a >= b}
TEXT = {"StringEquals": lambda a, b: a == b, "StringNotEquals": lambda a, b: a != b,
        "StringLike": fnmatch.fnmatchcase,
        "StringNotLike": lambda a, b: not fnmatch.fnmatchcase(a, b)}
NEGATED = ("NumericNotEquals", "StringNotEquals", "StringNotLike")


def as_list(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def parse(text):
    """The statements. ValueError if the text is not a policy, or has unsupported conditions."""
    document = json.loads(text) if len(text) <= LONGEST else None
    statements = as_list(document.get("Statement")) if isinstance(document, dict) else []
    if not statements:
        raise ValueError("no statements, or more than %d bytes" % LONGEST)
    for statement in statements:
        complete = isinstance(statement, dict) and all(
            name in statement for name in ("Effect", "Principal", "Action", "Resource"))
        if not complete or statement["Effect"] not in ("Allow", "Deny"):
            raise ValueError("a statement needs Effect, Principal, Action and Resource")
        for operator, tests in statement.get("Condition", {}).items():
            if operator not in NUMERIC and operator not in TEXT:
                raise ValueError("unknown condition: " + operator)
            for value in tests.values():
                [float(limit) for limit in as_list(value) if operator in NUMERIC]
    return statements


def is_met(condition, context):
    """Every key of every operator must match: one of several values, but all of a negated
    operator's."""
    for operator, tests in condition.items():
        for key, wanted in tests.items():
            actual = {name.lower(): value for name, value in context.items()}.get(key.lower())
            if actual is None:
                if operator in NEGATED:
                    continue
                return False
            if operator in NUMERIC:
                results = [NUMERIC[operator](float(actual), float(value))
                           for value in as_list(wanted)]
            else:
                results = [TEXT[operator](str(actual), value) for value in as_list(wanted)]
            if not (all if operator in NEGATED else any)(results):
                return False
    return True


def is_of(principal, account):
    names = ([name for value in principal.values() for name in as_list(value)]
             if isinstance(principal, dict) else as_list(principal))
    return any(name == "*" or account in name for name in names)


def denies(text, action, resource, account, context):
    for statement in parse(text):
        if statement["Effect"] != "Deny" or not is_of(statement["Principal"], account):
            continue
        if not any(fnmatch.fnmatchcase(action.lower(), pattern.lower())
                   for pattern in as_list(statement["Action"])):
            continue
        if not any(fnmatch.fnmatchcase(resource, pattern)
                   for pattern in as_list(statement["Resource"])):
            continue
        if is_met(statement.get("Condition", {}), context):
            return True
    return False
