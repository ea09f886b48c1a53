"""Reads a request's body into a file: HTTP's chunks, aws-chunked with or without signatures;
computes digests."""

import hashlib
import io
import os

from . import digests
from .errors import Cut, Refusal, S3Error, invalid_request
from .sigv4 import EMPTY_SHA256, HEX_SHA256

BLOCK = 1 << 20
KEPT_IN_MEMORY = 1 << 16


class Limited(io.RawIOBase):
    """The next `length` bytes of a stream."""

    def __init__(self, stream, length):
        super().__init__()
        self.stream, self.left = stream, length

    def readable(self):
        return True

    def readinto(self, buffer):
        if self.left == 0:
            return 0
        count = self.stream.readinto(memoryview(buffer)[:min(self.left, len(buffer))])
        if not count:
            raise Cut()
        self.left -= count
        return count


class HttpChunks(io.RawIOBase):
    """Decodes Transfer-Encoding: chunked."""

    def __init__(self, stream):
        super().__init__()
        self.stream, self.left, self.ended = stream, 0, False

    def readable(self):
        return True

    def readinto(self, buffer):
        if self.left == 0 and not self.ended:
            self.left = chunk_size(self.stream.readline(1000))
            if self.left == 0:
                self.ended = True
                while self.stream.readline(65536).strip():
                    pass
        if self.ended:
            return 0
        count = self.stream.readinto(memoryview(buffer)[:min(self.left, len(buffer))])
        if not count:
            raise Cut()
        self.left -= count
        if self.left == 0:
            self.stream.readline(10)
        return count


def chunk_size(line):
    if not line.endswith(b"\n"):
        raise Cut()
    try:
        return int(line.split(b";")[0].strip(), 16)
    except ValueError:
        raise S3Error(400, "InvalidChunkSizeError",
                      "The chunk size is not a hexadecimal number") from None


class Body:
    """A body that was read: its size, digests, and its bytes in memory or in a temporary file until
    it is taken."""

    def __init__(self):
        self.size, self.data, self.path = 0, b"", None
        self.hashers, self.trailers = {}, {}

    def digest(self, name):
        """The digest by one of the requested algorithms."""
        return self.hashers[name].digest()

    def sha256(self):
        return self.digest("sha256").hex()

    def read(self):
        """The whole body, if it is small."""
        if self.path is None:
            return self.data
        with open(self.path, "rb") as file:
            return file.read()

    def take(self, new_path):
        """The path of a file with the body, now owned by the caller."""
        if self.path is None:
            path = new_path()
            with open(path, "wb") as file:
                file.write(self.data)
            return path
        path, self.path = self.path, None
        return path

    def discard(self):
        if self.path is not None:
            os.unlink(self.path)
            self.path = None


class Reader:
    """Reads one request's body."""

    def __init__(self, request, stream, new_path):
        self.request, self.stream, self.new_path = request, stream, new_path
        self.body, self.file, self.blocks = Body(), None, []

    def read(self):
        request = self.request
        for name in digests_wanted(request):
            self.body.hashers[name] = digests.new(name)
        if request.header("transfer-encoding").lower() == "chunked":
            source = io.BufferedReader(HttpChunks(self.stream), BLOCK)
        else:
            source = io.BufferedReader(Limited(self.stream, request.content_length or 0), BLOCK)
        try:
            if request.is_aws_chunked():
                self.read_aws_chunks(source)
            else:
                self.copy(source, None, None)
        except BaseException:
            self.drain(source)
            self.abandon()
            raise
        self.finish()
        return self.body

    def drain(self, source):
        """After a refusal in the middle: reads the rest nevertheless, so that the connection can be
        kept."""
        try:
            while source.read(BLOCK):
                pass
        except (Cut, OSError, ValueError, Refusal):
            self.request.close_after = True

    def copy(self, source, count, hasher):
        """`count` bytes, or all."""
        left = count
        while left is None or left > 0:
            block = source.read(BLOCK if left is None else min(left, BLOCK))
            if not block:
                if left is None:
                    return
                raise S3Error(400, "IncompleteBody", "The request body terminated unexpectedly")
            if left is not None:
                left -= len(block)
            if hasher is not None:
                hasher.update(block)
            self.take(block)

    def read_aws_chunks(self, source):
        signed = self.request.header("x-amz-content-sha256").startswith("STREAMING-AWS4")
        signature = self.request.signature
        previous = signature.value
        while True:
            line = source.readline(1000)
            size = chunk_size(line)
            hasher = hashlib.sha256() if signed else None
            self.copy(source, size, hasher)
            if signed:
                given = line.decode("latin-1").partition(";chunk-signature=")[2].strip()
                expected = signature.sign("AWS4-HMAC-SHA256-PAYLOAD", previous, EMPTY_SHA256,
                                          hasher.hexdigest())
                if given != expected:
                    raise S3Error(403, "SignatureDoesNotMatch",
                                  "The signature of a chunk does not match")
                previous = given
            if size == 0:
                break
            if source.readline(10).strip():
                raise S3Error(400, "IncompleteBody", "A chunk is longer than it says")
        self.read_trailers(source, previous if signed else None)
        self.check_decoded_length()

    def read_trailers(self, source, previous):
        text = ""
        trailers = self.body.trailers
        while True:
            line = source.readline(65536).decode("latin-1").strip()
            if not line:
                break
            name, _, value = line.partition(":")
            trailers[name.strip().lower()] = value.strip()
            if name.strip().lower() != "x-amz-trailer-signature":
                text += "%s:%s\n" % (name.strip().lower(), value.strip())
        promised = {name.strip().lower() for name in self.request.header("x-amz-trailer").split(",")
                    if name.strip()}
        if promised - set(trailers):
            raise S3Error(400, "MalformedTrailerError",
                          "The request contained trailing data that was not well-formed or did not "
                          "conform to our published schema.")
        if (previous is not None and
                self.request.header("x-amz-content-sha256").endswith("-TRAILER")):
            expected = self.request.signature.sign("AWS4-HMAC-SHA256-TRAILER", previous,
                                                   hashlib.sha256(text.encode()).hexdigest())
            if trailers.get("x-amz-trailer-signature") != expected:
                raise S3Error(403, "SignatureDoesNotMatch",
                              "The signature of the trailer does not match")

    def check_decoded_length(self):
        stated = self.request.header("x-amz-decoded-content-length")
        if stated and stated != str(self.body.size):
            raise S3Error(400, "IncompleteBody",
                          "You did not provide the number of bytes specified by the "
                          "x-amz-decoded-content-length header")

    def take(self, block):
        body = self.body
        body.size += len(block)
        for hasher in body.hashers.values():
            hasher.update(block)
        if self.request.forget_body:
            return
        if self.file is None:
            self.blocks.append(block)
            if body.size <= KEPT_IN_MEMORY:
                return
            body.path = self.new_path()
            self.file = open(body.path, "wb", buffering=0)
            for kept in self.blocks:
                self.file.write(kept)
            self.blocks = []
            return
        self.file.write(block)

    def finish(self):
        if self.file is not None:
            self.file.close()
        self.body.data = b"".join(self.blocks)

    def abandon(self):
        if self.file is not None:
            self.file.close()
        self.body.discard()


def digests_wanted(request):
    """Only requested digests are computed; the ETag needs MD5."""
    if request.service == "glacier":
        return {"sha256", "sha256-tree"}
    if request.service == "sns":
        return {"sha256"}
    wanted = {"md5"}
    claimed = request.header("x-amz-content-sha256")
    if HEX_SHA256.fullmatch(claimed) or not claimed:
        wanted.add("sha256")
    wanted.update(digests.algorithms_in(request.headers))
    for name in request.header("x-amz-trailer").split(","):
        if name.strip().lower().startswith(digests.HEADER):
            wanted.add(name.strip().lower()[len(digests.HEADER):])
    unknown = wanted - set(digests.SIZES) - {"md5"}
    if unknown:
        raise invalid_request("Value for x-amz-trailer header is invalid.")
    return wanted


def check_digests(request):
    """Compares the client's headers about the body with the body; returns its checksum like
    check_checksum."""
    check_payload(request)
    return check_checksum(request)


def check_payload(request):
    """x-amz-content-sha256 and Content-MD5."""
    body = request.body
    claimed = request.header("x-amz-content-sha256")
    if HEX_SHA256.fullmatch(claimed) and claimed != body.sha256():
        raise S3Error(
            400, "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
            {"ClientComputedContentSHA256": claimed, "S3ComputedContentSHA256": body.sha256()})
    md5 = request.headers.get("content-md5")
    if md5 is not None:
        raw = digests.decoded(md5)
        if raw is None or len(raw) != 16:
            raise S3Error(400, "InvalidDigest", "The Content-MD5 you specified was invalid.",
                          {"Content-MD5": md5})
        if raw != body.digest("md5"):
            raise S3Error(
                400, "BadDigest", "The Content-MD5 you specified did not match what we received.",
                {"ExpectedDigest": md5, "CalculatedDigest": digests.base64_of(body.digest("md5"))})


def check_checksum(request):
    """The x-amz-checksum-… of the body as {algorithm: base64}; {} if none was sent."""
    sent = {name: request.header(digests.HEADER + name)
            for name in digests.algorithms_in(request.headers)}
    for name, value in request.body.trailers.items():
        if name.startswith(digests.HEADER):
            sent[name[len(digests.HEADER):]] = value
    if len(sent) > 1:
        raise invalid_request("Expecting a single x-amz-checksum- header. Multiple checksum Types "
                              "are not allowed.")
    if not sent and "x-amz-sdk-checksum-algorithm" in request.headers:
        raise invalid_request("x-amz-sdk-checksum-algorithm specified, but no corresponding "
                              "x-amz-checksum-* or x-amz-trailer headers were found.")
    for name, value in sent.items():
        raw = digests.decoded(value)
        if raw is None or len(raw) != digests.SIZES[name]:
            raise invalid_request("Value for x-amz-checksum-%s header is invalid." % name)
        if raw != request.body.digest(name):
            raise S3Error(400, "BadDigest",
                          "The %s you specified did not match the calculated checksum." %
                          name.upper())
    return sent
