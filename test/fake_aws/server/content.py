"""Stored bytes."""

import hashlib
import os
import threading


class Content:
    """Bytes in one or more files, in order. A reader holds them, so that they outlive their
    removal."""

    lock = threading.Lock()

    def __init__(self, files):
        self.files = list(files)  # (path, size)
        self.size = sum(size for _, size in self.files)
        self.readers, self.is_removed = 0, False

    def hold(self):
        with self.lock:
            self.readers += 1

    def release(self):
        with self.lock:
            self.readers -= 1
            if self.is_removed and self.readers == 0:
                self.unlink()

    def remove(self):
        with self.lock:
            self.is_removed = True
            if self.readers == 0:
                self.unlink()

    def unlink(self):
        for path, _ in self.files:
            os.unlink(path)

    def blocks(self, begin, end, block_size=1 << 20):
        at = 0
        for path, size in self.files:
            first, last = max(begin, at), min(end, at + size)
            if first < last:
                with open(path, "rb", buffering=0) as file:
                    file.seek(first - at)
                    left = last - first
                    while left > 0:
                        block = file.read(min(left, block_size))
                        if not block:
                            return
                        left -= len(block)
                        yield block
            at += size

    def digest(self, hasher):
        for block in self.blocks(0, self.size):
            hasher.update(block)
        return hasher.digest()

    def flip(self, offset):
        """Changes one stored byte."""
        for path, size in self.files:
            if offset < size:
                with open(path, "r+b") as file:
                    file.seek(offset)
                    byte = file.read(1)[0]
                    file.seek(offset)
                    file.write(bytes([byte ^ 0xFF]))
                return
            offset -= size


class Forgotten(Content):
    """Bytes of which only the number is known."""

    def __init__(self, size):
        super().__init__([])
        self.size = size


def sha256_of(content):
    return content.digest(hashlib.sha256()).hex()
