#include "policy/prices.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "base/testing/paths.hpp"
#include "base/testing/temporary_folder.hpp"

namespace zg::policy {
namespace {

constexpr std::uint64_t GiB = std::uint64_t{1} << 30U;
constexpr double cent = 0.005;

PriceTable built_in() {
    auto table = load_prices(Environment(), source_dir() + "/data/prices.json");
    EXPECT_TRUE(table) << table.error().message();
    return *table;
}

nlohmann::json built_in_json() {
    const auto text = read_file(source_dir() + "/data/prices.json", 1 << 20);
    return nlohmann::json::parse(as_text(*text));
}

Result<PriceTable> parse(const nlohmann::json& json) {
    return parse_prices(as_bytes(json.dump()), "mine.json");
}

TEST(Prices, TheBuiltInTableIsTheFile) {
    const auto table = load_prices(Environment(), "");
    ASSERT_TRUE(table) << table.error().message();
    EXPECT_EQ(table->region, "us-east-1");
    EXPECT_EQ(table->date, built_in_json()["date"].get<std::string>());
    EXPECT_DOUBLE_EQ(table->retrieval.at("DEEP_ARCHIVE").at("bulk").gb.dollars, 0.0025);
    EXPECT_TRUE(table->egress.unverified);
    EXPECT_DOUBLE_EQ(table->free_egress_gb, 100);
    EXPECT_FALSE(table->retrieval.at("DEEP_ARCHIVE").contains("expedited"));
    for (const auto& [name, price] : table->storage) EXPECT_FALSE(price.source.empty()) << name;
}

// 1 TiB in 1,024 segments of 64 parts, standard, 4 days: computed by hand.
TEST(Prices, OneTebibyteFromDeepArchive) {
    const Charges charges{.retrieval = {{.storage_class = "DEEP_ARCHIVE",
                                         .tier = "standard",
                                         .requests = 1024,
                                         .retrieved = 1024 * GiB,
                                         .kept_byte_days = 4.0 * 1024 * GiB}},
                          .get_requests = std::uint64_t{1024} * 65,
                          .egress = 1024 * GiB};
    const Cost cost = cost_of(built_in(), charges);
    EXPECT_NEAR(cost.retrieval_requests, 0.1024, 1e-9);      // 1.024 thousands of 0.10
    EXPECT_NEAR(cost.retrieval_bytes, 20.48, 1e-9);          // 1,024 GB of 0.02
    EXPECT_NEAR(cost.temporary_copy, 3.140266666666, 1e-9);  // 1,024 GB of 0.023, 4 days of 30
    EXPECT_NEAR(cost.get_requests, 0.026624, 1e-9);          // 66.56 thousands of 0.0004
    EXPECT_NEAR(cost.egress, 92.16, 1e-9);                   // 1,024 GB of 0.09
    EXPECT_NEAR(cost.total(), 115.91, cent);
    EXPECT_TRUE(cost.unverified);
    EXPECT_TRUE(cost.unpriced.empty());
}

TEST(Prices, EachTierHasItsOwnPrice) {
    const auto total = [](const char* storage_class, const char* tier) {
        return cost_of(built_in(), {.retrieval = {{.storage_class = storage_class,
                                                   .tier = tier,
                                                   .requests = 2000,
                                                   .retrieved = 100 * GiB}}})
            .total();
    };
    EXPECT_NEAR(total("DEEP_ARCHIVE", "standard"), 0.2 + 2.0, 1e-9);
    EXPECT_NEAR(total("DEEP_ARCHIVE", "bulk"), 0.05 + 0.25, 1e-9);
    EXPECT_NEAR(total("GLACIER", "expedited"), 20 + 3.0, 1e-9);
    EXPECT_NEAR(total("GLACIER", "standard"), 0.1 + 1.0, 1e-9);
    EXPECT_EQ(total("GLACIER", "bulk"), 0);
    EXPECT_NEAR(total("GLACIER_IR", read_tier), 3.0, 1e-9);
    EXPECT_EQ(total("STANDARD", read_tier), 0);
}

TEST(Prices, AChargeWithoutAPriceIsNamedAndNotInTheSum) {
    const Cost cost = cost_of(built_in(), {.retrieval = {{.storage_class = "FROZEN",
                                                          .tier = "bulk",
                                                          .requests = 1,
                                                          .retrieved = GiB}},
                                           .get_requests = 0,
                                           .egress = GiB});
    ASSERT_EQ(cost.unpriced.size(), 1U);
    EXPECT_NE(cost.unpriced[0].find("FROZEN"), std::string::npos);
    EXPECT_NEAR(cost.total(), 0.09, 1e-9);
}

TEST(Prices, MistakesInATableAreReportedWithTheirPlace) {
    const auto problem = [](const std::function<void(nlohmann::json&)>& change) {
        nlohmann::json json = built_in_json();
        change(json);
        const auto table = parse(json);
        if (table) return std::string("none");
        EXPECT_EQ(table.error().kind, ErrorKind::usage);
        EXPECT_EQ(table.error().where, "mine.json");
        EXPECT_FALSE(table.error().hint.empty());
        return table.error().what;
    };
    using J = nlohmann::json;
    const auto says = [&](const std::string& text, const std::function<void(J&)>& change) {
        EXPECT_NE(problem(change).find(text), std::string::npos) << problem(change);
    };
    EXPECT_EQ(problem([](J&) {}), "none");
    EXPECT_EQ(problem([](J& json) { json["more"] = 1; }), "none") << "unknown fields are ignored";
    says("format 2", [](J& json) { json["format"] = 2; });
    says("\"region\"", [](J& json) { json.erase("region"); });
    says("\"date\"", [](J& json) { json["date"] = "yesterday"; });
    says("\"currency\"", [](J& json) { json["currency"] = "EUR"; });
    says("\"storage.STANDARD.per_gb_month.dollars\"",
         [](J& json) { json["storage"]["STANDARD"]["per_gb_month"]["dollars"] = "0.02"; });
    says("\"retrieval.GLACIER.bulk.per_gb.dollars\"",
         [](J& json) { json["retrieval"]["GLACIER"]["bulk"]["per_gb"]["dollars"] = -1; });
    says("\"retrieval.GLACIER.bulk.per_gb.source\"",
         [](J& json) { json["retrieval"]["GLACIER"]["bulk"]["per_gb"].erase("source"); });
    says("\"retrieval.GLACIER\"", [](J& json) { json["retrieval"]["GLACIER"] = 3; });
    says("\"egress\"", [](J& json) { json["egress"] = 0.09; });
    says("unverified\"", [](J& json) { json["egress"]["per_gb"]["unverified"] = "perhaps"; });
    says("\"bytes_per_gb\"", [](J& json) { json["bytes_per_gb"] = 0; });
    for (const char* text : {"", "no json", "[]", "{", "3"})
        EXPECT_EQ(parse_prices(as_bytes(text), "x").error().kind, ErrorKind::usage) << text;
}

TEST(Prices, ANamedFileReplacesTheTable) {
    const TemporaryFolder folder;
    const std::string file = folder.path() + "/prices.json";
    nlohmann::json json = built_in_json();
    json["region"] = "eu-central-1";
    std::ofstream(file) << json.dump();
    EXPECT_EQ(load_prices(Environment(), file)->region, "eu-central-1");
    const Environment environment({{"ZGLACIER_PRICES", file}});
    EXPECT_EQ(load_prices(environment, "")->region, "eu-central-1");
    EXPECT_EQ(load_prices(environment, "")->file, file);
    EXPECT_EQ(load_prices(environment, source_dir() + "/data/prices.json")->region, "us-east-1")
        << "the flag overrides the variable";
    const auto none = load_prices(environment, folder.path() + "/none.json");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().kind, ErrorKind::usage);
    EXPECT_NE(none.error().hint.find("--prices"), std::string::npos);
}

}  // namespace
}  // namespace zg::policy
