#include "ops/policy.hpp"

#include <fmt/format.h>

#include "cli/verb.hpp"

namespace zg::cli {

namespace {

class Policy final : public Verb {
  public:
    [[nodiscard]] VerbText text() const override {
        return {
            .name = "policy",
            .brief = "Print the smallest IAM policies for an S3 store",
            .description =
                "Prints two IAM policies as JSON documents: what backup, list and verify need, and "
                "what restore and thaw need. Each allows just the calls that zglacier makes, on "
                "the bucket and the prefix of the store. It follows from the store's URL and "
                "options alone: nothing is asked of a server, and no keys are needed. Give the "
                "options with which the store was made: --lock, --tag and --kms-key need "
                "permissions of their own.\n\n"
                "The policy for backup can remove nothing but segments: what a run that died has "
                "left. With --versioned it can remove their old versions as well, which a bucket "
                "with versioning would otherwise keep, and charge for; leave it away where backups "
                "must not be able to remove anything for good.",
            .json = "backup: the policy for backups\nrestore: the policy for a restore",
            .examples =
                "zglacier policy --store s3://bucket/fileserver # both, with a heading each\n"
                "zglacier policy --store s3://bucket/fileserver --json | jq .backup # the one for "
                "backups alone"};
    }

    void define(Options& app) override {
        add_store_options(app);
        app.add_flag(
            "--versioned", versioned_,
            "The bucket keeps versions, and backup may remove those of unfinished archives");
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
