#include "ops/policy.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/world.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/output/console.hpp"
#include "cli/verb.hpp"
#include "ops/session.hpp"

namespace zg::cli {

namespace {

class Policy final : public Verb {
  public:
    [[nodiscard]] std::string name() const override { return "policy"; }

    void define(Options& app) override {
        add_store_options(app);
        app.add_flag(
            "--versioned", versioned_,
            "In a versioned bucket, let backup delete old versions of unfinished archives");
    }

    Result<ExitCode> run(World& /*world*/, Console& /*console*/) override {
        ZG_TRY(const ops::StoreAccess access, store_access());
        ZG_TRY(const ops::Policies policies,
               ops::make_policies(access.url, access.options, versioned_));
        const auto parsed = [](const std::string& text) {
            return Json::parse(text, nullptr, false);
        };
        print_result(
            common, {{"backup", parsed(policies.backup)}, {"restore", parsed(policies.restore)}},
            fmt::format(
                "Policy for backup, list and verify:\n{}\n\nPolicy for restore and thaw:\n{}\n",
                policies.backup, policies.restore));
        return ExitCode::done;
    }

  private:
    bool versioned_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_policy() { return std::make_unique<Policy>(); }

}  // namespace zg::cli
