#include <fmt/format.h>

#include "base/files.hpp"
#include "base/units.hpp"
#include "cli/verb.hpp"
#include "ops/inspect.hpp"
#include "stream/features.hpp"

namespace zg::cli {

namespace {

std::string features_text(const stream::Begin& begin) {
    std::string text;
    for (const std::string& name : stream::feature_names(begin.features))
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

Json begin_json(const stream::Begin& begin) {
    return {{"record", begin.record_number},
            {"position", begin.position},
            {"kind", begin.compound         ? "package"
                     : begin.from_guid == 0 ? "full"
                                            : "incremental"},
            {"name", begin.to_name},
            {"to_guid", std::to_string(begin.to_guid)},
            {"from_guid", std::to_string(begin.from_guid)},
            {"dataset_type", begin.objset_type == 2   ? "filesystem"
                             : begin.objset_type == 3 ? "volume"
                                                      : ""},
            {"byte_order", begin.byte_order == std::endian::little ? "little" : "big"},
            {"creation_time", begin.creation_time},
            {"flags", begin.flags},
            {"features", stream::feature_names(begin.features)}};
}

std::string begin_text(const stream::Begin& begin) {
    if (begin.compound)
        return fmt::format("package   {} (record {}, offset {})\n", begin.to_name,
                           begin.record_number, begin.position);
    std::string text = fmt::format("stream    {} (record {}, offset {})\n", begin.to_name,
                                   begin.record_number, begin.position);
    text += begin.from_guid == 0
                ? fmt::format("  full, to guid {}\n", begin.to_guid)
                : fmt::format("  incremental, from guid {} to guid {}{}\n", begin.from_guid,
                              begin.to_guid, begin.is_clone() ? ", a clone" : "");
    text += fmt::format(
        "  {}, {}-endian, snapshot of {}\n", begin.objset_type == 3 ? "volume" : "filesystem",
        begin.byte_order == std::endian::little ? "little" : "big",
        rfc3339_utc(TimePoint(
            std::chrono::seconds(static_cast<std::int64_t>(begin.creation_time & 0xffffffffffU)))));
    text += fmt::format("  flags {:#x}, features {:#x}: {}\n", begin.flags, begin.features,
                        features_text(begin));
    return text;
}

class StreamInspect final : public Verb {
  public:
    [[nodiscard]] std::string name() const override { return "stream inspect"; }

    void define(Options& app) override {
        app.add_option("file", file_, "The stream; standard input where it is missing or -")
            ->type_name("FILE");
        app.add_flag("--records", records_,
                     "Also print one line for each record: number, offset, type, size, object, "
                     "offset in it, length");
    }

    Result<ExitCode> run(World& /*world*/, Console& console) override {
        ZG_TRY(const auto source, open_input(file_));
        stream::RecordVisitor visitor;
        if (records_ && !common.json) {
            visitor = [](const stream::Record& record) {
                fmt::print("{} {} {} {} {} {} {}\n", record.number, record.position,
                           stream::record_type_name(record.type), record.size, record.object,
                           record.offset, record.length);
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
        for (const stream::Begin& begin : report.summary.begins)
            streams.push_back(begin_json(begin));
        Json types = Json::object();
        for (std::size_t i = 0; i < stream::record_type_count; ++i) {
            if (report.summary.count_by_type[i] == 0) continue;
            types[std::string(stream::record_type_name(static_cast<stream::RecordType>(i)))] = {
                {"count", report.summary.count_by_type[i]},
                {"payload_bytes", report.summary.payload_bytes_by_type[i]}};
        }
        return {{"good", !report.error.has_value()},
                {"bytes", report.summary.bytes},
                {"records", report.summary.records},
                {"streams", std::move(streams)},
                {"record_types", std::move(types)},
                {"error", report.error ? Json(report.error->message()) : Json(nullptr)}};
    }

    static std::string text_of(const ops::InspectReport& report) {
        std::string text;
        for (const stream::Begin& begin : report.summary.begins) text += begin_text(begin);
        for (std::size_t i = 0; i < stream::record_type_count; ++i) {
            if (report.summary.count_by_type[i] == 0) continue;
            text += fmt::format("{:<15}{:>12} records  {:>16} bytes of payload\n",
                                stream::record_type_name(static_cast<stream::RecordType>(i)),
                                report.summary.count_by_type[i],
                                report.summary.payload_bytes_by_type[i]);
        }
        text += fmt::format("{} records, {} bytes ({}): {}\n", report.summary.records,
                            report.summary.bytes, format_size(report.summary.bytes),
                            report.error ? "BAD" : "every checksum is good");
        return text;
    }

    std::string file_;
    bool records_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_stream_inspect() { return std::make_unique<StreamInspect>(); }

}  // namespace zg::cli
