"""HTTP/1.1 by hand, so that a test can cut a request or an answer wherever it likes."""

import hashlib
import os
import socket
import socketserver
import time
from urllib.parse import unquote

BLOCK = 1 << 20
SMALL = 1 << 20  # bodies up to this size stay in memory
REASONS = {200: "OK", 202: "Accepted", 204: "No Content", 206: "Partial Content", 301: "Moved Permanently", 400: "Bad Request", 403: "Forbidden",
           404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout", 409: "Conflict", 411: "Length Required", 412: "Precondition Failed",
           416: "Range Not Satisfiable", 500: "Internal Server Error", 501: "Not Implemented", 503: "Slow Down"}


class Cut(Exception):
    """The connection ends here."""


class Request:
    def __init__(self, method, target, headers):
        self.method, self.headers = method, headers
        self.raw_path, _, self.raw_query = target.partition("?")
        self.path = unquote(self.raw_path)
        self.query = {}
        for item in self.raw_query.split("&") if self.raw_query else []:
            name, _, value = item.partition("=")
            self.query[unquote(name)] = unquote(value.replace("+", " "))
        self.length = int(headers.get("content-length") or 0)
        self.body, self.file = b"", None  # of a large body: the path
        self.size = 0
        self.sha256 = hashlib.sha256().hexdigest()
        self.md5 = hashlib.md5().hexdigest()
        self.trailers = {}

    def header(self, name, default=""):
        return self.headers.get(name, default)


class Answer:
    """`body` is bytes, or an iterable of blocks with `length` bytes in all."""

    def __init__(self, status=200, body=b"", headers=None, length=None):
        self.status, self.body, self.headers = status, body, dict(headers or {})
        self.length = len(body) if length is None else length


class BodyReader:
    """Reads a body from the connection, undoing aws-chunked, into memory or a file, with its digests."""

    def __init__(self, stream, request, state):
        self.stream, self.request, self.state = stream, request, state
        self.sha256, self.md5 = hashlib.sha256(), hashlib.md5()
        self.size, self.blocks, self.file = 0, [], None

    def read(self, limit=None):
        """The whole body, or its first `limit` bytes and then a Cut."""
        chunked = self.request.header("x-amz-content-sha256").startswith("STREAMING-")
        try:
            (self.read_chunked if chunked else self.read_plain)(limit)
        except (Cut, OSError):
            self.drop()
            raise Cut()
        self.finish()

    def read_plain(self, limit):
        rest = self.request.length
        if limit is not None:
            rest = min(rest, limit)
        while rest:
            block = self.stream.read(min(rest, BLOCK))
            if not block:
                raise Cut()
            rest -= len(block)
            self.take(block)
        if limit is not None:
            raise Cut()

    def read_chunked(self, limit):
        while True:
            line = self.stream.readline().strip()
            size = int(line.split(b";")[0] or b"0", 16)
            if size == 0:
                break
            self.take(self.stream.read(size))
            self.stream.readline()
        while True:
            line = self.stream.readline().strip()
            if not line:
                break
            name, _, value = line.decode().partition(":")
            self.request.trailers[name.lower()] = value.strip()
        if limit is not None:
            raise Cut()

    def take(self, block):
        self.sha256.update(block)
        self.md5.update(block)
        self.size += len(block)
        if self.file is None and self.size <= SMALL:
            self.blocks.append(block)
            return
        if self.file is None:
            self.file = open(self.state.new_file(), "wb")
            self.file.writelines(self.blocks)
        self.file.write(block)

    def drop(self):
        if self.file:
            self.file.close()
            os.unlink(self.file.name)

    def finish(self):
        request = self.request
        request.size, request.sha256, request.md5 = self.size, self.sha256.hexdigest(), self.md5.hexdigest()
        if self.file:
            self.file.close()
            request.file = self.file.name
        else:
            request.body = b"".join(self.blocks)


class Connection(socketserver.StreamRequestHandler):
    """One connection; `server.respond` answers a request, `server.faults` says how it shall fail."""

    rbufsize = BLOCK
    disable_nagle_algorithm = True

    def handle(self):
        try:
            while self.one():
                pass
        except (Cut, OSError, ValueError):
            pass

    def read_head(self):
        line = self.rfile.readline(65536).decode("latin-1").split()
        if len(line) != 3:
            return None
        headers = {}
        while True:
            text = self.rfile.readline(65536).decode("latin-1").rstrip("\r\n")
            if not text:
                return Request(line[0], line[1], headers)
            name, _, value = text.partition(":")
            name, value = name.strip().lower(), value.strip()
            headers[name] = headers[name] + "," + value if name in headers else value

    def one(self):
        request = self.read_head()
        if request is None:
            return False
        control = request.path.startswith("/_control/")
        fault = None if control else self.server.faults.choose(request)
        if fault == "stall":
            time.sleep(self.server.options.stall_seconds)
            raise Cut()
        early = self.server.judge_early(request) if not control else None
        if request.header("expect").lower() == "100-continue" and early is None:
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        reader = BodyReader(self.rfile, request, self.server.state)
        reader.read(request.length // 2 if fault == "cut-request" else None)
        answer = early or self.server.respond(request, fault)
        if fault == "lost-answer":
            raise Cut()
        self.send(request, answer, fault)
        return request.header("connection").lower() != "close"

    def send(self, request, answer, fault):
        headers = {"Date": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(self.server.state.now())), "Server": "fake_aws",
                   "Content-Length": str(answer.length), "x-amz-request-id": self.server.state.next_id("REQ")}
        headers.update(answer.headers)
        if answer.status == 204:
            headers.pop("Content-Length", None)
        head = "HTTP/1.1 %d %s\r\n" % (answer.status, REASONS.get(answer.status, "Status"))
        head += "".join("%s: %s\r\n" % item for item in headers.items()) + "\r\n"
        raw = head.encode("latin-1", "replace")
        if fault == "cut-answer" and (request.method == "HEAD" or answer.length == 0):
            self.wfile.write(raw[:len(raw) // 2])
            raise Cut()
        self.wfile.write(raw)
        if request.method == "HEAD" or answer.status == 204:
            return
        self.send_body(answer, fault)

    def send_body(self, answer, fault):
        rest = answer.length // 2 if fault == "cut-answer" else answer.length
        flip = answer.length // 2 if fault == "flip" else -1
        at = 0
        for block in [answer.body] if isinstance(answer.body, bytes) else answer.body:
            if at <= flip < at + len(block):
                changed = bytearray(block)
                changed[flip - at] ^= 1
                block = bytes(changed)
            at += len(block)
            self.wfile.write(block[:rest])
            rest -= min(rest, len(block))
            if fault == "cut-answer" and rest == 0:
                raise Cut()


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port, options, state, faults, respond, judge_early):
        super().__init__(("127.0.0.1", port), Connection)
        self.options, self.state, self.faults, self.respond, self.judge_early = options, state, faults, respond, judge_early

    def get_request(self):
        connection, address = super().get_request()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BLOCK)
        return connection, address
