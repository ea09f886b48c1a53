#include "cli/output/archive_json.hpp"

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
            {"compression", archive.compression},
            {"encryption", archive.encryption},
            {"stream_size", archive.stream_size},
            {"stored_size", archive.stored_size},
            {"segments", archive.segments.size()},
            {"created", rfc3339_utc(archive.created)},
            {"adopted", archive.adopted ? Json(archive.adopted->archive) : Json(nullptr)},
            {"proved", archive.proved()}};
}

std::string archive_json_text() {
    return "An archive has the keys id, dataset, dataset_guid, host, snapshot (behind the @; these "
           "names are null where they are encrypted and not known here), snapshot_time, to_guid "
           "and from_guid (decimal strings; from_guid is null for a "
           "full archive), kind (full or incremental), send_flags, raw, compression (none or "
           "zstd), encryption (none or age), stream_size and stored_size (bytes), segments (their "
           "number), created, adopted (Glacier's id of an archive that another program uploaded, "
           "or null), proved (false while nothing of its stream has been seen).";
}

}  // namespace zg::cli
