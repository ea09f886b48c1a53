"""Decides which request fails, and how. The same seed, kinds and order of requests give the same
faults."""

import random
import re
import threading

from .errors import Refusal, S3Error
from .glacier.errors import GlacierError

BEFORE = {
    "500": S3Error(500, "InternalError", "We encountered an internal error. Please try again."),
    "503": S3Error(503, "SlowDown", "Please reduce your request rate."),
    "408": S3Error(408, "RequestTimeout",
                   "Your socket connection to the server was not read from or written to within "
                   "the timeout period."),
    "400-timeout": S3Error(400, "RequestTimeout",
                           "Your socket connection to the server was not read from or written to "
                           "within the timeout period."),
}
# Only the code distinguishes them: throttling is a 400 here. Source: S3 Glacier Developer
# Guide, "Error Responses".
BEFORE_GLACIER = {
    "500": GlacierError(500, "ServiceUnavailableException",
                        "The service is temporarily unavailable"),
    "throttle": GlacierError(400, "ThrottlingException", "Rate exceeded"),
    "408": GlacierError(408, "RequestTimeoutException", "Request timed out."),
}
BEFORE_SNS = {
    "500": Refusal(500, "InternalError", "Internal error"),
    "throttle": Refusal(400, "Throttling", "Rate exceeded"),
}
OF_SERVICES = {"s3": BEFORE, "glacier": BEFORE_GLACIER, "sns": BEFORE_SNS}
CONNECTIONS = ("500-after", "cut-request", "cut-answer", "lost-answer", "stall")
ANYWHERE = tuple(BEFORE) + ("500-after", "cut-request", "cut-answer", "lost-answer", "stall")
KINDS = ANYWHERE + ("complete-error", "complete-error-after", "wrong-etag", "flip", "throttle",
                    "wrong-tree-hash")
TREE_HASHED = re.compile(r"/(archives|multipart-uploads/[^/]+|output)$")


def applicable(request):
    """The kinds of faults that this request can have."""
    if request.service != "s3":
        return applicable_elsewhere(request)
    kinds = list(ANYWHERE)
    if request.method == "POST" and "uploadId" in request.query:
        kinds += ["complete-error", "complete-error-after"]
    if request.method == "PUT":
        kinds += ["wrong-etag"]
    if request.method == "GET" and not request.query:
        kinds += ["flip"]
    return kinds


def applicable_elsewhere(request):
    kinds = list(OF_SERVICES[request.service]) + list(CONNECTIONS)
    if (request.service == "glacier" and TREE_HASHED.search(request.path) and
            request.method in ("PUT", "POST", "GET")):
        kinds += ["wrong-tree-hash"]
    if request.service == "glacier" and request.path.endswith("/output"):
        kinds += ["flip"]
    return kinds


def refusal_of(kind, request):
    """The refusal for a kind of fault; None for other kinds, and those that the request's service
    does not have."""
    return OF_SERVICES[request.service].get(kind)


class Faults:
    def __init__(self, text=""):
        self.lock = threading.Lock()
        self.targeted = []
        self.seed, self.rate, self.kinds, self.left, self.counter = 0, 0.0, None, None, 0
        if text:
            seed, rate, kinds = (text.split(":") + ["", ""])[:3]
            self.configure({"seed": int(seed), "rate": float(rate),
                            "kinds": kinds.split(",") if kinds else None})

    def configure(self, wanted):
        """Random faults: seed, rate, kinds, count. Or faults of matching requests: match, kind,
        times, skip. {} or rate 0 ends all."""
        kinds = [wanted["kind"]] if "kind" in wanted else wanted.get("kinds") or []
        unknown = set(kinds) - set(KINDS)
        if unknown:
            raise ValueError("no such kinds of faults: %s; there are %s" %
                             (", ".join(sorted(unknown)), ", ".join(KINDS)))
        with self.lock:
            if "match" in wanted:
                self.targeted.append({"match": dict(wanted["match"]), "kind": wanted["kind"],
                                      "times": wanted.get("times", 1),
                                      "skip": wanted.get("skip", 0)})
                return
            self.seed, self.rate = wanted.get("seed", 0), float(wanted.get("rate", 0))
            self.kinds, self.left, self.counter = wanted.get("kinds"), wanted.get("count"), 0
            if self.rate == 0:
                self.targeted = []

    def choose(self, request):
        """The kind of fault of this request, or None."""
        with self.lock:
            self.counter += 1
            for fault in self.targeted:
                if fault["times"] > 0 and matches(fault["match"], request):
                    if fault["skip"] > 0:
                        fault["skip"] -= 1
                        continue
                    fault["times"] -= 1
                    return fault["kind"]
            if self.rate == 0 or self.left == 0:
                return None
            kinds = [kind for kind in applicable(request)
                     if self.kinds is None or kind in self.kinds]
            dice = random.Random("%s %d %s" % (self.seed, self.counter, ",".join(self.kinds or [])))
            if not kinds or dice.random() >= self.rate:
                return None
            if self.left is not None:
                self.left -= 1
            return dice.choice(kinds)


def matches(match, request):
    """`match`: the method must be equal; path and query must be contained."""
    return (match.get("method", request.method) == request.method and
            match.get("path", "") in request.path and match.get("query", "") in request.raw_query)
