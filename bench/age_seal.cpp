// age_seal FILE RECIPIENT THREADS [write]: encrypts FILE as `zglacier backup` encrypts a segment,
// with THREADS threads including this one. Discards the result or, with `write`, writes it to
// standard output, so that `age` can open it.
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "archive/write/sealer.hpp"
#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/io.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "codec/age/file.hpp"
#include "codec/age/x25519.hpp"

namespace {

class Nothing final : public zg::Sink {
  public:
    zg::Result<void> write(zg::Bytes) override { return {}; }
};

class Out final : public zg::Sink {
  public:
    zg::Result<void> write(zg::Bytes bytes) override {
        return zg::write_fully(STDOUT_FILENO, bytes, "standard output");
    }
};

zg::Result<void> seal_file(const char* path, const char* recipient, unsigned threads,
                           zg::Sink& out) {
    const zg::Fd file(::open(path, O_RDONLY | O_CLOEXEC));
    if (!file) return zg::fail({.kind = zg::ErrorKind::io, .what = "cannot open", .where = path});
    ZG_TRY(const zg::codec::AgeRecipient key, zg::codec::AgeRecipient::parse(recipient));
    const zg::codec::AgeRecipients recipients{.keys = {key}};
    zg::SystemRandom random;
    zg::archive::Sealer sealer([&] { return zg::codec::begin_age_file(recipients, random); },
                               threads - 1);
    // The amount that a pipe returns at a time.
    zg::Buffer piece(std::size_t{1} << 16U);
    for (std::uint64_t at = 0;;) {
        ZG_TRY(const std::size_t size, zg::read_fully_at(file.get(), piece, at, path));
        if (size == 0) return sealer.finish(out);
        ZG_CHECK(sealer.feed(zg::Bytes(piece).first(size), out));
        at += size;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4 || argc > 5) return 2;
    Nothing nothing;
    Out out;
    zg::Sink& sink = argc == 5 ? static_cast<zg::Sink&>(out) : nothing;
    const auto done = seal_file(argv[1], argv[2], static_cast<unsigned>(std::atoi(argv[3])), sink);
    if (!done) std::fprintf(stderr, "age_seal: %s\n", done.error().message().c_str());
    return done ? 0 : 1;
}
