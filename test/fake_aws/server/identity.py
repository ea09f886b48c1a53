"""Sources of sessions: STS, the instance's metadata service (version 2 only), and a
container's credentials."""

import json
from urllib.parse import parse_qsl

from . import sigv4
from .errors import S3Error
from .markup import document, iso_time
from .wire import Answer

STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
METADATA = "/latest/meta-data/"
ROLES = METADATA + "iam/security-credentials/"
ROLE = "fake-role"
ACCOUNT = "111122223333"


def is_for(request):
    if (request.path.startswith(("/latest/api/", METADATA)) or
            request.path == "/container-credentials"):
        return True
    return request.path == "/" and request.method == "POST" and request.service == "s3"


def answer(state, request):
    if request.path == "/":
        return sts(state, request)
    if request.path == "/container-credentials":
        wanted = state.options.container_token
        if wanted and request.header("authorization") != wanted:
            return Answer(401, {"Content-Type": "application/json"},
                          b'{"code":"Unauthorized","message":"wrong token"}')
        key = state.issue_session()
        return json_answer({**as_json(key), "RoleArn": "arn:aws:iam::%s:role/%s" % (ACCOUNT, ROLE)})
    return metadata(state, request)


def as_json(key):
    return {"AccessKeyId": key.id, "SecretAccessKey": key.secret, "Token": key.token,
            "Expiration": iso_time(key.expires).replace(".000Z", "Z")}


def json_answer(value):
    return Answer(200, {"Content-Type": "application/json"}, json.dumps(value).encode())


def plain(status, text):
    return Answer(status, {"Content-Type": "text/plain"}, text.encode())


def metadata(state, request):
    """Session oriented: a token by PUT, then GET with that token."""
    if request.path == "/latest/api/token":
        seconds = request.header("x-aws-ec2-metadata-token-ttl-seconds")
        if request.method != "PUT":
            return plain(405, "Method Not Allowed")
        if not seconds.isdigit() or not 1 <= int(seconds) <= 21600:
            return plain(400, "Bad Request")
        token = "metadata-%d==" % state.next_serial()
        state.metadata_tokens[token] = state.clock.requests() + int(seconds)
        return Answer(200, {"Content-Type": "text/plain",
                            "X-aws-ec2-metadata-token-ttl-seconds": seconds},
                      token.encode())
    if (state.metadata_tokens.get(request.header("x-aws-ec2-metadata-token"), 0) <
            state.clock.requests()):
        return plain(401, "Unauthorized")
    if request.path in (ROLES, ROLES[:-1]):
        return plain(200, ROLE)
    if request.path == ROLES + ROLE:
        return json_answer({"Code": "Success", "Type": "AWS-HMAC",
                            "LastUpdated": iso_time(state.clock.requests()),
                            **as_json(state.issue_session())})
    if request.path == METADATA + "placement/region":
        return plain(200, "us-east-1")
    return plain(404, "Not Found")


def sts(state, request):
    form = dict(parse_qsl(request.body.read().decode("utf-8", "replace"), keep_blank_values=True))
    action = form.get("Action", "")
    try:
        if action not in ("AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity"):
            raise S3Error(400, "InvalidAction", "Could not find operation %s" % action)
        if form.get("Version") != "2011-06-15":
            raise S3Error(400, "InvalidAction",
                          "Could not find operation %s for version %s" %
                          (action, form.get("Version", "NO_VERSION_SPECIFIED")))
        if action != "AssumeRoleWithWebIdentity":
            request.signature = sigv4.verify(request, state, "sts", lambda region: None)
            if not request.signature.key.may("sts:" + action):
                raise S3Error(403, "AccessDenied",
                              "User is not authorized to perform: sts:" + action)
        return sts_answer(state, form, action, request)
    except S3Error as error:
        code = {"InvalidAccessKeyId": "InvalidClientTokenId",
                "ExpiredToken": "ExpiredTokenException"}.get(error.code, error.code)
        content = [("Error", [("Type", "Sender"), ("Code", code), ("Message", error.message)])]
        body = document("ErrorResponse", content, STS_NAMESPACE)
        return Answer(error.status, {"Content-Type": "text/xml"}, body)


def sts_answer(state, form, action, request):
    if action == "GetCallerIdentity":
        result = [("Arn", "arn:aws:iam::%s:user/fake" % ACCOUNT),
                  ("UserId", request.signature.key.id), ("Account", ACCOUNT)]
    else:
        needed = (["RoleArn", "RoleSessionName"] +
                  (["WebIdentityToken"] if action == "AssumeRoleWithWebIdentity" else []))
        missing = [name for name in needed if not form.get(name)]
        if missing:
            raise S3Error(400, "ValidationError", "1 validation error detected: Value null at '%s' "
                                                  "failed to satisfy constraint" % missing[0])
        key = state.issue_session()
        credentials = [("AccessKeyId", key.id), ("SecretAccessKey", key.secret),
                       ("SessionToken", key.token), ("Expiration", iso_time(key.expires))]
        user = [("AssumedRoleId", "AROA:" + form["RoleSessionName"]),
                ("Arn", "%s/%s" % (form["RoleArn"], form["RoleSessionName"]))]
        result = [("Credentials", credentials), ("AssumedRoleUser", user)]
    content = [(action + "Result", result), ("ResponseMetadata", [("RequestId", "fake")])]
    return Answer(200, {"Content-Type": "text/xml"},
                  document(action + "Response", content, STS_NAMESPACE))
