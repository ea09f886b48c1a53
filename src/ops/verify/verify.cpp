#include "ops/verify/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "archive/archive_view.hpp"
#include "archive/encryption.hpp"
#include "archive/read/fetch.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "catalog/chain.hpp"
#include "catalog/manifest.hpp"
#include "catalog/object_names.hpp"
#include "ops/context.hpp"
#include "ops/verify/compare.hpp"
#include "store/store.hpp"

namespace zg::ops {

namespace {

class NullSink final : public Sink {
  public:
    Result<void> write(Bytes) override { return {}; }
};

bool is_damage(const Error& error) {
    return error.kind == ErrorKind::damage || error.kind == ErrorKind::unsupported;
}

class Verification {
  public:
    Verification(Context& context, const archive::ArchiveView& view, bool read)
        : context_(context), view_(view), read_(read), chains_(view.archives) {
        for (const store::Entry& object : view.objects) sizes_.emplace(object.name, object.size);
    }

    Result<void> check_archive(std::size_t index) {
        const catalog::Manifest& archive = view_.archives[index];
        ++report_.archives;
        check_link(index);
        if (!read_) return compare(archive);
        const bool can_decode = archive::check_key(context_.archives, archive).has_value();
        if (!check_listing(archive) || !can_decode) return check_each_segment(archive);
        ZG_TRY(const bool readable, all_hot(archive));
        if (!readable) return {};
        NullSink sink;
        auto fetched = archive::fetch_archive(context_, archive, sink);
        if (fetched) {
            report_.segments_read += archive.segments.size();
            report_.bytes_read += archive.stored_size;
            return {};
        }
        if (!is_damage(fetched.error())) return fail(std::move(fetched.error()));
        note(fetched.error());
        return check_each_segment(archive);
    }

    void report_unknown_objects() {
        std::map<std::string, std::size_t> objects_of;
        for (const store::Entry& object : view_.objects) {
            const auto [kind, id] = catalog::parse_object_name(object.name);
            if (kind == catalog::ObjectKind::unknown && id.empty())
                report_.findings.push_back(
                    {object.name, "this object does not belong to any archive", false});
            else if (view_.is_orphan(object))
                ++objects_of[id];
        }
        for (const auto& [id, count] : objects_of)
            report_.findings.push_back(
                {catalog::segments_of(id),
                 fmt::format("leftover of an interrupted backup ({} object{} without a manifest), "
                             "or one is running now; the next backup of that dataset on that host "
                             "cleans up",
                             count, count == 1 ? "" : "s"),
                 false});
        for (const archive::UnreadableManifest& manifest : view_.unreadable)
            report_.findings.push_back(
                {catalog::manifest_name(manifest.archive_id), manifest.error.message(), true});
    }

    void report_removals() {
        for (const archive::Removal& removal : view_.removals)
            report_.findings.push_back(
                {catalog::tombstone_name(removal.tombstone.archive_id), removal.report(), false});
        for (const archive::IdleTombstone& tombstone : view_.idle_tombstones)
            report_.findings.push_back({catalog::tombstone_name(tombstone.archive_id),
                                        tombstone.reason, tombstone.damage});
    }

    /// Reports unfinished uploads: their parts are billed, but a listing of objects does not show
    /// them.
    Result<void> report_uploads() {
        ZG_TRY(const std::vector<store::Upload> uploads, context_.archives.store.uploads(""));
        for (const store::Upload& upload : uploads) {
            const bool form = !catalog::parse_object_name(upload.name).archive_id.empty();
            report_.findings.push_back(
                {upload.name,
                 fmt::format("an unfinished upload, begun {}, id {}: a running backup, or leftover "
                             "parts that are billed ({})",
                             rfc3339_utc(upload.started), upload.id,
                             form ? "the next backup of that dataset on that host removes them"
                                  : "another program's: abort it if it is not yours"),
                 false});
        }
        return {};
    }

    /// Reports segments in another class than the store's: caused by a wrong option or a lifecycle
    /// rule.
    void report_classes() {
        const auto wanted = context_.archives.store_options.find("class");
        for (const auto& [storage_class, count] : classes_) {
            if (wanted == context_.archives.store_options.end() || wanted->second == storage_class)
                continue;
            report_.findings.push_back(
                {context_.archives.store.url(),
                 fmt::format("{} segment{} in class {}, though the store was created with class {}",
                             count, count == 1 ? " is" : "s are", storage_class, wanted->second),
                 false});
        }
    }

    VerifyReport take_report() { return std::move(report_); }

  private:
    Result<void> compare(const catalog::Manifest& archive) {
        ZG_TRY(std::vector<Comparison> comparisons, compare_segments(context_, archive));
        for (Comparison& comparison : comparisons) {
            (comparison.by_checksum ? report_.segments_compared : report_.segments_by_size) += 1;
            if (!comparison.storage_class.empty()) ++classes_[comparison.storage_class];
            for (Finding& finding : comparison.findings)
                report_.findings.push_back(std::move(finding));
        }
        report_unknown_segments(archive);
        return {};
    }

    void note(const Error& error) {
        for (const Finding& finding : report_.findings) {
            if (finding.where == error.where && finding.damage) return;
        }
        report_.findings.push_back({error.where, error.what, true});
    }

    void check_link(std::size_t index) {
        if (auto way = chains_.way_to(index); !way)
            report_.findings.push_back(
                {catalog::manifest_name(view_.archives[index].archive_id), way.error().what, true});
    }

    /// Compares the listing with the manifest; false if a segment is missing or of another size.
    bool check_listing(const catalog::Manifest& archive) {
        bool sound = true;
        for (const catalog::Segment& segment : archive.segments) {
            const std::string name = archive.object_name(segment);
            const auto found = sizes_.find(name);
            if (found != sizes_.end() && found->second == segment.stored_size) continue;
            sound = false;
            const std::string what = found == sizes_.end()
                                         ? "the segment is missing"
                                         : fmt::format("the segment has {} bytes, expected {}",
                                                       found->second, segment.stored_size);
            report_.findings.push_back({name, what, true});
        }
        report_unknown_segments(archive);
        return sound;
    }

    void report_unknown_segments(const catalog::Manifest& archive) {
        const std::string folder = catalog::segments_of(archive.archive_id);
        for (auto object = sizes_.lower_bound(folder);
             object != sizes_.end() && object->first.starts_with(folder); ++object) {
            const std::string file = object->first.substr(folder.size());
            const bool known = std::ranges::find(archive.segments, file, &catalog::Segment::name) !=
                               archive.segments.end();
            if (!known)
                report_.findings.push_back(
                    {object->first, "the manifest does not list this segment", false});
        }
    }

    Result<bool> all_hot(const catalog::Manifest& archive) {
        if (!context_.archives.store.limits().cold) return true;
        std::size_t cold = 0;
        for (const catalog::Segment& segment : archive.segments) {
            ZG_TRY(const store::ThawState state,
                   context_.archives.store.thaw_state(archive.object_name(segment)));
            if (state.temperature != store::Temperature::hot) ++cold;
        }
        report_.segments_by_size += cold;
        return cold == 0;
    }

    /// Once something is wrong in an archive, each segment is checked separately, so that all
    /// damage is reported.
    Result<void> check_each_segment(const catalog::Manifest& archive) {
        for (std::size_t i = 0; i < archive.segments.size(); ++i) {
            auto checked = archive::check_segment_bytes(context_, archive, i);
            if (checked) {
                ++report_.segments_read;
                report_.bytes_read += archive.segments[i].stored_size;
            } else if (is_damage(checked.error())) {
                note(checked.error());
            } else if (checked.error().kind == ErrorKind::cold) {
                ++report_.segments_by_size;
            } else {
                return checked;
            }
        }
        return {};
    }

    Context& context_;
    const archive::ArchiveView& view_;
    bool read_;
    std::map<std::string, std::size_t> classes_;  // how many segments are in each
    catalog::Chains chains_;
    std::map<std::string, std::uint64_t> sizes_;
    VerifyReport report_;
};

}  // namespace

bool VerifyReport::sound() const { return std::ranges::none_of(findings, &Finding::damage); }

Result<VerifyReport> verify(Context& context, const VerifyOptions& options) {
    const std::string& dataset = options.dataset;
    const bool read = options.read || !context.archives.store.limits().reading_costs;
    // The catalog is only a copy: the store itself is read.
    ZG_TRY(const archive::ArchiveView view, archive::read_all_manifests(context.archives));
    Verification verification(context, view, read);
    std::uint64_t expected = 0;
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < view.archives.size(); ++i) {
        if (!dataset.empty() && view.archives[i].dataset != dataset) continue;
        chosen.push_back(i);
        expected += read ? view.archives[i].stored_size : 0;
    }
    if (!dataset.empty() && chosen.empty() && view.unreadable.empty())
        return fail({.kind = ErrorKind::not_found,
                     .what = "the store has no archive of this dataset",
                     .where = dataset,
                     .hint = "`zglacier list` shows the datasets in the store"});
    context.world.progress.begin("verify", expected);
    Result<void> done;
    for (std::size_t i = 0; i < chosen.size() && done; ++i)
        done = verification.check_archive(chosen[i]);
    context.world.progress.end();
    ZG_CHECK(std::move(done));
    verification.report_unknown_objects();
    verification.report_removals();
    verification.report_classes();
    ZG_CHECK(verification.report_uploads());
    return verification.take_report();
}

}  // namespace zg::ops
