// Requests that are refused before the service is called.
#include "vault_tools/archives.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/log.hpp"
#include "base/progress.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "base/testing/manual_clock.hpp"
#include "base/testing/temporary_folder.hpp"
#include "base/world.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {
namespace {

class UploadFilesTest : public ::testing::Test {
  protected:
    Error refused(const UploadRequest& request) {
        const auto report = upload_files(service, request);
        EXPECT_FALSE(report);
        return report ? Error{} : report.error();
    }

    ManualClock clock;
    SystemRandom random;
    NoSteps steps;
    NoLog log;
    Environment environment;
    NoProgress progress;
    World world{.environment = environment,
                .clock = clock,
                .random = random,
                .steps = steps,
                .log = log,
                .progress = progress};
    VaultService service{.world = world};
    TemporaryFolder folder;
};

TEST_F(UploadFilesTest, RefusesInputsThatExcludeEachOther) {
    for (const UploadRequest& request :
         {UploadRequest{.vault = "photos", .files = {"a"}, .standard_input = true},
          UploadRequest{.vault = "photos", .files = {"a", "b"}, .upload_id = "id"},
          UploadRequest{.vault = "photos", .files = {"a", "b"}, .bacula = true},
          UploadRequest{.vault = "photos", .bacula = true}}) {
        const Error error = refused(request);
        EXPECT_EQ(error.kind, ErrorKind::usage);
        EXPECT_FALSE(error.hint.empty());
    }
}

TEST_F(UploadFilesTest, ABaculaListNamesItsFolderOnce) {
    std::ofstream(folder.path() + "/first") << "x";
    const Error error =
        refused({.vault = "photos", .files = {folder.path() + "/first|second"}, .bacula = true});
    EXPECT_EQ(error.where, folder.path() + "/second");
}

TEST(TreeHashes, AreComputedForEachFile) {
    const TemporaryFolder folder;
    std::ofstream(folder.path() + "/a") << "abc";
    const auto hashes = tree_hashes({folder.path() + "/a"});
    ASSERT_TRUE(hashes);
    ASSERT_EQ(hashes->size(), 1U);
    // SHA-256 of "abc", FIPS 180-2: up to 1 MiB the tree has one leaf.
    EXPECT_EQ(hashes->front().tree_hash,
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_FALSE(tree_hashes({folder.path() + "/a", folder.path() + "/none"}));
}

}  // namespace
}  // namespace zg::vault_tools
