#include "ops/verify/verify.hpp"

#include <fmt/format.h>

#include "base/units.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

namespace {

class Verify final : public Verb {
  public:
    [[nodiscard]] std::string name() const override { return "verify"; }

    void define(Options& app) override {
        app.add_option("dataset", options_.dataset, "Only this dataset")->type_name("DATASET");
        app.add_flag("--read", options_.read, "Read the segments even if that costs money");
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
        text += fmt::format(
            "{} archive{}: {} segment{} read ({}), {} compared by the store's checksum, {} by size "
            "only: {}\n",
            report.archives, report.archives == 1 ? "" : "s", report.segments_read,
            report.segments_read == 1 ? "" : "s", format_size(report.bytes_read),
            report.segments_compared, report.segments_by_size,
            report.sound() ? "sound" : "DAMAGED");
        print_result(common,
                     {{"archives", report.archives},
                      {"segments_read", report.segments_read},
                      {"bytes_read", report.bytes_read},
                      {"segments_compared", report.segments_compared},
                      {"segments_by_size", report.segments_by_size},
                      {"sound", report.sound()},
                      {"findings", std::move(findings)}},
                     text);
        if (!report.sound())
            console.hint(
                "restore refuses damaged segments; older snapshots whose chain is whole can still "
                "be restored (zglacier list)");
        return report.sound() ? ExitCode::done : ExitCode::damage;
    }

  private:
    ops::VerifyOptions options_;
};

}  // namespace

std::unique_ptr<Verb> make_verify() { return std::make_unique<Verify>(); }

}  // namespace zg::cli
