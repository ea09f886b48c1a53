#include "ops/verify/verify.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "base/units.hpp"
#include "base/world.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/output/console.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

namespace {

std::string counted(std::size_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

class Verify final : public Verb {
  public:
    [[nodiscard]] std::string name() const override { return "verify"; }

    void define(Options& app) override {
        app.add_option("dataset", options_.dataset, "Only this dataset")->type_name("DATASET");
        app.add_flag("--read", options_.read,
                     "Read the segments, even if the download costs money");
        add_store_options(app);
        add_key_options(app);
    }

    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto session, open_session(world, false, options_.dataset));
        ZG_TRY(const ops::VerifyReport report, ops::verify(session->context(), options_));
        Json findings = Json::array();
        std::string text;
        for (const ops::Finding& finding : report.findings) {
            findings.push_back(
                {{"where", finding.where}, {"what", finding.what}, {"damage", finding.damage}});
            text += fmt::format("{}: {}: {}\n", finding.damage ? "DAMAGE" : "note", finding.where,
                                finding.what);
        }
        text += summary(report);
        print_result(common,
                     {{"archives", report.archives},
                      {"segments_read", report.segments_read},
                      {"bytes_read", report.bytes_read},
                      {"segments_compared", report.segments_compared},
                      {"segments_by_size", report.segments_by_size},
                      {"ok", report.sound()},
                      {"findings", std::move(findings)}},
                     text);
        if (!report.sound())
            console.hint(
                "run `zglacier backup --full` for each damaged dataset now, then find the cause; "
                "snapshots older than the damaged archive can still be restored");
        return report.sound() ? ExitCode::done : ExitCode::damage;
    }

  private:
    [[nodiscard]] std::string summary(const ops::VerifyReport& report) const {
        if (report.archives == 0 && report.sound())
            return options_.dataset.empty()
                       ? std::string("nothing to check: the store has no archives\n")
                       : fmt::format("nothing to check: no archives of {}\n", options_.dataset);
        std::vector<std::string> parts{counted(report.archives, "archive")};
        if (report.segments_read > 0)
            parts.push_back(fmt::format("{} read ({})", counted(report.segments_read, "segment"),
                                        format_size(report.bytes_read)));
        if (report.segments_compared > 0)
            parts.push_back(fmt::format("{} compared with the store's checksums",
                                        counted(report.segments_compared, "segment")));
        if (report.segments_by_size > 0)
            parts.push_back(fmt::format("{} compared by size only",
                                        counted(report.segments_by_size, "segment")));
        return fmt::format("{}: {}\n", report.sound() ? "OK" : "DAMAGED", fmt::join(parts, ", "));
    }

    ops::VerifyOptions options_;
};

}  // namespace

std::unique_ptr<Verb> make_verify() { return std::make_unique<Verify>(); }

}  // namespace zg::cli
