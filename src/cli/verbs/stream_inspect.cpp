#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "base/world.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/output/console.hpp"
#include "cli/verb.hpp"
#include "ops/inspect.hpp"

namespace zg::cli {

namespace {

Json stream_json(const ops::InspectedStream& stream) {
    return {{"record", stream.record},
            {"position", stream.position},
            {"kind", stream.kind},
            {"name", stream.name},
            {"to_guid", std::to_string(stream.to_guid)},
            {"from_guid", std::to_string(stream.from_guid)},
            {"dataset_type", stream.dataset_type},
            {"byte_order", stream.byte_order},
            {"creation_time", stream.creation_time},
            {"flags", stream.flags},
            {"features", stream.feature_names}};
}

std::string stream_text(const ops::InspectedStream& stream) {
    const bool package = stream.kind == "package";
    std::string text =
        fmt::format("{:<10}{} (record {}, offset {})\n", package ? "package" : "stream",
                    stream.name, stream.record, stream.position);
    if (package) return text;
    text += stream.from_guid == 0
                ? fmt::format("  full, to guid {}\n", stream.to_guid)
                : fmt::format("  incremental, from guid {} to guid {}{}\n", stream.from_guid,
                              stream.to_guid, stream.is_clone ? ", a clone" : "");
    const std::chrono::seconds created(
        static_cast<std::int64_t>(stream.creation_time & 0xffffffffffU));
    text += fmt::format("  {}, {}-endian, snapshot of {}\n",
                        stream.dataset_type == "volume" ? "volume" : "filesystem",
                        stream.byte_order, rfc3339_utc(TimePoint(created)));
    text += fmt::format("  flags {:#x}, features {:#x}: {}\n", stream.flags, stream.features,
                        fmt::join(stream.feature_names, ", "));
    return text;
}

class StreamInspect final : public Verb {
  public:
    [[nodiscard]] std::string name() const override { return "stream inspect"; }

    void define(Options& app) override {
        app.add_option("file", file_, "The stream; standard input if omitted or -")
            ->type_name("FILE");
        app.add_flag("--records", records_,
                     "Also print one line for each record\nNumber, offset, type, size, object, "
                     "offset in the object, length");
    }

    Result<ExitCode> run(World& /*world*/, Console& console) override {
        ZG_TRY(const auto source, open_input(file_));
        ops::InspectVisitor visitor;
        if (records_ && !common.json) {
            visitor = [](const ops::InspectedRecord& record) {
                fmt::print("{} {} {} {} {} {} {}\n", record.number, record.position, record.type,
                           record.size, record.object, record.offset, record.length);
            };
        }
        ZG_TRY(const ops::InspectReport report, ops::inspect_stream(*source, visitor));
        print_result(common, json_of(report), text_of(report));
        if (!report.error) return ExitCode::done;
        console.error(*report.error);
        return exit_code(report.error->kind == ErrorKind::unsupported ? ErrorKind::damage
                                                                      : report.error->kind);
    }

  private:
    static Json json_of(const ops::InspectReport& report) {
        Json streams = Json::array();
        for (const ops::InspectedStream& stream : report.streams)
            streams.push_back(stream_json(stream));
        Json types = Json::object();
        for (const ops::InspectedType& type : report.types)
            types[type.type] = {{"count", type.count}, {"payload_bytes", type.payload_bytes}};
        return {{"valid", !report.error.has_value()},
                {"bytes", report.bytes},
                {"records", report.records},
                {"streams", std::move(streams)},
                {"record_types", std::move(types)},
                {"error", report.error ? Json(report.error->message()) : Json(nullptr)}};
    }

    static std::string text_of(const ops::InspectReport& report) {
        std::string text;
        for (const ops::InspectedStream& stream : report.streams) text += stream_text(stream);
        for (const ops::InspectedType& type : report.types)
            text += fmt::format("{:<15}{:>12} records  {:>16} bytes of payload\n", type.type,
                                type.count, type.payload_bytes);
        text += fmt::format("{} records, {} bytes ({}): {}\n", report.records, report.bytes,
                            format_size(report.bytes),
                            report.error ? "INVALID" : "all checksums are correct");
        return text;
    }

    std::string file_;
    bool records_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_stream_inspect() { return std::make_unique<StreamInspect>(); }

}  // namespace zg::cli
