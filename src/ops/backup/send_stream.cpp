#include "ops/backup/send_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>

#include "archive/write/checked_input.hpp"
#include "archive/write/chunk.hpp"
#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "ops/backup/journal.hpp"
#include "ops/context.hpp"
#include "stream/checker.hpp"
#include "stream/checkpoint.hpp"
#include "stream/resume_token.hpp"
#include "stream/splicer.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

namespace {

constexpr std::size_t piece_size = std::size_t{256} << 10U;

std::string token_for(const UnfinishedArchive& archive, const zfs::SendSpec& spec) {
    const stream::Checkpoint& place = *archive.segments.back().checkpoint;
    return stream::resume_token_text({.object = place.resume_point->object,
                                      .offset = place.resume_point->offset,
                                      .bytes = place.position,
                                      .to_guid = archive.to_guid,
                                      .from_guid = archive.from_guid,
                                      .to_name = spec.snapshot,
                                      .large_blocks = spec.large_blocks,
                                      .embedded = spec.embedded,
                                      .compressed = spec.compressed,
                                      .raw = spec.raw});
}

std::unexpected<Error> another_stream(const UnfinishedArchive& archive, std::size_t segment) {
    return fail(
        {.kind = ErrorKind::conflict,
         .what = fmt::format("zfs send no longer writes the data of segment {} of archive {}",
                             segment + 1, archive.archive_id),
         .where = fmt::format("{}@{}", archive.dataset, archive.snapshot)});
}

}  // namespace

/// The output of `zfs send -t`, joined to what is already stored.
class SendStream::SplicedSource final : public Source {
  public:
    SplicedSource(Source& rest, const stream::Checkpoint& place) : rest_(rest), splicer_(place) {}

    Result<std::size_t> read(MutableBytes into) override {
        while (taken_ == ready_.size() && !ended_) ZG_CHECK(fill());
        const std::size_t count = std::min(into.size(), ready_.size() - taken_);
        std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(taken_), count, into.begin());
        taken_ += count;
        return count;
    }

    /// Reads until the first bytes are available, which proves that this is the rest of the stream.
    Result<void> prime() {
        while (ready_.empty() && !ended_) ZG_CHECK(fill());
        return {};
    }

  private:
    Result<void> fill() {
        ready_.clear();
        taken_ = 0;
        ZG_TRY(const std::size_t got, rest_.read(piece_));
        ended_ = got == 0;
        return ended_ ? splicer_.finish(ready_) : splicer_.feed(Bytes(piece_).first(got), ready_);
    }

    Source& rest_;
    stream::Splicer splicer_;
    Buffer piece_ = Buffer(piece_size);
    Buffer ready_;
    std::size_t taken_ = 0;
    bool ended_ = false;
};

/// The output of zfs send, some of it read ahead.
class SendStream::AheadSource final : public Source {
  public:
    explicit AheadSource(Source& source) : source_(source) {}

    Result<std::size_t> read(MutableBytes into) override {
        if (taken_ == ahead_.size()) return ended_ ? Result<std::size_t>(0) : source_.read(into);
        const std::size_t count = std::min(into.size(), ahead_.size() - taken_);
        std::copy_n(ahead_.begin() + static_cast<std::ptrdiff_t>(taken_), count, into.begin());
        taken_ += count;
        return count;
    }

    /// Reads more; nothing at the end.
    Result<Bytes> look_ahead() {
        const std::size_t before = ahead_.size();
        ahead_.resize(before + piece_size);
        auto got = source_.read(MutableBytes(ahead_).subspan(before));
        ahead_.resize(before + got.value_or(0));
        ended_ = got && *got == 0;
        if (!got) return fail(std::move(got.error()));
        return Bytes(ahead_).subspan(before);
    }

  private:
    Source& source_;
    Buffer ahead_;
    std::size_t taken_ = 0;
    bool ended_ = false;
};

SendStream::SendStream(std::unique_ptr<zfs::Sending> sending) : sending_(std::move(sending)) {}
SendStream::~SendStream() = default;

Result<std::unique_ptr<SendStream>> SendStream::begin(const zfs::Zfs& zfs,
                                                      const zfs::SendSpec& spec) {
    ZG_TRY(auto sending, zfs.send(spec));
    std::unique_ptr<SendStream> stream(new SendStream(std::move(sending)));
    stream->ahead_ = std::make_unique<AheadSource>(stream->sending_->out());
    stream->input_ = std::make_unique<archive::CheckedInput>(*stream->ahead_);
    return stream;
}

Result<bool> SendStream::holds_changes() {
    // A stream without changes has only a few records. One that is not sound is detected later.
    stream::Checker checker;
    for (;;) {
        ZG_TRY(const Bytes more, ahead_->look_ahead());
        if (more.empty()) return !checker.finish();
        if (!checker.feed(more) || checker.summary().has_data()) return true;
    }
}

Result<zfs::Ended> SendStream::wait() {
    if (!ended_) {
        ZG_TRY(ended_, sending_->wait());
    }
    return *ended_;
}

Result<void> SendStream::resume_after(const stream::Checkpoint& place) {
    spliced_ = std::make_unique<SplicedSource>(sending_->out(), place);
    ZG_CHECK(spliced_->prime());
    input_ = std::make_unique<archive::CheckedInput>(*spliced_, place);
    return {};
}

/// Reads past what is already stored, and compares its checksum at the end of each segment.
Result<void> SendStream::skip(Context& context, const UnfinishedArchive& archive) {
    Buffer piece(piece_size);
    for (std::size_t i = 0; i < archive.segments.size(); ++i) {
        const archive::SegmentEnd& end = archive.segments[i];
        while (input_->checker().position() < end.segment.stream_end) {
            const std::uint64_t left = end.segment.stream_end - input_->checker().position();
            auto got = input_->read(MutableBytes(piece).first(
                static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size()))));
            if (!got || *got == 0)
                return got ? another_stream(archive, i)
                           : Result<void>(fail(std::move(got.error())));
            context.world.progress.advance(*got);
        }
        const archive::RecordSpan span = input_->take_span();
        if (span.end != end.segment.stream_end || span.fletcher4_after != end.fletcher4_after)
            return another_stream(archive, i);
    }
    return {};
}

Result<std::unique_ptr<SendStream>> SendStream::resume(Context& context, const zfs::Zfs& zfs,
                                                       const zfs::SendSpec& spec,
                                                       const UnfinishedArchive& archive) {
    if (zfs.capabilities().send_resumed && archive.segments.back().checkpoint) {
        ZG_TRY(auto sending, zfs.send_from(token_for(archive, spec)));
        std::unique_ptr<SendStream> stream(new SendStream(std::move(sending)));
        auto resumed = stream->resume_after(*archive.segments.back().checkpoint);
        if (resumed) {
            context.world.progress.advance(archive.segments.back().segment.stream_end);
            return stream;
        }
        const auto ended = stream->wait();
        const std::string why =
            ended && !ended->success ? ended->error.cause : resumed.error().message();
        context.world.log.info(
            fmt::format("zfs send cannot resume in the middle ({}): sending from the beginning, "
                        "and skipping what is stored",
                        why));
    }
    ZG_TRY(auto stream, begin(zfs, spec));
    ZG_CHECK(stream->skip(context, archive));
    return stream;
}

}  // namespace zg::ops
