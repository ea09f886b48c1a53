"""SHA-256 tree hashes. Source: S3 Glacier Developer Guide, "Computing Checksums" and "Receiving
Checksums When Downloading Data"."""

import hashlib

MIB = 1 << 20


def combine(nodes):
    """The root over neighbouring nodes of one level; the last of an odd number moves up
    unchanged."""
    level = list(nodes)
    if not level:
        return hashlib.sha256().digest()
    while len(level) > 1:
        pairs = [hashlib.sha256(level[at] + level[at + 1]).digest()
                 for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2:]
    return level[0]


class TreeHasher:
    """Fed like those of hashlib; keeps the digest of each MiB, so that ranges have hashes, too."""

    def __init__(self):
        self.whole, self.open, self.filled = [], hashlib.sha256(), 0

    def update(self, block):
        view = memoryview(block)
        while view:
            piece = view[:MIB - self.filled]
            self.open.update(piece)
            self.filled += len(piece)
            view = view[len(piece):]
            if self.filled == MIB:
                self.whole.append(self.open.digest())
                self.open, self.filled = hashlib.sha256(), 0

    def leaves(self):
        return self.whole + ([self.open.digest()] if self.filled else [])

    def digest(self):
        return combine(self.leaves())


def is_aligned(begin, end, size):
    """Whether [begin, end) is the range of one node of the tree over `size` bytes."""
    if begin % MIB or not 0 <= begin < end <= size:
        return False
    first, count = begin // MIB, -(-(end - begin) // MIB)
    width = 1 << (count - 1).bit_length()
    return first % width == 0 and (end == size or end - begin == width * MIB)


def of_range(leaves, begin, end):
    """The hash of an aligned range, in hexadecimal."""
    return combine(leaves[begin // MIB:-(-end // MIB)]).hex()
