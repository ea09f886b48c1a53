#include "job/verify.hpp"

#include <fmt/format.h>

#include "base/units.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

namespace {

class Verify final : public Verb {
  public:
    [[nodiscard]] VerbText text() const override {
        return {.name = "verify",
                .brief = "Check every stored byte",
                .description = "Reads every manifest and every segment, of the store or of one dataset, and checks sizes, SHA-256 digests, zstd checksums, the records and "
                               "fletcher4 checksums of each stream, and the links of the chains. Goes on behind damage, names each damaged object, and exits with "
                               "5. Cold segments are compared by size only.\n\nObjects that belong to no archive are named too; they are no damage.",
                .json = "archives: number of archives checked\nsegments_read, bytes_read: what was read\nsegments_cold: segments compared by size only\n"
                        "sound: true where there is no damage\nfindings: each where, what, damage (true or false)",
                .examples = "zglacier verify --store dir:/backup # read and check the whole store"};
    }

    void define(CLI::App& app) override {
        app.add_option("dataset", dataset_, "Only this dataset")->type_name("DATASET");
        add_store_options(app);
    }

    Result<ExitCode> run(World& world, Console& console) override {
        ZG_TRY(const auto session, open_session(world, console, false));
        ZG_TRY(const job::VerifyReport report, job::verify(session->context(), dataset_));
        Json findings = Json::array();
        std::string text;
        for (const job::Finding& finding : report.findings) {
            findings.push_back({{"where", finding.where}, {"what", finding.what}, {"damage", finding.damage}});
            text += fmt::format("{}: {}: {}\n", finding.damage ? "DAMAGE" : "note", finding.where, finding.what);
        }
        text += fmt::format("{} archive{}, {} segment{} read ({}), {} cold: {}\n", report.archives, report.archives == 1 ? "" : "s",
                            report.segments_read, report.segments_read == 1 ? "" : "s", format_size(report.bytes_read), report.segments_cold,
                            report.sound() ? "sound" : "DAMAGED");
        print_result(common,
                     {{"archives", report.archives},
                      {"segments_read", report.segments_read},
                      {"bytes_read", report.bytes_read},
                      {"segments_cold", report.segments_cold},
                      {"sound", report.sound()},
                      {"findings", std::move(findings)}},
                     text);
        if (!report.sound()) console.hint("restore refuses damaged segments; older snapshots whose chain is whole can still be restored (zglacier list)");
        return report.sound() ? ExitCode::done : ExitCode::damage;
    }

  private:
    std::string dataset_;
};

}  // namespace

std::unique_ptr<Verb> make_verify() { return std::make_unique<Verify>(); }

}  // namespace zg::cli
