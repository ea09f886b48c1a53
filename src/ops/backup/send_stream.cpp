#include "ops/backup/send_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "stream/resume_token.hpp"

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
    return fail({.kind = ErrorKind::conflict,
                 .what = fmt::format("zfs send no longer gives what segment {} of archive {} holds",
                                     segment + 1, archive.archive_id),
                 .where = fmt::format("{}@{}", archive.dataset, archive.snapshot)});
}

}  // namespace

/// What `zfs send -t` gives, joined to what is stored.
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

    /// Reads until the first bytes are there, which shows that the rest is the right one.
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

SendStream::SendStream(Process process) : process_(std::move(process)) {}
SendStream::~SendStream() = default;

Result<std::unique_ptr<SendStream>> SendStream::begin(const zfs::Zfs& zfs,
                                                      const zfs::SendSpec& spec) {
    ZG_TRY(Process process, zfs.send(spec));
    std::unique_ptr<SendStream> stream(new SendStream(std::move(process)));
    stream->input_ = std::make_unique<archive::CheckedInput>(stream->process_.out());
    return stream;
}

Result<void> SendStream::go_on_behind(const stream::Checkpoint& place) {
    spliced_ = std::make_unique<SplicedSource>(process_.out(), place);
    ZG_CHECK(spliced_->prime());
    input_ = std::make_unique<archive::CheckedInput>(*spliced_, place);
    return {};
}

/// Reads what is stored already, and compares it by its checksum at each segment's end.
Result<void> SendStream::skip(archive::Context& context, const UnfinishedArchive& archive) {
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
            context.progress.advance(*got);
        }
        const archive::RecordSpan span = input_->take_span();
        if (span.end != end.segment.stream_end || span.fletcher4_behind != end.fletcher4_behind)
            return another_stream(archive, i);
    }
    return {};
}

Result<std::unique_ptr<SendStream>> SendStream::go_on(archive::Context& context,
                                                      const zfs::Zfs& zfs,
                                                      const zfs::SendSpec& spec,
                                                      const UnfinishedArchive& archive) {
    if (zfs.capabilities().send_resumed && archive.segments.back().checkpoint) {
        ZG_TRY(Process process, zfs.send_from(token_for(archive, spec)));
        std::unique_ptr<SendStream> stream(new SendStream(std::move(process)));
        auto resumed = stream->go_on_behind(*archive.segments.back().checkpoint);
        if (resumed) {
            context.progress.advance(archive.segments.back().segment.stream_end);
            return stream;
        }
        const auto exit = stream->process_.wait();
        const std::string why = exit && exit->code != 0 && !exit->error_text.empty()
                                    ? exit->error_text
                                    : resumed.error().message();
        context.log.info(
            fmt::format("zfs send cannot go on in the middle ({}): sending from the beginning, and "
                        "leaving out what is stored",
                        why));
    }
    ZG_TRY(auto stream, begin(zfs, spec));
    ZG_CHECK(stream->skip(context, archive));
    return stream;
}

}  // namespace zg::ops
