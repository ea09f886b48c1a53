#include "archive/read/fetch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "archive/encryption.hpp"
#include "archive/engine.hpp"
#include "archive/read/segment_reader.hpp"
#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "codec/encoding.hpp"
#include "codec/transform.hpp"
#include "flow/buffer_pool.hpp"
#include "flow/pipeline.hpp"
#include "stream/checker.hpp"
#include "stream/features.hpp"
#include "stream/record.hpp"

namespace zg::archive {

namespace {

constexpr std::size_t decoded_size = std::size_t{1} << 20U;
constexpr std::size_t queue_depth = 1;
// Two END records: the stream's own, and that of a package (-p) around it.
constexpr std::size_t held_back = 2 * stream::record_header_size;

/// Undoes encryption and compression.
class Decoder final : public flow::Stage<Piece> {
  public:
    Decoder(const Engine& engine, const catalog::Manifest& archive, flow::BufferPool& stored,
            flow::BufferPool& decoded)
        : engine_(engine), archive_(archive), stored_(stored), decoded_(decoded) {}

    Result<void> take(Piece piece, const flow::Emit<Piece>& emit) override {
        const std::string name = archive_.object_name(archive_.segments[piece.segment]);
        if (archive_.encodings.empty()) return emit(std::move(piece));
        if (!decoder_) decoder_.emplace(archive_.encodings.decoder(engine_.archives.keys));
        DecodedSink decoded(decoded_, emit, piece.segment);
        if (auto done = decoder_->feed(piece.block.bytes(), decoded); !done)
            return in_segment(by_proved_key(std::move(done.error())), name);
        stored_.give_back(std::move(piece.block));
        if (piece.last) {
            if (auto done = decoder_->finish(decoded); !done)
                return in_segment(by_proved_key(std::move(done.error())), name);
            decoder_.reset();
        }
        return decoded.flush(piece.last);
    }

  private:
    /// A segment that a key does not open, though it opens the manifest, is not what was stored.
    [[nodiscard]] Error by_proved_key(Error error) const {
        const bool of_key =
            error.kind == ErrorKind::refused || error.kind == ErrorKind::unsupported;
        if (of_key && archive_.encrypted() && check_key(engine_.archives, archive_))
            return {.kind = ErrorKind::damage,
                    .what = "the header of the age file is damaged: " + error.what};
        return error;
    }

    /// Gathers what the decoder gives into blocks.
    class DecodedSink final : public Sink {
      public:
        DecodedSink(flow::BufferPool& pool, const flow::Emit<Piece>& emit, std::size_t segment)
            : pool_(pool), emit_(emit), segment_(segment) {}
        Result<void> write(Bytes bytes) override {
            if (block_.room().size() < bytes.size()) {
                if (block_.size > 0) ZG_CHECK(flush(false));
                block_ = pool_.take(std::max(decoded_size, bytes.size()));
            }
            copy_bytes(bytes, block_.room());
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

    const Engine& engine_;
    const catalog::Manifest& archive_;
    flow::BufferPool& stored_;   // where the pieces it takes go back to
    flow::BufferPool& decoded_;  // where those it emits come from
    std::optional<codec::Chain> decoder_;
};

/// Checks the stream and lets verified records go, all but the last.
class Verifier final : public flow::Stage<Piece> {
  public:
    Verifier(const Engine& engine, const catalog::Manifest& archive, Sink& out,
             flow::BufferPool& pool, const FetchStart& start)
        : engine_(engine),
          archive_(archive),
          out_(out),
          pool_(pool),
          checker_(start.place ? stream::Checker(*start.place) : stream::Checker()),
          released_(checker_.position()) {}

    Result<void> take(Piece piece, const flow::Emit<Piece>& /*emit*/) override {
        const catalog::Segment& segment = archive_.segments[piece.segment];
        const std::string name = archive_.object_name(segment);
        const Bytes bytes = piece.block.bytes();
        if (auto fed = checker_.feed(bytes); !fed) return in_stream(std::move(fed.error()), name);
        waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
        pool_.give_back(std::move(piece.block));
        if (piece.last && (checker_.position() != segment.stream_end ||
                           checker_.boundary() != segment.stream_end))
            return damaged(name, fmt::format("the segment ends at stream offset {}, expected {}",
                                             checker_.position(), segment.stream_end));
        // A receiver acts on the BEGIN record: it may rename or roll back what is there.
        if (checker_.summary().first_stream() == nullptr) return {};
        ZG_CHECK(check_identity(name));
        return let_go(checker_.boundary() -
                      std::min<std::uint64_t>(checker_.boundary(), held_back));
    }

    Result<void> finish(const flow::Emit<Piece>& /*emit*/) override {
        const std::string name = archive_.object_name(archive_.segments.back());
        if (auto finished = checker_.finish(); !finished)
            return in_segment(std::move(finished.error()), name);
        ZG_CHECK(check_identity(name));
        const stream::Begin* begin = checker_.summary().first_stream();
        if (begin != nullptr) begin_ = *begin;
        return let_go(checker_.position());
    }

    /// The stream's first BEGIN record, once it was finished.
    [[nodiscard]] const stream::Begin& begin() const { return begin_; }

  private:
    /// The stream must be of the snapshots that the manifest names.
    [[nodiscard]] Result<void> check_identity(const std::string& name) const {
        const stream::Begin* begin = checker_.summary().first_stream();
        const bool same = begin != nullptr && begin->to_guid == archive_.to_guid &&
                          begin->from_guid == archive_.from_guid;
        if (same || !archive_.proved()) return {};
        return damaged(name, "the stream is of other snapshots than the manifest says");
    }

    /// What seems to be of a newer ZFS is damage if the stream, as it was checked when it was
    /// stored, has nothing that is new.
    [[nodiscard]] std::unexpected<Error> in_stream(Error error, const std::string& name) const {
        const bool nothing_new =
            archive_.proved() && (archive_.features & ~stream::known_features()) == 0;
        if (error.kind == ErrorKind::unsupported && nothing_new) error.kind = ErrorKind::damage;
        return in_segment(std::move(error), name);
    }

    /// Writes out what lies before stream offset `end`.
    Result<void> let_go(std::uint64_t end) {
        if (end <= released_) return {};
        const std::size_t count = end - released_;
        engine_.world.steps.at("restore.write begin");
        ZG_CHECK(out_.write(Bytes(waiting_).first(count)));
        engine_.world.steps.at("restore.write end");
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
        released_ = end;
        return {};
    }

    const Engine& engine_;
    const catalog::Manifest& archive_;
    Sink& out_;
    flow::BufferPool& pool_;
    stream::Checker checker_;
    stream::Begin begin_;
    Buffer waiting_;  // verified or being verified, and not let go yet
    std::uint64_t released_;
};

}  // namespace

Result<stream::Begin> fetch_archive(const Engine& engine, const catalog::Manifest& archive,
                                    Sink& out,
                                    const std::function<Result<void>(std::size_t)>& before,
                                    const FetchStart& start) {
    flow::BufferPool stored(SegmentReader::largest_range + 1);
    flow::BufferPool decoded(decoded_size);
    SegmentReader reader(engine, archive, start.segment, archive.segments.size() - start.segment,
                         stored);
    reader.before_segment(before);
    Decoder decoder(engine, archive, stored, decoded);
    Verifier verifier(engine, archive, out, archive.encodings.empty() ? stored : decoded, start);
    ZG_CHECK(flow::run_pipeline<Piece>([&] { return reader.next(); }, {&decoder, &verifier},
                                       {engine.effort.threads, queue_depth}));
    return verifier.begin();
}

Result<void> check_segment_bytes(const Engine& engine, const catalog::Manifest& archive,
                                 std::size_t segment) {
    flow::BufferPool pool(SegmentReader::largest_range + 1);
    SegmentReader reader(engine, archive, segment, 1, pool);
    for (;;) {
        ZG_TRY(std::optional<Piece> piece, reader.next());
        if (!piece) return {};
        pool.give_back(std::move(piece->block));
    }
}

}  // namespace zg::archive
