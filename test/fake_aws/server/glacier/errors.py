"""Refusals of Glacier, always JSON. Source: S3 Glacier Developer
Guide, "Error Responses"."""

import json

from ..errors import Refusal
from ..wire import Answer

# Codes raised by shared code: Glacier's codes.
TRANSLATED = {
    "AccessDenied": (403, "InvalidSignatureException"),
    "SignatureDoesNotMatch": (403, "InvalidSignatureException"),
    "RequestTimeTooSkewed": (403, "InvalidSignatureException"),
    "AuthorizationHeaderMalformed": (403, "InvalidSignatureException"),
    "InvalidRequest": (403, "InvalidSignatureException"),
    "InvalidAccessKeyId": (400, "UnrecognizedClientException"),
    "InvalidToken": (400, "UnrecognizedClientException"),
    "ExpiredToken": (403, "ExpiredTokenException"),
    "RequestTimeout": (408, "RequestTimeoutException"), "IncompleteBody": (400, "BadRequest"),
    "InvalidChunkSizeError": (400, "BadRequest"),
    "InternalError": (500, "ServiceUnavailableException"),
}


class GlacierError(Refusal):
    """With a code of Glacier."""


def invalid(message):
    return GlacierError(400, "InvalidParameterValueException", message)


def missing(what):
    return GlacierError(400, "MissingParameterValueException",
                        "Required parameter missing: " + what)


def not_found(message):
    return GlacierError(404, "ResourceNotFoundException", message)


def denied(message):
    return GlacierError(403, "AccessDeniedException", message)


def json_answer(status, value, headers=None):
    return Answer(status, {"Content-Type": "application/json", **(headers or {})},
                  json.dumps(value).encode())


def refusal(error, request_id):
    status, code = error.status, error.code
    if not isinstance(error, GlacierError):
        status, code = TRANSLATED.get(code, (status, code))
    body = {"code": code, "message": error.message, "type": "Client" if status < 500 else "Server"}
    return json_answer(status, body, {"x-amzn-ErrorType": code, "x-amzn-RequestId": request_id})
