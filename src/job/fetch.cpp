#include "job/fetch.hpp"

#include <fmt/format.h>

#include <optional>

#include "codec/sha256.hpp"
#include "codec/zstd.hpp"
#include "flow/buffer_pool.hpp"
#include "flow/pipeline.hpp"
#include "stream/checker.hpp"

namespace zg::job {

namespace {

constexpr std::size_t read_size = std::size_t{1} << 20U;
constexpr std::size_t queue_depth = 4;
// Two END records: the stream's own, and that of a package (-p) around it.
constexpr std::size_t held_back = 2 * stream::record_header_size;

/// A piece of a segment, stored or decoded.
struct Piece {
    flow::Block block;
    std::size_t segment = 0;
    bool last = false;  // of the segment
};

std::unexpected<Error> damaged(const std::string& where, std::string what) {
    return fail({.kind = ErrorKind::damage,
                 .what = std::move(what),
                 .where = where,
                 .hint = "`zglacier verify` shows what else is damaged; if the store has a copy elsewhere, bring this object back from it"});
}

/// An error met in `segment`, with its name.
std::unexpected<Error> in_segment(Error error, const std::string& name) {
    if (error.kind == ErrorKind::not_found) return damaged(name, "the segment is missing");
    if (error.kind == ErrorKind::damage && error.where.empty()) return damaged(name, error.what);
    if (error.where.empty()) error.where = name;
    return fail(std::move(error));
}

/// Reads one archive's segments in order. A segment that is shorter or longer than the manifest says is damage.
class SegmentReader {
  public:
    SegmentReader(Context& context, const catalog::Manifest& archive, flow::BufferPool& pool)
        : context_(context), archive_(archive), pool_(pool) {}

    Result<std::optional<Piece>> next() {
        if (index_ == archive_.segments.size()) return std::optional<Piece>{};
        const catalog::Segment& segment = archive_.segments[index_];
        const std::string name = archive_.object_name(segment);
        Piece piece{.block = pool_.take(read_size), .segment = index_, .last = false};
        auto got = context_.store.read(name, offset_, MutableBytes(piece.block.storage).first(read_size));
        if (!got) return in_segment(std::move(got.error()), name);
        piece.block.size = *got;
        offset_ += *got;
        if (offset_ > segment.stored_size) return damaged(name, fmt::format("the segment is longer than {} bytes", segment.stored_size));
        if (*got == 0) {
            if (offset_ < segment.stored_size)
                return damaged(name, fmt::format("the segment has {} bytes, expected {}", offset_, segment.stored_size));
            piece.last = true;
            ++index_;
            offset_ = 0;
        }
        context_.progress.advance(*got);
        return piece;
    }

  private:
    Context& context_;
    const catalog::Manifest& archive_;
    flow::BufferPool& pool_;
    std::size_t index_ = 0;
    std::uint64_t offset_ = 0;
};

/// Verifies the digest of each segment and undoes its compression.
class Decoder final : public flow::Stage<Piece> {
  public:
    Decoder(const catalog::Manifest& archive, flow::BufferPool& pool) : archive_(archive), pool_(pool) {}

    Result<void> take(Piece piece, const flow::Emit<Piece>& emit) override {
        const catalog::Segment& segment = archive_.segments[piece.segment];
        const std::string name = archive_.object_name(segment);
        hash_.update(piece.block.bytes());
        if (piece.last && hash_.finish() != segment.sha256) return damaged(name, "the segment's SHA-256 is not the manifest's");
        if (archive_.compression != "zstd") return emit(std::move(piece));
        if (!zstd_) zstd_.emplace();
        DecodedSink decoded(pool_, emit, piece.segment);
        if (auto done = zstd_->update(piece.block.bytes(), decoded); !done) return in_segment(std::move(done.error()), name);
        pool_.give_back(std::move(piece.block));
        if (piece.last) {
            if (auto done = zstd_->finish(); !done) return in_segment(std::move(done.error()), name);
            zstd_.reset();
        }
        return decoded.flush(piece.last);
    }

  private:
    /// Gathers what the decoder gives into blocks.
    class DecodedSink final : public Sink {
      public:
        DecodedSink(flow::BufferPool& pool, const flow::Emit<Piece>& emit, std::size_t segment)
            : pool_(pool), emit_(emit), segment_(segment) {}
        Result<void> write(Bytes bytes) override {
            if (block_.room().size() < bytes.size()) {
                if (block_.size > 0) ZG_CHECK(flush(false));
                block_ = pool_.take(read_size);
            }
            std::ranges::copy(bytes, block_.room().begin());
            block_.size += bytes.size();
            return {};
        }
        Result<void> flush(bool last) {
            if (block_.size == 0 && !last) return {};
            return emit_(Piece{std::exchange(block_, {}), segment_, last});
        }

      private:
        flow::BufferPool& pool_;
        const flow::Emit<Piece>& emit_;
        std::size_t segment_;
        flow::Block block_;
    };

    const catalog::Manifest& archive_;
    flow::BufferPool& pool_;
    codec::Sha256 hash_;
    std::optional<codec::ZstdDecoder> zstd_;
};

/// Checks the stream and lets verified records go, all but the last.
class Verifier final : public flow::Stage<Piece> {
  public:
    Verifier(Context& context, const catalog::Manifest& archive, Sink& out, flow::BufferPool& pool)
        : context_(context), archive_(archive), out_(out), pool_(pool) {}

    Result<void> take(Piece piece, const flow::Emit<Piece>& /*emit*/) override {
        const catalog::Segment& segment = archive_.segments[piece.segment];
        const std::string name = archive_.object_name(segment);
        const Bytes bytes = piece.block.bytes();
        if (auto fed = checker_.feed(bytes); !fed) return in_segment(std::move(fed.error()), name);
        hash_.update(bytes);
        waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
        pool_.give_back(std::move(piece.block));
        if (piece.last && (checker_.position() != segment.stream_end || checker_.boundary() != segment.stream_end))
            return damaged(name, fmt::format("the segment ends at stream offset {}, expected {}", checker_.position(), segment.stream_end));
        return let_go(checker_.boundary() - std::min<std::uint64_t>(checker_.boundary(), held_back));
    }

    Result<void> finish(const flow::Emit<Piece>& /*emit*/) override {
        const std::string name = archive_.object_name(archive_.segments.back());
        if (auto finished = checker_.finish(); !finished) return in_segment(std::move(finished.error()), name);
        const stream::Begin* begin = checker_.summary().first_stream();
        if (begin == nullptr || begin->to_guid != archive_.to_guid || begin->from_guid != archive_.from_guid)
            return damaged(name, "the stream is of other snapshots than the manifest says");
        if (hash_.finish() != archive_.stream_sha256) return damaged(name, "the stream's SHA-256 is not the manifest's");
        return let_go(checker_.position());
    }

  private:
    /// Writes out what lies before stream offset `end`.
    Result<void> let_go(std::uint64_t end) {
        if (end <= released_) return {};
        const std::size_t count = end - released_;
        context_.steps.at("restore.write begin");
        ZG_CHECK(out_.write(Bytes(waiting_).first(count)));
        context_.steps.at("restore.write end");
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
        released_ = end;
        return {};
    }

    Context& context_;
    const catalog::Manifest& archive_;
    Sink& out_;
    flow::BufferPool& pool_;
    stream::Checker checker_;
    codec::Sha256 hash_;
    Buffer waiting_;  // verified or being verified, and not let go yet
    std::uint64_t released_ = 0;
};

}  // namespace

Result<void> fetch_archive(Context& context, const catalog::Manifest& archive, Sink& out) {
    flow::BufferPool pool(read_size);
    SegmentReader reader(context, archive, pool);
    Decoder decoder(archive, pool);
    Verifier verifier(context, archive, out, pool);
    return flow::run_pipeline<Piece>([&] { return reader.next(); }, {&decoder, &verifier}, {context.threads, queue_depth});
}

Result<void> check_segment_bytes(Context& context, const catalog::Manifest& archive, const catalog::Segment& segment) {
    const std::string name = archive.object_name(segment);
    codec::Sha256 hash;
    Buffer block(read_size);
    std::uint64_t offset = 0;
    for (;;) {
        auto got = context.store.read(name, offset, block);
        if (!got) return in_segment(std::move(got.error()), name);
        if (*got == 0) break;
        hash.update(Bytes(block).first(*got));
        offset += *got;
    }
    if (offset != segment.stored_size)
        return damaged(name, fmt::format("the segment has {} bytes, expected {}", offset, segment.stored_size));
    if (hash.finish() != segment.sha256) return damaged(name, "the segment's SHA-256 is not the manifest's");
    return {};
}

}  // namespace zg::job
