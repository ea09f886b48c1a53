"""What only a test may do: move the clock, look inside, break things. Calls to /_control/ are not signed and never fail by themselves."""

import calendar
import json
import time

from web import Answer


def corrupt(state, wanted):
    """Flips a bit of a stored byte."""
    obj = state.buckets[wanted["bucket"]].current(wanted["key"])
    offset = wanted.get("offset", 0)
    for path, size in obj.files:
        if offset < size:
            with open(path, "r+b") as file:
                file.seek(offset)
                byte = file.read(1)[0]
                file.seek(offset)
                file.write(bytes([byte ^ 1]))
            return
        offset -= size


def set_clock(state, wanted):
    if "set" in wanted:
        target = calendar.timegm(time.strptime(wanted["set"][:19], "%Y-%m-%dT%H:%M:%S"))
        state.advanced += target - state.thaw_now()
    state.advanced += wanted.get("advance", 0)


def handle(request, server):
    state, faults = server.state, server.faults
    call = request.path[len("/_control/"):]
    wanted = json.loads(request.body or b"{}")
    result = {}
    with state.lock:
        if call == "clock":
            set_clock(state, wanted)
            result = {"thaw_clock": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(state.thaw_now()))}
        elif call == "faults":
            faults.set(wanted)
        elif call == "fault-log":
            result = {"faults": faults.log}
        elif call == "state":
            result = state.describe()
        elif call == "corrupt":
            corrupt(state, wanted)
        elif call == "key":
            state.add_key(wanted["key"])
        elif call == "deny":
            state.keys[wanted["key"]].denied = set(wanted["actions"])
        elif call == "bucket":
            state.add_bucket(wanted["bucket"])
        elif call == "options":
            for name, value in wanted.items():
                setattr(server.options, name, value)
        elif call == "requests":
            result = {"requests": state.requests[int(request.query.get("since", 0)):]}
        else:
            return Answer(404, b"no such control call")
    return Answer(200, json.dumps(result).encode(), {"Content-Type": "application/json"})
