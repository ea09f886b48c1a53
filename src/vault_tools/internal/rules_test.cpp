#include "vault_tools/internal/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "vault_tools/tags.hpp"

namespace zg::vault_tools {
namespace {

using ::testing::HasSubstr;

class TextSource final : public Source {
  public:
    explicit TextSource(std::string text) : text_(std::move(text)) {}
    Result<std::size_t> read(MutableBytes into) override {
        const std::size_t size = std::min(into.size(), text_.size() - at_);
        std::ranges::copy(as_bytes(std::string_view(text_).substr(at_, size)), into.begin());
        at_ += size;
        return size;
    }

  private:
    std::string text_;
    std::size_t at_ = 0;
};

Result<std::string> policy(const std::string& text) {
    TextSource source(text);
    return read_policy(source);
}

TEST(VaultRules, APolicyIsJsonWithAStatement) {
    const std::string good = "{\"Version\": \"2012-10-17\",\n \"Statement\": []}\n";
    EXPECT_EQ(policy(good).value(), good);
    for (const std::string& bad :
         {std::string(), std::string("[]"), std::string("{}"), std::string("{\"Statement\": [}"),
          "{\"Statement\": \"" + std::string(30'000, 'x') + "\"}"}) {
        const auto result = policy(bad);
        ASSERT_FALSE(result) << bad.substr(0, 40);
        EXPECT_EQ(result.error().kind, ErrorKind::usage);
        EXPECT_FALSE(result.error().hint.empty());
    }
    EXPECT_THAT(policy("{\"Statement\": [}").error().cause, HasSubstr("byte 16"));
}

TEST(VaultRules, ParsesTags) {
    const std::map<std::string, std::string> tags{{"a", "b=c"}, {"empty", ""}};
    EXPECT_EQ(parse_tags({"a=b=c", "empty="}).value(), tags);
    EXPECT_FALSE(parse_tags({"name"}));
    EXPECT_FALSE(parse_tags({"=value"}));
}

TEST(VaultRules, ParsesRetrievalLimits) {
    EXPECT_EQ(parse_retrieval_limit("free-tier")->strategy, "FreeTier");
    EXPECT_EQ(parse_retrieval_limit("none")->strategy, "None");
    const auto limit = parse_retrieval_limit("10GiB");
    EXPECT_EQ(limit->strategy, "BytesPerHour");
    EXPECT_EQ(limit->bytes_per_hour, std::uint64_t{10} << 30U);
    EXPECT_EQ(retrieval_limit_text(*limit), "10.0 GiB an hour");
    for (const char* bad : {"", "0", "some", "-1", "10GiB/h"})
        EXPECT_FALSE(parse_retrieval_limit(bad)) << bad;
}

}  // namespace
}  // namespace zg::vault_tools
