"""Shared by the tests of vaults and topics: their calls, a second tree hash, and a listener for
messages."""

import hashlib
import http.server
import json
import threading
import time
from urllib.parse import quote, urlencode

from .client import Case, Client, MIB, sha256


def tree_hash(data):
    return root_over(
        [hashlib.sha256(data[at:at + MIB]).digest() for at in range(0, len(data), MIB)])


def root_over(level):
    """In hexadecimal, over digests of one level."""
    while len(level) > 1:
        pairs = [level[at:at + 2] for at in range(0, len(level), 2)]
        level = [hashlib.sha256(b"".join(pair)).digest() if len(pair) == 2 else pair[0]
                 for pair in pairs]
    return level[0].hex()


class GlacierClient(Client):
    def call(self, method, path="", query=None, headers=None, body=b"", payload=None, leave_out=(),
             without=(), account="-", service="glacier"):
        """`path`: after /account/vaults/. `without`: headers that are not sent."""
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        if path.startswith("/"):
            path = path[1:]
        else:
            path = "vaults/" + path if path else "vaults"
        raw = "/%s/%s" % (account, quote(path, safe="/-_.~"))
        text = urlencode(sorted((query or {}).items()), quote_via=quote)
        headers = {"x-amz-glacier-version": "2012-06-01", **(headers or {})}
        headers = {name: value for name, value in headers.items() if name not in without}
        signed = self.signed(method, quote(raw, safe="/-_.~"), text, headers,
                             sha256(body) if payload is None else payload, service=service,
                             leave_out=tuple(leave_out) + tuple(without))
        sent = {name: value for name, value in signed.items() if name not in without}
        return self.send(method, raw + ("?" + text if text else ""), sent, body)

    def upload(self, vault, data, description="", **headers):
        sent = {"x-amz-sha256-tree-hash": tree_hash(data) if data else "0" * 64,
                **({"x-amz-archive-description": description} if description else {})}
        return self.call("POST", vault + "/archives", headers={**sent, **headers}, body=data)

    def initiate(self, vault, part_size=MIB, **more):
        return self.call("POST", vault + "/multipart-uploads",
                         headers={"x-amz-part-size": part_size}, **more)

    def part(self, vault, upload, begin, data, **headers):
        sent = {"content-range": "bytes %d-%d/*" % (begin, begin + len(data) - 1),
                "x-amz-sha256-tree-hash": tree_hash(data)}
        return self.call("PUT", "%s/multipart-uploads/%s" % (vault, upload),
                         headers={**sent, **headers}, body=data)

    def complete(self, vault, upload, size, digest):
        return self.call("POST", "%s/multipart-uploads/%s" % (vault, upload),
                         headers={"x-amz-archive-size": size, "x-amz-sha256-tree-hash": digest})

    def job(self, vault, **parameters):
        return self.call("POST", vault + "/jobs", body=parameters)

    def output(self, vault, job, asked=None):
        return self.call("GET", "%s/jobs/%s/output" % (vault, job),
                         headers={"range": asked} if asked else None)

    def sns(self, action, **form):
        body = urlencode({"Action": action, "Version": "2010-03-31", **form}).encode()
        headers = self.signed("POST", "/", "", {}, sha256(body), service="sns")
        return self.send("POST", "/", headers, body)


class VaultCase(Case):
    arguments = ("--vault", "vault")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = GlacierClient(cls.server)

    def refused(self, answer, status, code):
        self.assertEqual((answer.status, json.loads(answer.body)["code"]),
                         (status, code), answer.body)
        self.assertEqual(answer.headers["x-amzn-errortype"], code)
        return answer

    def invalid(self, answer):
        return self.refused(answer, 400, "InvalidParameterValueException")

    def json(self, answer):
        return json.loads(self.ok(answer).body)

    def advance(self, hours):
        self.server.control("clock", {"advance": hours * 3600})

    def archive(self, data, description="", vault="vault"):
        answer = self.ok(self.client.upload(vault, data, description), 201)
        return answer.headers["x-amz-archive-id"]

    def upload(self, part_size=MIB, vault="vault"):
        answer = self.ok(self.client.initiate(vault, part_size), 201)
        return answer.headers["x-amz-multipart-upload-id"]

    def job(self, vault="vault", **parameters):
        return self.ok(self.client.job(vault, **parameters), 202).headers["x-amz-job-id"]

    def retrieved(self, archive, hours=5, **parameters):
        job = self.job(Type="archive-retrieval", ArchiveId=archive, **parameters)
        self.advance(hours)
        return job


class Listener:
    """An HTTP server that keeps the messages it receives."""

    def __init__(self, status=200):
        listener = self
        self.heard, self.status = [], status

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                listener.heard.append((headers, json.loads(body)))
                self.send_response(listener.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass
        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d/hook" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def wait(self, count):
        """The messages, once this many have arrived."""
        for _ in range(2400):
            if len(self.heard) >= count:
                return self.heard
            time.sleep(0.025)
        raise AssertionError("heard %d messages, not %d" % (len(self.heard), count))

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
