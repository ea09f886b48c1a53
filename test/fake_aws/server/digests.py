"""The checksums of S3, as far as the standard library has them. Source: S3 User Guide, "Checking
object integrity"."""

import base64
import hashlib
import struct
import threading
import zlib

from .treehash import TreeHasher

CRC32C_POLYNOMIAL = 0x82F63B78
CRC64NVME_POLYNOMIAL = 0x9A6C9329AC4BC9B5
SIZES = {"crc32": 4, "crc32c": 4, "crc64nvme": 8, "sha1": 20, "sha256": 32}
HEADER = "x-amz-checksum-"


class Zlib32:
    def __init__(self):
        self.value = 0

    def update(self, block):
        self.value = zlib.crc32(block, self.value)

    def digest(self):
        return struct.pack(">I", self.value)


class ReflectedCrc:
    """Two bytes at a time from tables: about 30 MB/s, enough for a test."""

    tables = {}
    lock = threading.Lock()

    def __init__(self, polynomial, width):
        self.width, self.ones = width, (1 << width) - 1
        self.value = self.ones
        with self.lock:
            if polynomial not in self.tables:
                self.tables[polynomial] = self.make_tables(polynomial, width)
        self.slices = self.tables[polynomial]

    @staticmethod
    def make_tables(polynomial, width):
        one = []
        for byte in range(256):
            for _ in range(8):
                byte = (byte >> 1) ^ (polynomial if byte & 1 else 0)
            one.append(byte)
        two = [one[one[low] & 255 ^ high] ^ (one[low] >> 8)
               for high in range(256) for low in range(256)]
        slices = [two]
        while len(slices) < width // 16:
            slices.append([two[value & 65535] ^ (value >> 16) for value in slices[-1]])
        return slices[::-1]

    def update(self, block):
        step = self.width // 8
        whole = len(block) // step * step
        value, slices = self.value, self.slices
        words = struct.unpack("<%d%s" % (whole // step, "Q" if step == 8 else "I"), block[:whole])
        if step == 8:
            a, b, c, d = slices
            for word in words:
                word ^= value
                value = (a[word & 65535] ^ b[word >> 16 & 65535] ^
                         c[word >> 32 & 65535] ^ d[word >> 48])
        else:
            a, b = slices
            for word in words:
                word ^= value
                value = a[word & 65535] ^ b[word >> 16]
        for byte in block[whole:]:
            # A leading zero byte changes nothing, so the table for two bytes also works for one.
            value = slices[-1][((value ^ byte) & 255) << 8] ^ (value >> 8)
        self.value = value

    def digest(self):
        return (self.value ^ self.ones).to_bytes(self.width // 8, "big")


def new(name):
    if name == "crc32":
        return Zlib32()
    if name == "crc32c":
        return ReflectedCrc(CRC32C_POLYNOMIAL, 32)
    if name == "crc64nvme":
        return ReflectedCrc(CRC64NVME_POLYNOMIAL, 64)
    if name == "sha256-tree":
        return TreeHasher()
    return hashlib.new(name)


def base64_of(raw):
    return base64.b64encode(raw).decode()


def decoded(text):
    """The bytes encoded by `text` in base64; None if it is not base64."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None


def element_name(algorithm):
    """sha256 is ChecksumSHA256 in XML."""
    return "Checksum" + algorithm.upper()


def composite(algorithm, values):
    """The checksum over the parts' checksums: "base64-N"."""
    hasher = new(algorithm)
    for value in values:
        hasher.update(base64.b64decode(value))
    return "%s-%d" % (base64_of(hasher.digest()), len(values))


def algorithms_in(headers):
    """The algorithms of x-amz-checksum-ALGORITHM headers."""
    return [name for name in SIZES if HEADER + name in headers]
