#include "store/schemes.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "store/open.hpp"
#include "store/url.hpp"

namespace zg::store {
namespace {

TEST(Schemes, EveryRowIsComplete) {
    std::set<std::string> names;
    for (const Scheme& scheme : schemes()) {
        SCOPED_TRACE(scheme.name);
        EXPECT_TRUE(names.insert(scheme.name).second);
        EXPECT_TRUE(scheme.form.starts_with(scheme.name + ":")) << scheme.form;
        EXPECT_NE(scheme.open, nullptr);
        ASSERT_NE(scheme.check, nullptr);
        EXPECT_TRUE(scheme.check(parse_url(scheme.form).value())) << scheme.form;
        EXPECT_NE(known_stores().find(scheme.form), std::string::npos);
        for (const UrlOption& option : scheme.options) EXPECT_FALSE(option.help.empty());
    }
}

TEST(Schemes, AnUnknownSchemeIsAnErrorThatListsAll) {
    const auto found = find_scheme(parse_url("ftp://host/x").value());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().hint,
              "the stores are dir:/path, s3://bucket/prefix and glacier://region/vault");
}

TEST(Schemes, OnlyAVaultIsNamedAfterTheDataset) {
    EXPECT_TRUE(is_named_by_dataset("glacier:"));
    EXPECT_TRUE(is_named_by_dataset("glacier://eu-central-1"));
    for (const char* named : {"glacier://eu-central-1/v", "s3://bucket", "dir:/x", "ftp:x", "x"}) {
        EXPECT_FALSE(is_named_by_dataset(named)) << named;
        EXPECT_EQ(url_for_dataset(named, "vat/testfs").value(), named);
    }
    EXPECT_EQ(url_for_dataset("glacier:?account=123456789012", "vat/testfs").value(),
              "glacier:///vat_testfs?account=123456789012");
    EXPECT_EQ(url_for_dataset("glacier://eu-central-1/", "vat/testfs").value(),
              "glacier://eu-central-1/vat_testfs");
}

TEST(Schemes, ABackupCreatesOnlyAVault) {
    EXPECT_TRUE(is_made_by_backup("glacier:"));
    EXPECT_TRUE(is_made_by_backup("glacier://eu-central-1/v"));
    for (const char* other : {"s3://bucket", "dir:/x", "ftp:x", "x"})
        EXPECT_FALSE(is_made_by_backup(other)) << other;
}

TEST(Schemes, TheRecordKeepsOptionsThatEveryRunNeeds) {
    EXPECT_EQ(kept_options("s3://bucket?sse=AES256&region=eu-central-1", {}).value(),
              (Options{{"class", "DEEP_ARCHIVE"}, {"sse", "AES256"}}));
    EXPECT_EQ(kept_options("s3://bucket?class=GLACIER", {{"class", "STANDARD"}}).value(),
              (Options{{"class", "STANDARD"}}));
    EXPECT_FALSE(kept_options("s3://bucket?class=no", {}));
    EXPECT_TRUE(kept_options("dir:/x?thaw=5s", {}).value().empty());
    EXPECT_TRUE(kept_options("glacier:?account=123456789012", {}).value().empty());
}

TEST(Schemes, OnlyABucketHasPolicies) {
    for (const Scheme& scheme : schemes())
        EXPECT_EQ(scheme.policies != nullptr, scheme.name == "s3") << scheme.name;
}

}  // namespace
}  // namespace zg::store
