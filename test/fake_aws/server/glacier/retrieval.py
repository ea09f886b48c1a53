"""What an account may retrieve: policies and bought capacity. Source: S3 Glacier Developer Guide,
"S3 Glacier Data Retrieval Policies"."""

from ..markup import iso_time
from ..wire import Answer
from .documents import read_json
from .errors import GlacierError, invalid, json_answer
from .model import DAY, HOUR

FREE_PER_MONTH = 10 << 30
NO_POLICY = {"Rules": [{"Strategy": "None", "BytesPerHour": None}]}


def get_policy(state, request):
    policy = state.glacier.retrieval_policies.get(request.signature.region, NO_POLICY)
    return json_answer(200, {"Policy": policy})


def set_policy(state, request):
    rules = read_json(request, {"Policy": dict})["Policy"].get("Rules")
    if not isinstance(rules, list) or len(rules) != 1 or not isinstance(rules[0], dict):
        raise invalid("A policy has exactly one rule")
    strategy, limit = rules[0].get("Strategy"), rules[0].get("BytesPerHour")
    if strategy not in ("BytesPerHour", "FreeTier", "None"):
        raise invalid("Invalid Strategy: %s" % strategy)
    if ((strategy == "BytesPerHour") != (limit is not None) or
            (limit is not None and (not isinstance(limit, int) or limit < 1))):
        raise invalid("BytesPerHour is for the strategy BytesPerHour, and a positive number")
    state.glacier.retrieval_policies[request.signature.region] = {
        "Rules": [{"Strategy": strategy, "BytesPerHour": limit}]}
    return Answer(204)


def charge(glacier, region, size):
    """Counts a retrieval, or refuses it."""
    rule = glacier.retrieval_policies.get(region, NO_POLICY)["Rules"][0]
    seconds, limit = {"BytesPerHour": (HOUR, rule["BytesPerHour"]),
                      "FreeTier": (30 * DAY, FREE_PER_MONTH), "None": (0, None)}[rule["Strategy"]]
    now = glacier.now()
    used = sum(entry[2] for entry in glacier.retrieved
               if entry[1] == region and entry[0] > now - seconds)
    if limit is not None and used + size > limit:
        raise GlacierError(400, "PolicyEnforcedException",
                           "InitiateJob request denied by current data retrieval policy.")
    glacier.retrieved.append((now, region, size))


def check_capacity(glacier, region):
    """Expedited retrievals are always accepted if capacity was bought."""
    bought = any(begin <= glacier.now() < end
                 for _, begin, end in glacier.capacity_units.get(region, []))
    if glacier.no_capacity and not bought:
        raise GlacierError(503, "InsufficientCapacityException",
                           "There is insufficient capacity to process this expedited request")


def list_capacity(state, request):
    units = state.glacier.capacity_units.get(request.signature.region, [])
    listed = [{"CapacityId": name, "StartDate": iso_time(begin), "ExpirationDate": iso_time(end)}
              for name, begin, end in units]
    return json_answer(200, {"ProvisionedCapacityList": listed})


def buy_capacity(state, request):
    glacier = state.glacier
    now, units = glacier.now(), glacier.capacity_units.setdefault(request.signature.region, [])
    if sum(1 for _, begin, end in units if begin <= now < end) >= 2:
        raise GlacierError(400, "LimitExceededException", "Provisioned capacity limit exceeded: 2")
    units.append((glacier.new_id(), now, now + 30 * DAY))
    return Answer(201, {"x-amz-capacity-id": units[-1][0]})
