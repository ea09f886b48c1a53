"""Authentication."""

import json
import os
import time
from urllib.parse import urlencode

from .client import b64_sha256, Case, Client, hmac_sha256, sha256

ODD_KEYS = ["a b+%&?#'\";=~", "/lead", "a//b", "ü€\U0001F600", "x\\y<>[]{}|^`*()!@$,:", "dir/",
            "tab\there", "%41", "..", "a/./b/../c"]


class Signatures(Case):
    arguments = ("--bucket", "bucket", "--bucket", "far:eu-central-1",
                 "--key", "SESSION:secret:the/token+=:1", "--key", "LASTING:secret:token")

    def test_key_and_secret(self):
        self.ok(self.client.put("key"))
        self.refused(Client(self.server, "NOBODY").put("key"), 403, "InvalidAccessKeyId")
        self.refused(Client(self.server, secret="wrong").put("key"), 403, "SignatureDoesNotMatch")
        self.refused(self.client.send("GET", "/bucket/key", {"host": "x"}), 403, "AccessDenied")

    def test_odd_keys_and_queries(self):
        for key in ODD_KEYS:
            self.ok(self.client.put(key, key.encode()))
            self.assertEqual(self.ok(self.client.call("GET", key)).body, key.encode())
        query = {"prefix": "a b+%&?#'\";=~", "list-type": 2, "encoding-type": "url"}
        listed = self.ok(self.client.call("GET", query=query))
        self.assertEqual(listed.texts("Contents/Key"), ["a+b%2B%25%26%3F%23%27%22%3B%3D%7E"])
        self.assertTrue(set(ODD_KEYS) <= {entry["key"] for entry in self.server.objects()})

    def test_every_amz_header_is_signed(self):
        answer = self.client.put("key", headers={"x-amz-meta-a": "b"}, leave_out=["x-amz-meta-a"])
        self.assertEqual(self.refused(answer, 403, "AccessDenied").text("HeadersNotSigned"),
                         "x-amz-meta-a")
        self.refused(self.client.put("key", leave_out=["host"]), 403, "AccessDenied")

    def test_signed_parts_cannot_be_changed(self):
        headers = self.client.signed("PUT", "/bucket/key", "", {}, sha256(b"body"))
        self.refused(self.client.send("PUT", "/bucket/other", headers, b"body"),
                     403, "SignatureDoesNotMatch")
        self.refused(self.client.send("PUT", "/bucket/key?tagging", headers, b"body"),
                     403, "SignatureDoesNotMatch")
        headers["x-amz-date"] = headers["x-amz-date"][:-3] + "99Z"
        self.refused(self.client.send("PUT", "/bucket/key", headers, b"body"), 403, "AccessDenied")

    def test_payload(self):
        self.refused(self.client.put("key", b"body", payload=sha256(b"other")),
                     400, "XAmzContentSHA256Mismatch")
        self.ok(self.client.put("key", b"body", payload="UNSIGNED-PAYLOAD"))
        self.refused(self.client.put("key", b"body", payload="anything"), 400, "InvalidArgument")
        self.server.control("options", {"no_unsigned_payload": True})
        self.refused(self.client.put("key", b"body", payload="UNSIGNED-PAYLOAD"),
                     403, "AccessDenied")
        self.server.control("options", {"no_unsigned_payload": False})

    def test_clock(self):
        client = Client(self.server)
        for skew, good in ((840, True), (-840, True), (960, False), (-960, False)):
            client.skew = skew
            answer = client.put("key")
            if good:
                self.ok(answer)
            else:
                self.refused(answer, 403, "RequestTimeTooSkewed")
        self.server.control("options", {"clock_skew": -960})
        answer = self.ok(client.put("key"))
        server_time = time.strptime(answer.headers["date"], "%a, %d %b %Y %H:%M:%S GMT")
        self.assertLess(time.mktime(server_time) - time.mktime(time.gmtime()), -900)
        self.server.control("options", {"clock_skew": 0})

    def test_region(self):
        answer = Client(self.server, bucket="far").call("GET")
        self.refused(answer, 301, "PermanentRedirect")
        self.assertEqual(answer.headers["x-amz-bucket-region"], "eu-central-1")
        answer = Client(self.server, bucket="far").call("HEAD")
        self.assertEqual((answer.status, answer.body, answer.headers["x-amz-bucket-region"]),
                         (301, b"", "eu-central-1"))
        client = Client(self.server, bucket="far")
        client.host = "far.s3.us-east-1.localhost:%d" % self.server.port
        answer = self.refused(client.call("GET", virtual=True), 400, "AuthorizationHeaderMalformed")
        self.assertEqual(answer.text("Region"), "eu-central-1")
        client.region = "eu-central-1"
        self.ok(client.call("GET", virtual=True))
        self.ok(client.put("key", virtual=True))
        client = Client(self.server, bucket="far", region="eu-central-1")
        self.assertEqual(client.call("GET", "key").body, b"body")

    def test_sessions(self):
        self.refused(Client(self.server, "LASTING", token="other").put("key"), 400, "InvalidToken")
        self.refused(Client(self.server, "LASTING").put("key"), 400, "InvalidToken")
        self.refused(Client(self.server, token="token").put("key"), 400, "InvalidToken")
        self.ok(Client(self.server, "LASTING", token="token").put("key"))
        time.sleep(1)
        session = Client(self.server, "SESSION", token="the/token+=")
        self.refused(session.put("key"), 400, "ExpiredToken")
        head = session.call("HEAD", "key")
        self.assertEqual((head.status, head.body), (400, b""))

    def test_permissions(self):
        self.server.control("key", {"key": "WEAK:secret"})
        weak = Client(self.server, "WEAK")
        self.ok(weak.put("key"))
        self.server.control("deny",
                            {"key": "WEAK", "actions": ["s3:AbortMultipartUpload", "s3:List*"]})
        upload = weak.create("key")
        self.refused(weak.call("DELETE", "key", {"uploadId": upload}), 403, "AccessDenied")
        self.refused(weak.call("GET"), 403, "AccessDenied")
        self.refused(weak.call("GET", "not there"), 403, "AccessDenied")
        self.server.control("allow", {"key": "WEAK", "actions": ["s3:GetObject"]})
        self.ok(weak.call("GET", "key"))
        self.refused(weak.put("key"), 403, "AccessDenied")

    def chunked(self, body, kind, trailer="", change=lambda text: text):
        headers = {"content-encoding": "aws-chunked", "x-amz-decoded-content-length": len(body)}
        if kind.endswith("-TRAILER"):
            headers["x-amz-trailer"] = "x-amz-checksum-sha256"
        signed = self.client.signed("PUT", "/bucket/chunked", "", headers, kind)
        previous, encoded = self.client.last_signature, b""
        for chunk in (body[:70000], body[70000:], b""):
            text = "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", self.client.last_scope, previous,
                              sha256(b""), sha256(chunk)])
            previous = hmac_sha256(self.client.signing_key(self.client.last_scope[:8]), text).hex()
            mark = ";chunk-signature=" + previous if "AWS4" in kind else ""
            encoded += b"%x%s\r\n%s%s" % (len(chunk), mark.encode(), chunk,
                                          b"\r\n" if chunk else b"")
        if trailer:
            encoded += trailer.encode() + b"\r\n"
            text = "\n".join(["AWS4-HMAC-SHA256-TRAILER", self.client.last_scope, previous,
                              sha256(trailer.encode() + b"\n")])
            if "AWS4" in kind:
                key = self.client.signing_key(self.client.last_scope[:8])
                mark = hmac_sha256(key, text).hex()
                encoded += b"x-amz-trailer-signature:" + mark.encode() + b"\r\n"
        return self.client.send("PUT", "/bucket/chunked", signed, change(encoded + b"\r\n"))

    def test_chunks(self):
        body = os.urandom(100000)
        trailer = "x-amz-checksum-sha256:" + b64_sha256(body)
        for kind, end in (("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", ""),
                          ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", trailer),
                          ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailer)):
            self.ok(self.chunked(body, kind, end))
            answer = self.client.call("GET", "chunked")
            self.assertEqual(answer.body, body)
            self.assertNotIn("content-encoding", answer.headers)
        swap = lambda text: text[:1000] + bytes([text[1000] ^ 1]) + text[1001:]
        self.refused(self.chunked(body, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", change=swap),
                     403, "SignatureDoesNotMatch")
        self.refused(self.chunked(body, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailer, swap),
                     400, "BadDigest")
        self.refused(self.chunked(body, "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
                     400, "MalformedTrailerError")


class Identities(Case):
    arguments = ("--bucket", "bucket", "--sts-seconds", "4", "--container-token", "let me in")

    def sts(self, form, sign=True):
        body = urlencode({"Version": "2011-06-15", "RoleArn": "arn:aws:iam::111122223333:role/r",
                          "RoleSessionName": "s", **form}).encode()
        headers = (self.client.signed("POST", "/", "", {}, sha256(body), service="sts") if sign
                   else {"host": self.client.host})
        return self.client.send("POST", "/", headers, body)

    def lives_and_ends(self, key, secret, token):
        client = Client(self.server, key, secret, token)
        self.ok(client.put("key"))
        time.sleep(4.1)
        self.refused(client.put("key"), 400, "ExpiredToken")

    def test_roles(self):
        by_web = {"Action": "AssumeRoleWithWebIdentity", "WebIdentityToken": "t"}
        for form, sign in (({"Action": "AssumeRole"}, True), (by_web, False)):
            answer = self.ok(self.sts(form, sign))
            place = form["Action"] + "Result/Credentials/"
            self.lives_and_ends(*(answer.text(place + name)
                                  for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")))
        self.assertEqual(self.sts({"Action": "AssumeRole"}, False).status, 403)
        self.assertEqual(self.sts({"Action": "AssumeRole", "RoleArn": ""}).text("Error/Code"),
                         "ValidationError")

    def test_metadata(self):
        def get(path, **headers):
            headers = {name.replace("_", "-"): value for name, value in headers.items()}
            return self.client.send("GET", path, {"host": "x", **headers})
        roles = "/latest/meta-data/iam/security-credentials/"
        self.assertEqual(get(roles).status, 401)
        self.assertEqual(self.client.send("PUT", "/latest/api/token", {"host": "x"}).status, 400)
        headers = {"host": "x", "x-aws-ec2-metadata-token-ttl-seconds": "60"}
        token = self.client.send("PUT", "/latest/api/token", headers).body.decode()
        role = get(roles, x_aws_ec2_metadata_token=token).body.decode()
        given = json.loads(get(roles + role, x_aws_ec2_metadata_token=token).body)
        self.lives_and_ends(given["AccessKeyId"], given["SecretAccessKey"], given["Token"])
        self.assertEqual(get("/container-credentials").status, 401)
        given = json.loads(get("/container-credentials", authorization="let me in").body)
        self.lives_and_ends(given["AccessKeyId"], given["SecretAccessKey"], given["Token"])
