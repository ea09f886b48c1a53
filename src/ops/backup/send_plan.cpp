#include "ops/backup/send_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "catalog/chain.hpp"
#include "catalog/manifest.hpp"
#include "codec/encoding.hpp"
#include "zfs/capabilities.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

namespace {

/// The dataset's snapshot or bookmark with this guid, if it is older than the one to be sent. A
/// snapshot is better than a bookmark, which cannot be sent with -p.
std::optional<std::string> source_of_base(const BaseQuestion& question, std::uint64_t guid) {
    const auto older = [&](const zfs::Snapshot& candidate) {
        return question.snapshot == nullptr || candidate.createtxg < question.snapshot->createtxg;
    };
    if (const auto* snapshot = zfs::find_by_guid(question.dataset.snapshots, guid);
        snapshot != nullptr && older(*snapshot))
        return "@" + snapshot->name;
    if (const auto* bookmark = zfs::find_by_guid(question.dataset.bookmarks, guid);
        bookmark != nullptr && older(*bookmark))
        return "#" + bookmark->name;
    return std::nullopt;
}

bool same_large_blocks(const BaseQuestion& question, const catalog::Manifest& archive) {
    if (question.large_blocks == Choice::automatic || archive.raw) return true;
    return archive.large_blocks() == (question.large_blocks == Choice::on);
}

bool of_this_dataset(const BaseQuestion& question, const catalog::Manifest& archive) {
    return archive.dataset == question.dataset.name ||
           archive.dataset_guid == question.dataset.guid;
}

std::string reason_for_none(const BaseQuestion& question, bool here, bool fits, bool whole) {
    const auto count = std::ranges::count_if(
        question.view.archives,
        [&](const catalog::Manifest& archive) { return of_this_dataset(question, archive); });
    if (here && !fits)
        return "the archives it could build on were sent with other flags (-w or -L)";
    if (here && !whole) return "the archives it could build on cannot be restored";
    if (count == 0) return "the store has no archive of this dataset yet";
    return fmt::format(
        "the store has {} archive{} of this dataset, but the dataset no longer has the snapshot of "
        "any of them",
        count, count == 1 ? "" : "s");
}

}  // namespace

Result<CompressionChoice> parse_compression(std::string_view text) {
    if (text == "auto") return CompressionChoice{};
    const auto wanted = codec::parse_compression(text);
    if (!wanted && text != codec::no_encoding)
        return fail({.kind = ErrorKind::usage,
                     .what = fmt::format("unknown compression '{}'", text),
                     .hint = fmt::format("use auto, none, {}", codec::compression_forms())});
    return CompressionChoice{.automatic = false, .wanted = wanted};
}

BaseChoice choose_base(const BaseQuestion& question) {
    if (question.full) return {std::nullopt, "a full archive was requested"};
    const catalog::Chains chains(question.view.archives);
    bool here = false;
    bool fits = false;
    bool whole = false;
    for (std::size_t i = question.view.archives.size(); i-- > 0;) {
        const catalog::Manifest& archive = question.view.archives[i];
        const auto from = source_of_base(question, archive.to_guid);
        if (!from) continue;
        here = true;
        if (archive.raw != question.raw || !same_large_blocks(question, archive)) continue;
        fits = true;
        if (!chains.way_to(i)) continue;
        whole = true;
        return {Base{archive, *from}, fmt::format("archive {} holds {}", archive.archive_id,
                                                  question.dataset.name + *from)};
    }
    return {std::nullopt, reason_for_none(question, here, fits, whole)};
}

Result<bool> decide_raw(const zfs::Capabilities& can, const zfs::Dataset& dataset, Choice choice) {
    if (choice == Choice::on && !can.send_raw)
        return fail({.kind = ErrorKind::unsupported,
                     .what = "this zfs cannot send raw (-w)",
                     .where = dataset.name});
    if (choice == Choice::automatic) return dataset.encrypted && can.send_raw;
    return choice == Choice::on;
}

Result<zfs::SendSpec> decide_flags(const zfs::Capabilities& can, const zfs::Dataset& dataset,
                                   const SendChoices& choices, const std::optional<Base>& base,
                                   bool raw) {
    Result<void> possible;
    const auto decide = [&](Choice choice, bool able, bool fitting, const char* flag) {
        if (choice == Choice::on && !able && possible)
            possible = fail({.kind = ErrorKind::unsupported,
                             .what = fmt::format("this zfs cannot send with {}", flag),
                             .where = dataset.name,
                             .hint = fmt::format(
                                 "leave {} out: zglacier then uses what this zfs supports", flag)});
        return choice == Choice::automatic ? able && fitting : choice == Choice::on;
    };
    zfs::SendSpec spec;
    spec.raw = raw;
    // An encrypted dataset's properties are sent raw or not at all.
    spec.properties = decide(choices.properties, raw || !dataset.encrypted, true,
                             "-p an encrypted dataset without -w");
    // A raw stream has the blocks as they are on the disk, large, embedded and compressed ones
    // included.
    spec.large_blocks = decide(choices.large_blocks, can.send_large_blocks,
                               !raw && (!base || base->archive.large_blocks()), "-L");
    // Never automatically: zfs send -e of OpenZFS, up to 2.3 at least, loses extended attributes in
    // an embedded spill block (openzfs/zfs pull request 19091).
    spec.embedded = decide(choices.embedded, can.send_embedded, false, "-e");
    spec.compressed = decide(choices.compressed, can.send_compressed, !raw, "-c");
    if (base) spec.from = dataset.name + base->from;
    ZG_CHECK(std::move(possible));
    return spec;
}

std::optional<codec::Compression> decide_compression(const CompressionChoice& choice,
                                                     const zfs::Dataset& dataset,
                                                     const zfs::SendSpec& spec) {
    const bool sent_small = spec.raw || (spec.compressed && dataset.compression != "off");
    return choice.automatic && sent_small ? std::nullopt : choice.wanted;
}

}  // namespace zg::ops
