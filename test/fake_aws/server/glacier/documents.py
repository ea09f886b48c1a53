"""JSON bodies."""

import json

from .errors import GlacierError, invalid, missing


def read_object(request):
    try:
        value = json.loads(request.body.read() or b"{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise GlacierError(400, "SerializationException", "The request body is not a JSON object")
    return value


def read_json(request, required, optional=None):
    """The body's fields, each of the given type: {name: type}. A field that Amazon does not have is
    an error of the client."""
    value, known = read_object(request), {**required, **(optional or {})}
    unknown = set(value) - set(known)
    if unknown:
        raise invalid("Unknown parameters: " + ", ".join(sorted(unknown)))
    for name, kind in known.items():
        if value.get(name) is None:
            if name in required:
                raise missing(name)
            value.pop(name, None)
        elif not isinstance(value[name], kind):
            raise GlacierError(400, "SerializationException", "%s is not of the right type" % name)
    return value
