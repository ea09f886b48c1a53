#include "store/dir/thaw.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "store/checks.hpp"
#include "store/dir/tree.hpp"

namespace zg::store {

namespace {

constexpr std::size_t largest_record = 4096;

std::optional<TimePoint> time_field(const nlohmann::json& object, const char* key) {
    const auto field = object.find(key);
    if (field == object.end() || !field->is_number_integer()) return std::nullopt;
    return TimePoint(std::chrono::seconds(field->get<std::int64_t>()));
}

}  // namespace

std::string thaw_path(std::string_view name) { return fmt::format("{}{}", thaw_folder, name); }

Buffer encode_thaw(const ThawRecord& record) {
    const nlohmann::json object{{"requested", record.requested.time_since_epoch().count()},
                                {"ready", record.ready.time_since_epoch().count()},
                                {"until", record.until.time_since_epoch().count()}};
    return to_buffer(object.dump() + "\n");
}

Result<std::optional<ThawRecord>> load_thaw(const DirTree& tree, std::string_view name) {
    const std::string path = thaw_path(name);
    const auto file = tree.open_file(path, O_RDONLY);
    if (!file && file.error().kind == ErrorKind::not_found) return std::nullopt;
    if (!file) return fail(file.error());
    Buffer text(largest_record);
    ZG_TRY(const std::size_t size, read_fully_at(file->get(), text, 0, tree.where(path)));
    const auto object = nlohmann::json::parse(as_text(Bytes(text).first(size)), nullptr, false);
    if (object.is_object()) {
        const auto requested = time_field(object, "requested");
        const auto ready = time_field(object, "ready");
        const auto until = time_field(object, "until");
        if (requested && ready && until)
            return ThawRecord{.requested = *requested, .ready = *ready, .until = *until};
    }
    return fail({.kind = ErrorKind::damage,
                 .what = "this is not the record of a thaw",
                 .where = tree.where(path),
                 .hint = "remove the file; the segment is then cold and can be thawed again"});
}

Result<void> forget_thaw(const DirTree& tree, std::string_view name) {
    const std::string path = thaw_path(name);
    const auto there = tree.look(path);
    if (!there && there.error().kind == ErrorKind::not_found)
        return tree.remove_empty_parents(path);
    ZG_CHECK(tree.remove_file(path));
    return tree.remove_empty_parents(path);
}

}  // namespace zg::store
