"""Where session keys come from: STS, a container's endpoint, an EC2 instance's metadata. All of them live for --sts-seconds."""

import json
import time
from urllib.parse import parse_qs

from markup import document
from state import S3Error
from web import Answer

STS = "https://sts.amazonaws.com/doc/2011-06-15/"


def end_of(key):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(key.expires))


def as_json(key):
    return json.dumps({"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": key.id, "SecretAccessKey": key.secret, "Token": key.token, "Expiration": end_of(key)}).encode()


def sts(request, state, check_signature):
    form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    action = form.get("Action", "")
    if action == "AssumeRole":
        check_signature()
    elif action != "AssumeRoleWithWebIdentity" or not form.get("WebIdentityToken"):
        raise S3Error(400, "InvalidAction", "Could not find operation %s" % action)
    if not form.get("RoleArn") or not form.get("RoleSessionName"):
        raise S3Error(400, "ValidationError", "RoleArn and RoleSessionName are required")
    key = state.issue_session(state.options.sts_seconds)
    credentials = [("AccessKeyId", key.id), ("SecretAccessKey", key.secret), ("SessionToken", key.token), ("Expiration", end_of(key))]
    result = [(action + "Result", [("Credentials", credentials)]), ("ResponseMetadata", [("RequestId", state.next_id("STS"))])]
    return Answer(200, document(action + "Response", result, STS), {"Content-Type": "text/xml"})


def metadata(request, state):
    """IMDSv2 and the container endpoint; None for other paths."""
    path = request.path
    if path == "/latest/api/token" and request.method == "PUT":
        return Answer(200, b"imds-token")
    if path.startswith("/latest/meta-data/iam/security-credentials/"):
        if request.header("x-aws-ec2-metadata-token") != "imds-token":
            return Answer(401)
        role = path.rpartition("/")[2]
        return Answer(200, as_json(state.issue_session(state.options.sts_seconds)) if role else b"fake-role")
    if path.startswith("/container-credentials"):
        return Answer(200, as_json(state.issue_session(state.options.sts_seconds)), {"Content-Type": "application/json"})
    return None
