#include "job/stream_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace zg::job {

namespace {

std::array<std::uint64_t, 4> words(const stream::Fletcher4& sums) { return {sums.a, sums.b, sums.c, sums.d}; }

bool has_object(stream::RecordType type) {
    using enum stream::RecordType;
    return type == object || type == write || type == write_embedded || type == write_byref || type == spill;
}

}  // namespace

StreamReader::StreamReader(Source& source, flow::BufferPool& pool)
    : source_(source), pool_(pool), checker_([this](const stream::Record& record) { note(record); }) {}

void StreamReader::note(const stream::Record& record) {
    // The place of a spill block, DMU_SPILL_BLKID (-1) times a block size, where no file has bytes: as an embedded write it is received into the file's
    // data, and the extended attributes it holds are gone. See openzfs/zfs issue 18239 and pull request 19091.
    const bool spill = record.type == stream::RecordType::write_embedded && static_cast<std::int64_t>(record.offset) < 0;
    if (spill && !loss_)
        loss_ = Error{.kind = ErrorKind::unsupported,
                      .what = fmt::format("record {} at byte {}: zfs send -e puts the extended attributes of object {} where zfs receive loses them",
                                          record.number, record.position, record.object),
                      .hint = "leave --embedded (and --raw of an unencrypted dataset) away; this is openzfs/zfs pull request 19091"};
    if (!has_object(record.type)) return;
    const catalog::ObjectPosition position{record.object, record.offset};
    if (!span_.first) span_.first = position;
    span_.last = position;
}

/// Gives out the whole records; what is left of an unfinished one goes to a new block.
Chunk StreamReader::cut() {
    const std::size_t whole = checker_.boundary() - pending_begin_;
    const Bytes rest = pending_.bytes().subspan(whole);
    flow::Block next = pool_.take(std::max(usual_chunk, rest.size() * 2));
    if (!rest.empty()) std::memcpy(next.storage.data(), rest.data(), rest.size());
    next.size = rest.size();

    Chunk chunk{.block = std::move(pending_), .span = span_, .segment_end = {}};
    chunk.block.size = whole;
    chunk.span.begin = pending_begin_;
    chunk.span.end = checker_.boundary();

    pending_ = std::move(next);
    pending_begin_ = checker_.boundary();
    span_ = {};
    span_.fletcher4 = words(checker_.running_checksum());
    return chunk;
}

Result<std::optional<Chunk>> StreamReader::next() {
    if (ended_) return std::optional<Chunk>{};
    for (;;) {
        if (pending_.storage.empty()) pending_ = pool_.take(usual_chunk);
        if (pending_.room().empty()) pending_.storage.resize(pending_.storage.size() * 2);
        const std::size_t before = pending_.size;
        ZG_TRY(const std::size_t got, source_.read(pending_.room()));
        pending_.size += got;
        if (got == 0) {
            ZG_CHECK(checker_.finish());
            ended_ = true;
            if (checker_.boundary() > pending_begin_) return cut();
            return std::optional<Chunk>{};
        }
        ZG_CHECK(checker_.feed(pending_.bytes().subspan(before)));
        if (loss_) return fail(*loss_);
        const bool nearly_full = pending_.storage.size() - pending_.size < usual_chunk / 4;
        if (nearly_full && checker_.boundary() > pending_begin_) return cut();
    }
}

}  // namespace zg::job
