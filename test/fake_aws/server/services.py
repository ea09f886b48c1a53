"""Finds the service that a request is for: all share one port."""

import re

CREDENTIAL_SERVICE = re.compile(r"Credential=[^/,]+/[^/,]*/[^/,]*/([^/,]+)/aws4_request")
GLACIER_PATH = re.compile(r"/(-|\d{12})/(vaults|policies|provisioned-capacity)(/|$)")
# Called by the links in a message, without a signature.
SNS_LINKS = ("ConfirmSubscription", "Unsubscribe")


def service_of(request):
    """"glacier", "sns" or "s3"; STS and the metadata service are found later, see identity.py. A
    request signed for another service is refused by the service that it is sent to."""
    if request.path.startswith("/_control/"):
        return "s3"
    if "x-amz-glacier-version" in request.headers:
        return "glacier"
    match = CREDENTIAL_SERVICE.search(request.header("authorization"))
    if match:
        return match.group(1) if match.group(1) in ("glacier", "sns") else "s3"
    if GLACIER_PATH.match(request.path) and "authorization" not in request.headers:
        return "glacier"
    if request.method == "GET" and request.path == "/" and request.query.get("Action") in SNS_LINKS:
        return "sns"
    return "s3"
