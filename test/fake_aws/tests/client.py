"""A client that uses only the standard library and its own signatures, and code shared by all
tests."""

import atexit
import base64
import hashlib
import hmac
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from urllib.parse import quote
from xml.etree import ElementTree

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MIB = 1 << 20


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def b64(raw):
    return base64.b64encode(raw).decode()


def b64_sha256(data):
    return b64(hashlib.sha256(data).digest())


def hmac_sha256(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Server:
    """A new server; ended with the tests."""

    def __init__(self, *arguments):
        self.folder = tempfile.TemporaryDirectory()
        port_file = os.path.join(self.folder.name, "port")
        command = [sys.executable, os.path.join(FOLDER, "fake_aws.py"), "--port", "0",
                   "--port-file", port_file, "--data", os.path.join(self.folder.name, "data"),
                   "--key", "KEY:secret", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        atexit.register(self.stop)
        for _ in range(2400):
            if os.path.exists(port_file):
                break
            time.sleep(0.025)
        with open(port_file, encoding="ascii") as file:
            self.port = int(file.read())

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        self.folder.cleanup()

    def control(self, call, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET" if body is None else "POST", "/_control/" + call,
                           None if body is None else json.dumps(body))
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status != 200:
            raise AssertionError(text)
        return json.loads(text)

    def objects(self, bucket="bucket"):
        return self.control("state")["buckets"][bucket]["objects"]


class Answer:
    def __init__(self, response, body):
        self.status, self.body = response.status, body
        self.headers = {name.lower(): value for name, value in response.getheaders()}

    @property
    def xml(self):
        root = ElementTree.fromstring(self.body)
        for node in root.iter():
            node.tag = node.tag.rpartition("}")[2]
        return root

    def text(self, path):
        return self.xml.findtext(path)

    def texts(self, path):
        return [node.text for node in self.xml.findall(path)]

    @property
    def code(self):
        return self.text("Code")


class Client:
    def __init__(self, server, key="KEY", secret="secret", token="", region="us-east-1",
                 bucket="bucket"):
        self.server, self.region, self.bucket = server, region, bucket
        self.key, self.secret, self.token = key, secret, token
        self.skew, self.host = 0, "127.0.0.1:%d" % server.port

    def signing_key(self, date, service="s3"):
        key = ("AWS4" + self.secret).encode()
        for word in (date, self.region, service, "aws4_request"):
            key = hmac_sha256(key, word)
        return key

    def signed(self, method, path, query, headers, payload, service="s3", leave_out=()):
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() + self.skew))
        headers = {name.lower(): str(value) for name, value in headers.items()}
        headers.update({"host": self.host, "x-amz-date": stamp, "x-amz-content-sha256": payload})
        if self.token:
            headers["x-amz-security-token"] = self.token
        names = sorted(name for name in headers if name not in leave_out)
        canonical = "\n".join([method, path, query,
                               "".join("%s:%s\n" % (name, headers[name]) for name in names),
                               ";".join(names), payload])
        scope = "/".join([stamp[:8], self.region, service, "aws4_request"])
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, sha256(canonical.encode())])
        self.last_signature = hmac_sha256(self.signing_key(stamp[:8], service), text).hex()
        self.last_scope = "%s\n%s" % (stamp, scope)
        headers["authorization"] = (
            "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
                self.key, scope, ";".join(names), self.last_signature))
        return headers

    def call(self, method, key="", query=None, headers=None, body=b"", payload=None, bucket=None,
             leave_out=(), virtual=False):
        bucket = self.bucket if bucket is None else bucket
        path = "/"
        if bucket:
            path = "" if virtual else "/" + bucket
            path += "/" + quote(key, safe="/-_.~") if key or virtual else ""
        text = "&".join("%s=%s" % (quote(k, safe="-_.~"), quote(str(v), safe="-_.~"))
                        for k, v in sorted((query or {}).items()))
        headers = self.signed(method, path, text, headers or {},
                              sha256(body) if payload is None else payload, leave_out=leave_out)
        return self.send(method, path + ("?" + text if text else ""), headers, body)

    def send(self, method, target, headers, body=b""):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value.encode())
        if "content-length" not in headers:
            connection.putheader("content-length", str(len(body)))
        connection.endheaders()
        connection.send(body)
        try:
            response = connection.getresponse()
            return Answer(response, response.read())
        finally:
            connection.close()

    def put(self, key, body=b"body", headers=None, **more):
        return self.call("PUT", key,
                         headers={"x-amz-checksum-sha256": b64_sha256(body), **(headers or {})},
                         body=body, **more)

    def create(self, key, headers=None, **more):
        return self.call("POST", key, {"uploads": ""}, headers=headers, **more).text("UploadId")

    def part(self, key, upload, number, body, headers=None, **more):
        return self.call("PUT", key, {"partNumber": number, "uploadId": upload},
                         headers=headers, body=body, **more)

    def complete(self, key, upload, parts, headers=None, **more):
        """`parts`: (number, ETag, SHA-256 in base64 or None)"""
        xml = ""
        for number, etag, digest in parts:
            checksum = "<ChecksumSHA256>%s</ChecksumSHA256>" % digest if digest else ""
            xml += "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag>%s</Part>" % (
                number, etag, checksum)
        body = "<CompleteMultipartUpload>%s</CompleteMultipartUpload>" % xml
        return self.call("POST", key, {"uploadId": upload}, headers=headers, body=body.encode(),
                         **more)

    def restore(self, key, days=1, tier="Standard", **more):
        body = ("<RestoreRequest><Days>%s</Days><GlacierJobParameters><Tier>%s</Tier>"
                "</GlacierJobParameters></RestoreRequest>" % (days, tier))
        return self.call("POST", key, {"restore": ""}, body=body.encode(), **more)


class Case(unittest.TestCase):
    arguments = ("--bucket", "bucket")

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.arguments)
        cls.client = Client(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def ok(self, answer, status=200):
        self.assertEqual(answer.status, status, answer.body)
        return answer

    def refused(self, answer, status, code):
        self.assertEqual((answer.status, answer.code), (status, code), answer.body)
        return answer

    def whole_upload(self, key, bodies, headers=None, client=None):
        """An upload with SHA-256 of its parts: (upload id, parts for complete())."""
        client = client or self.client
        upload = client.create(key, {"x-amz-checksum-algorithm": "SHA256", **(headers or {})})
        parts = []
        for number, body in enumerate(bodies, 1):
            answer = self.ok(client.part(key, upload, number, body,
                                         {"x-amz-checksum-sha256": b64_sha256(body)}))
            parts.append((number, answer.headers["etag"], b64_sha256(body)))
        return upload, parts
