"""Which request fails, and how: the same seed and the same order of requests give the same faults."""

import random
import threading

ANYWHERE = ["500", "500-after", "503", "408", "cut-request", "cut-answer", "lost-answer", "stall"]


def kinds_for(request):
    """The ways in which this request can fail."""
    kinds = list(ANYWHERE)
    query = request.query
    if request.method == "POST" and "uploadId" in query:
        kinds += ["complete-error"] * 2
    if request.method == "PUT" and "partNumber" in query:
        kinds += ["wrong-etag"]
    if request.method == "GET" and not query:
        kinds += ["flip"] * 2
    return kinds


class Faults:
    def __init__(self, text=""):
        self.lock = threading.Lock()
        self.targeted = []
        self.log = []
        fields = text.split(":") if text else ["0", "0"]
        self.set({"seed": int(fields[0]), "rate": float(fields[1]), "kinds": fields[2].split(",") if len(fields) > 2 else None})

    def set(self, wanted):
        """Random ones by seed, rate, kinds and count; or one targeted at requests: match, kind, times."""
        with self.lock:
            if "match" in wanted:
                self.targeted.append({"match": wanted["match"], "kind": wanted["kind"], "times": wanted.get("times", 1)})
                return
            self.seed, self.rate = wanted.get("seed", 0), wanted.get("rate", 0)
            self.kinds, self.left = wanted.get("kinds"), wanted.get("count", -1)
            self.counter = 0
            if self.rate == 0:
                self.targeted = []

    def choose(self, request):
        """How this request shall fail; None: not at all."""
        with self.lock:
            for fault in self.targeted:
                if fault["times"] > 0 and matches(fault["match"], request):
                    fault["times"] -= 1
                    return self.note(request, fault["kind"])
            self.counter += 1
            if self.rate == 0 or self.left == 0:
                return None
            chance = random.Random("%s:%s" % (self.seed, self.counter))
            if chance.random() >= self.rate:
                return None
            kinds = [kind for kind in kinds_for(request) if self.kinds is None or kind in self.kinds]
            if not kinds:
                return None
            self.left -= 1
            return self.note(request, chance.choice(kinds))

    def note(self, request, kind):
        self.log.append("%s %s?%s: %s" % (request.method, request.path, request.raw_query, kind))
        return kind


def matches(wanted, request):
    return (wanted.get("method", request.method) == request.method and wanted.get("path", "") in request.path and
            wanted.get("query", "") in request.raw_query)
