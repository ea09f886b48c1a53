"""Handles a request for SNS: a form, and an answer in XML. Source: SNS API Reference,
"Common Parameters" and "Common Errors"."""

from urllib.parse import parse_qsl

from .. import sigv4
from ..errors import Refusal
from ..markup import document
from ..routes import Operation
from ..services import SNS_LINKS
from ..wire import Answer
from .actions import ACTIONS

VERSION = "2010-03-31"
NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"
# Codes raised by shared code: SNS's codes.
TRANSLATED = {
    "AccessDenied": (403, "IncompleteSignature"), "InvalidRequest": (400, "IncompleteSignature"),
    "AuthorizationHeaderMalformed": (403, "SignatureDoesNotMatch"),
    "InvalidAccessKeyId": (403, "InvalidClientTokenId"),
    "InvalidToken": (403, "InvalidClientTokenId"), "ExpiredToken": (403, "ExpiredToken"),
    "RequestTimeTooSkewed": (403, "SignatureDoesNotMatch"), "InternalError": (500, "InternalError"),
}


def perform(state, request):
    is_link = request.method == "GET" and "authorization" not in request.headers
    if is_link:
        form = request.query
    else:
        text = request.body.read().decode("utf-8", "replace")
        form = dict(parse_qsl(text, keep_blank_values=True))
    action = form.get("Action", "")
    if not is_link:
        request.signature = sigv4.verify(request, state, "sns", lambda region: None)
        if form.get("Version") != VERSION:
            raise Refusal(400, "InvalidAction",
                          "Could not find operation %s for version %s" %
                          (action, form.get("Version", "NO_VERSION_SPECIFIED")))
    if request.path != "/" or action not in ACTIONS or (is_link and action not in SNS_LINKS):
        raise Refusal(400, "InvalidAction", "Could not find operation " + action)
    request.operation = Operation(action, "sns:" + action, ACTIONS[action])
    if not is_link and not request.signature.key.may(request.operation.permission):
        raise Refusal(403, "AuthorizationError", "User is not authorized to perform: SNS:" + action)
    result = request.operation.act(state, request, form)
    content = [] if result is None else [(action + "Result", result)]
    content.append(("ResponseMetadata", [("RequestId", "fake")]))
    return Answer(200, {"Content-Type": "text/xml"},
                  document(action + "Response", content, NAMESPACE))


def refusal(error, request_id):
    status, code = error.status, error.code
    if code in TRANSLATED:
        status, code = TRANSLATED[code]
    fields = [("Error", [("Type", "Sender" if status < 500 else "Receiver"), ("Code", code),
                         ("Message", error.message)]),
              ("RequestId", request_id)]
    return Answer(status, {"Content-Type": "text/xml", "x-amzn-RequestId": request_id},
                  document("ErrorResponse", fields, NAMESPACE))
