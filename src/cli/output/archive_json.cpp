#include "cli/output/archive_json.hpp"

#include <string>

#include "base/clock.hpp"
#include "catalog/manifest.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

Json archive_json(const catalog::Manifest& archive) {
    const auto name = [&](const std::string& text) {
        return archive.opened ? Json(text) : Json(nullptr);
    };
    return {{"id", archive.archive_id},
            {"dataset", name(archive.dataset)},
            {"dataset_guid", std::to_string(archive.dataset_guid)},
            {"host", name(archive.host)},
            {"snapshot", name(archive.snapshot)},
            {"snapshot_time", rfc3339_utc(archive.snapshot_time)},
            {"to_guid", std::to_string(archive.to_guid)},
            {"from_guid", archive.full() ? Json(nullptr) : Json(std::to_string(archive.from_guid))},
            {"kind", archive.full() ? "full" : "incremental"},
            {"send_flags", archive.send_flags},
            {"raw", archive.raw},
            {"compression", archive.compression()},
            {"encryption", archive.encryption()},
            {"stream_size", archive.stream_size},
            {"stored_size", archive.stored_size},
            {"segments", archive.segments.size()},
            {"created", rfc3339_utc(archive.created)},
            {"adopted", archive.adopted ? Json(archive.adopted->archive) : Json(nullptr)},
            {"proved", archive.proved()}};
}

}  // namespace zg::cli
