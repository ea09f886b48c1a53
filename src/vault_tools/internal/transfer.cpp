#include "vault_tools/internal/transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/glacier/glacier.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "codec/sha256.hpp"
#include "codec/tree_hash.hpp"
#include "flow/buffer_pool.hpp"
#include "flow/workers.hpp"

namespace zg::vault_tools {

namespace {

constexpr std::uint64_t MiB = std::uint64_t{1} << 20U;
constexpr std::uint64_t most_parts = 10'000;
constexpr std::uint64_t largest_part = 4096 * MiB;

/// One call of upload_to_vault().
class Uploading {
  public:
    Uploading(const VaultContext& context, Source& source, const VaultUpload& upload)
        : context_(context),
          source_(source),
          upload_(upload),
          part_size_(upload.part_size.value_or(choose_part_size(upload.expected))),
          pool_(part_size_),
          workers_(context.connections) {}

    Result<VaultArchive> run() {
        ZG_CHECK(aws::check_vault_name(upload_.vault));
        ZG_CHECK(aws::check_description(upload_.description));
        ZG_CHECK(look_at_upload());
        if (!std::has_single_bit(part_size_) || part_size_ < MiB || part_size_ > largest_part)
            return fail({.kind = ErrorKind::usage,
                         .what = fmt::format("invalid part size {}", format_size(part_size_)),
                         .hint = "a part is 1 MiB, 2 MiB, 4 MiB and so on, up to 4 GiB"});
        if (upload_.expected && *upload_.expected > part_size_ * most_parts)
            return fail(
                {.kind = ErrorKind::usage,
                 .what = fmt::format("{} are more than 10,000 parts of {}",
                                     format_size(*upload_.expected), format_size(part_size_)),
                 .hint = fmt::format("give --part-size {}MiB",
                                     choose_part_size(upload_.expected) / MiB)});
        auto done = upload_all();
        if (!done && !id_.empty())
            done.error().hint = fmt::format(
                "{}{}to resume the upload, run zglacier vault upload --uploadid {} {} … with the "
                "same input from its beginning",
                done.error().hint, done.error().hint.empty() ? "" : "; ", id_, upload_.vault);
        return done;
    }

  private:
    /// Lists the parts that the resumed upload has already.
    Result<void> look_at_upload() {
        if (upload_.upload_id.empty()) return {};
        ZG_TRY(const auto uploads, context_.glacier.list_uploads(upload_.vault));
        const auto found = std::ranges::find(uploads, upload_.upload_id, &aws::GlacierUpload::id);
        if (found == uploads.end())
            return fail(
                {.kind = ErrorKind::not_found,
                 .what = "there is no such unfinished upload",
                 .where = "vault " + upload_.vault,
                 .hint = fmt::format("`zglacier vault uploads {}` lists the unfinished uploads",
                                     upload_.vault)});
        if (upload_.part_size && *upload_.part_size != found->part_size)
            return fail({.kind = ErrorKind::usage,
                         .what = fmt::format("the upload was started with parts of {}",
                                             format_size(found->part_size)),
                         .hint = "leave the part size out"});
        part_size_ = found->part_size;
        id_ = found->id;
        ZG_TRY(const auto parts, context_.glacier.list_parts(upload_.vault, id_));
        for (const aws::GlacierPart& part : parts) present_[part.begin] = part;
        return {};
    }

    Result<VaultArchive> upload_all() {
        context_.progress.begin(upload_.vault, upload_.expected);
        auto done = send_parts();
        context_.progress.end();
        ZG_CHECK(done);
        codec::TreeJoiner tree;
        for (const codec::Sha256Digest& part : trees_) tree.add(part);
        ZG_TRY(archive_.receipt,
               context_.glacier.complete_upload(upload_.vault, id_, archive_.size, tree.finish()));
        return archive_;
    }

    Result<void> send_parts() {
        for (;;) {
            flow::Block block = pool_.take(part_size_);
            ZG_TRY(block.size, read_full(source_, block.room().first(part_size_)));
            if (block.size == 0) break;
            if (trees_.size() + under_way_count_ == most_parts)
                return fail({.kind = ErrorKind::usage,
                             .what = fmt::format("the input is longer than 10,000 parts of {}",
                                                 format_size(part_size_)),
                             .hint = "upload it again with a larger --part-size"});
            // Only now is it known that the input is empty.
            if (id_.empty()) {
                ZG_TRY(id_, context_.glacier.initiate_upload(upload_.vault, part_size_,
                                                             upload_.description));
                context_.log.info(fmt::format("upload id {}", id_));
            }
            const bool last = block.size < part_size_;
            begin_part(std::move(block));
            if (under_way_.full()) ZG_CHECK(collect());
            if (last) break;
        }
        while (!under_way_.empty()) ZG_CHECK(collect());
        if (archive_.size == 0)
            return fail(
                {.kind = ErrorKind::usage,
                 .what = "the input is empty; nothing was uploaded",
                 .hint = "Glacier has no empty archives; did the command before the pipe fail?"});
        return {};
    }

    struct Sent {
        codec::Sha256Digest tree{};
        std::uint64_t size = 0;
        bool was_there = false;
    };

    void begin_part(flow::Block block) {
        const std::uint64_t begin = begun_;
        begun_ += block.size;
        ++under_way_count_;
        under_way_.begin([this, begin, part = std::move(block)]() mutable -> Result<Sent> {
            const auto digests = codec::tree_hash(part.bytes());
            const auto there = present_.find(begin);
            const bool same = there != present_.end() && there->second.end == begin + part.size &&
                              there->second.tree_hash == digests.tree;
            Result<void> put;
            if (!same)
                put =
                    context_.glacier.upload_part(upload_.vault, id_, begin, part.bytes(), digests);
            const std::uint64_t size = part.size;
            pool_.give_back(std::move(part));
            ZG_CHECK(put);
            return Sent{.tree = digests.tree, .size = size, .was_there = same};
        });
    }

    Result<void> collect() {
        --under_way_count_;
        ZG_TRY(const Sent sent, under_way_.take());
        trees_.push_back(sent.tree);
        archive_.size += sent.size;
        if (!sent.was_there) archive_.sent += sent.size;
        context_.progress.advance(sent.size);
        return {};
    }

    const VaultContext& context_;
    Source& source_;
    const VaultUpload& upload_;
    std::uint64_t part_size_;
    std::string id_;
    std::map<std::uint64_t, aws::GlacierPart> present_;  // by their offset
    std::uint64_t begun_ = 0;                            // bytes put into parts
    std::size_t under_way_count_ = 0;
    std::vector<codec::Sha256Digest> trees_;
    VaultArchive archive_;
    flow::BufferPool pool_;
    flow::Workers workers_;  // after the members that its tasks use
    flow::Window<Result<Sent>> under_way_{workers_};
};

}  // namespace

std::uint64_t choose_part_size(std::optional<std::uint64_t> expected) {
    if (!expected) return 64 * MiB;
    return std::clamp(std::bit_ceil((*expected + most_parts - 1) / most_parts), 8 * MiB,
                      largest_part);
}

std::uint64_t part_size_for(std::uint64_t wanted, std::optional<std::uint64_t> expected) {
    const std::uint64_t least = expected ? (*expected + most_parts - 1) / most_parts : 1;
    return std::min(std::bit_ceil(std::max(wanted * MiB, least)), largest_part);
}

Result<VaultArchive> upload_to_vault(const VaultContext& context, Source& source,
                                     const VaultUpload& upload) {
    return Uploading(context, source, upload).run();
}

Result<aws::Job> find_retrieval(aws::Glacier& glacier, const std::string& vault,
                                const std::string& archive_id) {
    ZG_TRY(const auto jobs, glacier.list_jobs(vault, ""));
    std::optional<aws::Job> waiting;
    std::optional<aws::Job> done;
    for (const aws::Job& job : jobs) {
        const bool whole = !job.range || (job.range->first == 0 && job.range->last + 1 == job.size);
        if (job.type != aws::JobType::archive || job.archive_id != archive_id || !whole) continue;
        if (job.succeeded() && (!done || job.completed_at > done->completed_at)) done = job;
        if (!job.completed) waiting = job;
    }
    if (done) return *done;
    if (waiting)
        return fail({.kind = ErrorKind::cold,
                     .what = fmt::format("the archive was requested at {} and is not ready yet",
                                         rfc3339_utc(waiting->created)),
                     .where = "vault " + vault,
                     .hint = "run the same command again later; a standard retrieval takes three "
                             "to five hours"});
    return fail(
        {.kind = ErrorKind::cold,
         .what = "the archive was not requested, or its retrieval has expired (a job's output "
                 "lasts 24 hours)",
         .where = "vault " + vault,
         .hint = fmt::format("request it: zglacier vault retrieve {} {}", vault, archive_id)});
}

Result<std::uint64_t> download_from_vault(const VaultContext& context, const std::string& vault,
                                          const aws::Job& job, Sink& out) {
    constexpr std::size_t step = 8 * MiB;
    Buffer buffer(step);
    codec::TreeHash whole;
    std::uint64_t at = 0;
    context.progress.begin(vault, job.size);
    for (unsigned changed = 0; at < job.size;) {
        const MutableBytes into =
            MutableBytes(buffer).first(std::min<std::uint64_t>(step, job.size - at));
        ZG_TRY(const aws::JobOutput output,
               context.glacier.get_job_output(vault, job.id, at, into));
        if (output.received == 0)
            return fail({.kind = ErrorKind::damage,
                         .what = fmt::format("the output ends at byte {} of {}", at, job.size),
                         .where = "vault " + vault});
        const Bytes received = into.first(output.received);
        const bool node = output.tree_hash && received.size() == into.size();
        if (node && codec::tree_hash_only(received) != *output.tree_hash) {
            if (++changed > 3)
                return fail(
                    {.kind = ErrorKind::damage,
                     .what = fmt::format(
                         "the bytes from {} on arrived with a wrong tree hash several times", at),
                     .where = "vault " + vault});
            context.log.warning(fmt::format(
                "the bytes from {} on were changed in transit; requesting them again", at));
            continue;
        }
        changed = 0;
        whole.update(received);
        ZG_CHECK(out.write(received));
        at += received.size();
        context.progress.advance(received.size());
    }
    context.progress.end();
    const auto expected = job.tree_hash ? job.tree_hash : job.archive_tree_hash;
    if (job.type == aws::JobType::archive && expected && whole.finish().tree != *expected)
        return fail({.kind = ErrorKind::damage,
                     .what = "the tree hash of the received data differs from the archive's",
                     .where = "vault " + vault,
                     .hint = "delete it and run the same command again"});
    return at;
}

Result<codec::Sha256Digest> tree_hash_of(Source& source) {
    codec::TreeJoiner tree;
    Buffer leaf(codec::tree_leaf_size);
    for (;;) {
        ZG_TRY(const std::size_t got, read_full(source, leaf));
        if (got > 0) tree.add(codec::sha256(Bytes(leaf).first(got)));
        if (got < leaf.size()) return tree.finish();
    }
}

}  // namespace zg::vault_tools
