#include "store/s3/lifecycle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "aws/s3/s3.hpp"
#include "store/s3/options.hpp"

namespace zg::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> warnings(const aws::LifecycleRule& rule,
                                  const std::string& prefix = "backup") {
    S3Options options;
    options.bucket = "bucket";
    options.prefix = prefix;
    return lifecycle_warnings({rule}, options);
}

TEST(S3Lifecycle, NamesTheRuleAndItsEffect) {
    EXPECT_THAT(
        warnings({.id = "tidy", .prefix = "backup/", .expires = true}),
        ElementsAre(testing::AllOf(HasSubstr("\"tidy\""), HasSubstr("archives would be lost"))));
    EXPECT_THAT(warnings({.id = "chill", .transitions = true}),
                ElementsAre(HasSubstr("cold manifests cannot be read")));
    EXPECT_THAT(warnings({.id = "both", .expires = true, .transitions = true}), testing::SizeIs(2));
}

TEST(S3Lifecycle, OnlyRulesForTheStoresObjectsMatter) {
    for (const char* prefix :
         {"", "back", "backup", "backup/", "backup/archives/", "backup/archives/20261"})
        EXPECT_THAT(warnings({.id = "rule", .prefix = prefix, .expires = true}), testing::SizeIs(1))
            << prefix;
    for (const char* prefix : {"other/", "backup2/", "Backup/", "backups"})
        EXPECT_THAT(warnings({.id = "rule", .prefix = prefix, .expires = true}), IsEmpty())
            << prefix;
    EXPECT_THAT(warnings({.id = "rule", .prefix = "any/", .expires = true}, ""), testing::SizeIs(1))
        << "a store without a prefix is the whole bucket";
}

TEST(S3Lifecycle, UploadsNeedEnoughTime) {
    EXPECT_THAT(warnings({.id = "a", .abort_uploads_after_days = 1}),
                ElementsAre(HasSubstr("after 1 day:")));
    EXPECT_THAT(warnings({.id = "a", .abort_uploads_after_days = 2}),
                ElementsAre(HasSubstr("after 2 days:")));
    EXPECT_THAT(warnings({.id = "a", .abort_uploads_after_days = 3}), IsEmpty())
        << "it costs nothing and removes forgotten uploads";
}

}  // namespace
}  // namespace zg::store
