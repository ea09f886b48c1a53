"""HTTP/1.1 by hand, so that a request or an answer can be cut anywhere."""

import socket
import socketserver
import sys
import time
from urllib.parse import unquote, unquote_to_bytes

from . import bodies, services
from .errors import Cut, Refusal, S3Error
from .markup import document, http_time

REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content",
           301: "Moved Permanently", 304: "Not Modified", 400: "Bad Request", 401: "Unauthorized",
           403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
           409: "Conflict", 411: "Length Required", 412: "Precondition Failed",
           416: "Requested Range Not Satisfiable", 500: "Internal Server Error",
           501: "Not Implemented", 503: "Slow Down"}
LONGEST_LINE = 65536
MOST_HEADERS = 200


class Request:
    """A request's head, and later its body. Header names are in lower case."""

    def __init__(self, method, target, headers):
        self.method, self.headers = method, headers
        self.raw_path, _, self.raw_query = target.partition("?")
        self.query = {}
        for item in self.raw_query.split("&") if self.raw_query else []:
            name, _, value = item.partition("=")
            self.query[unquote(name)] = unquote(value)
        self.body = bodies.Body()
        self.bucket, self.bucket_name, self.key = None, "", ""
        self.signature, self.operation = None, None
        self.conditional, self.conflict, self.close_after = False, False, False
        self.forget_body = False  # its digests are needed, its bytes are not
        self.service = services.service_of(self)

    def header(self, name):
        return self.headers.get(name, "")

    @property
    def path(self):
        return unquote_to_bytes(self.raw_path).decode("utf-8", "replace")

    @property
    def host(self):
        host = self.header("host")
        return host.rpartition(":")[0] if ":" in host else host

    @property
    def content_length(self):
        """None if it is not stated."""
        text = self.headers.get("content-length")
        return int(text) if text is not None else None

    def is_aws_chunked(self):
        return self.header("x-amz-content-sha256").startswith("STREAMING-")


class Answer:
    """`body` is bytes, or an iterable of blocks of `length` bytes in all."""

    def __init__(self, status=200, headers=None, body=b"", length=None):
        self.status, self.headers, self.body = status, dict(headers or {}), body
        self.length = len(body) if length is None else length
        self.release = lambda: None  # called when the body was sent, or will not be

    def blocks(self):
        return [self.body] if isinstance(self.body, bytes) else self.body


def xml_answer(status, name, content, headers=None):
    return Answer(status, {"Content-Type": "application/xml", **(headers or {})},
                  document(name, content))


def error_answer(error, request, request_id):
    fields = [("Code", error.code), ("Message", error.message), *error.fields.items(),
              ("Resource", request.path), ("RequestId", request_id), ("HostId", "fake_aws")]
    return Answer(error.status, {"Content-Type": "application/xml", **error.headers},
                  document("Error", fields, None))


class Connection(socketserver.StreamRequestHandler):
    """One connection. `server.app` makes the answers."""

    rbufsize = 1 << 17
    disable_nagle_algorithm = True

    def handle(self):
        self.app = self.server.app
        self.connection.settimeout(self.app.options.idle_seconds)
        try:
            while self.exchange():
                pass
        except (Cut, OSError, ValueError):
            pass

    def read_head(self):
        line = self.rfile.readline(LONGEST_LINE).decode("latin-1").split()
        if len(line) != 3 or not line[2].startswith("HTTP/1."):
            return None
        headers = {}
        for _ in range(MOST_HEADERS):
            text = self.rfile.readline(LONGEST_LINE).decode("utf-8", "surrogateescape")
            if not text.strip():
                return Request(line[0], line[1], headers)
            name, _, value = text.partition(":")
            name, value = name.strip().lower(), value.strip()
            headers[name] = headers[name] + "," + value if name in headers else value
        return None

    def exchange(self):
        """One request and its answer; False if the connection ends properly."""
        request = self.read_head()
        if request is None:
            return False
        fault, answer = self.app.choose_fault(request), None
        request_id = "%016X" % self.app.state.next_serial()
        record = self.app.record(request, request_id, fault)
        try:
            if fault == "stall":
                time.sleep(self.app.options.stall_seconds)
                raise Cut()
            if fault == "cut-request":
                self.rfile.read((request.content_length or 0) // 2)
                raise Cut()
            answer = self.respond(request, fault, request_id)
            record["status"] = answer.status
            if request.operation:
                record["operation"] = request.operation.name
                record["action"] = request.operation.permission
            record["bytes_in"], record["bytes_out"] = request.body.size, answer.length
            if fault == "lost-answer":
                raise Cut()
            self.send(request, answer, fault, request_id)
        finally:
            if answer is not None:
                answer.release()
            self.app.finish(request)
            if self.app.options.verbose:
                print("%(method)s %(path)s?%(query)s %(status)s %(fault)s" % record,
                      file=sys.stderr)
        return not request.close_after and request.header("connection").lower() != "close"

    def respond(self, request, fault, request_id):
        app = self.app
        early = app.fault_before(fault, request)
        if early is None:
            early = app.guarded(request, app.prepare)
        if request.header("expect").lower() == "100-continue":
            if isinstance(early, Refusal):
                request.close_after = True
                return app.refusal(early, request, request_id)
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            request.body = bodies.Reader(request, self.rfile, app.state.new_path).read()
        except Refusal as error:
            early = early or error
        except socket.timeout:
            request.close_after = True
            early = S3Error(400, "RequestTimeout",
                            "Your socket connection to the server was not read from or written to "
                            "within the timeout period.")
        if early is None:
            early = app.guarded(request, app.perform)
        request.body.discard()
        if not isinstance(early, Refusal):
            early = app.fault_after(fault, request, early)
        return app.refusal(early, request, request_id) if isinstance(early, Refusal) else early

    def send(self, request, answer, fault, request_id):
        numbered = ({"x-amz-id-2": "fake_aws", "x-amz-request-id": request_id}
                    if request.service == "s3" else {"x-amzn-RequestId": request_id})
        headers = {**numbered, "Date": http_time(self.app.state.clock.requests()),
                   "Server": "fake_aws"}
        headers.update(answer.headers)
        without_body = request.method == "HEAD" or answer.status in (204, 304)
        if not without_body or (request.method == "HEAD" and answer.status < 300):
            headers.setdefault("Content-Length", str(answer.length))
        if request.close_after:
            headers["Connection"] = "close"
        lines = ["HTTP/1.1 %d %s" % (answer.status, REASONS.get(answer.status, "Status"))]
        lines += ["%s: %s" % item for item in headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")
        if fault == "cut-answer" and (without_body or answer.length < 2):
            self.wfile.write(head[:len(head) // 2])
            raise Cut()
        if without_body:
            self.wfile.write(head)
        elif isinstance(answer.body, bytes) and fault is None:
            self.wfile.write(head + answer.body)
        else:
            self.wfile.write(head)
            self.send_body(answer, fault)

    def send_body(self, answer, fault):
        left = answer.length // 2 if fault == "cut-answer" else answer.length
        flip_at = answer.length // 2 if fault == "flip" else -1
        at = 0
        for block in answer.blocks():
            if at <= flip_at < at + len(block):
                changed = bytearray(block)
                changed[flip_at - at] ^= 1
                block = bytes(changed)
            at += len(block)
            self.wfile.write(block[:left])
            left -= min(left, len(block))
            if left == 0 and fault == "cut-answer":
                raise Cut()
        if left > 0:
            raise Cut()  # the object was removed in the meantime


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port, app):
        self.app = app
        super().__init__(("127.0.0.1", port), Connection)

    def handle_error(self, request, client_address):
        self.app.report_crash()
