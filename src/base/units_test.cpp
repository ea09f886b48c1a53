#include "base/units.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>

#include "base/result.hpp"

namespace zg {
namespace {

using std::chrono::seconds;

TEST(Units, ParsesDurations) {
    EXPECT_EQ(parse_duration("0").value(), seconds(0));
    EXPECT_EQ(parse_duration("90").value(), seconds(90));
    EXPECT_EQ(parse_duration("5s").value(), seconds(5));
    EXPECT_EQ(parse_duration("3m").value(), seconds(180));
    EXPECT_EQ(parse_duration("2h").value(), seconds(7200));
    EXPECT_EQ(parse_duration("1d").value(), seconds(86400));
    for (const char* wrong : {"", "s", "-1s", "+1s", "1.5h", "1w", "1h30m", " 1s", "1s ", "1S",
                              "99999999999999999999", "36501d"}) {
        const auto parsed = parse_duration(wrong);
        ASSERT_FALSE(parsed) << wrong;
        EXPECT_EQ(parsed.error().kind, ErrorKind::usage) << wrong;
        EXPECT_FALSE(parsed.error().hint.empty());
    }
}

TEST(Units, ParsesSizes) {
    EXPECT_EQ(parse_size("0").value(), 0U);
    EXPECT_EQ(parse_size("4096").value(), 4096U);
    EXPECT_EQ(parse_size("7B").value(), 7U);
    EXPECT_EQ(parse_size("64MiB").value(), std::uint64_t{64} << 20);
    EXPECT_EQ(parse_size("1gib").value(), std::uint64_t{1} << 30);
    EXPECT_EQ(parse_size("500M").value(), std::uint64_t{500} << 20);
    EXPECT_EQ(parse_size("500MB").value(), 500'000'000U);
    EXPECT_EQ(parse_size("2k").value(), 2048U);
    EXPECT_EQ(parse_size("3TiB").value(), std::uint64_t{3} << 40);
    EXPECT_EQ(parse_size("16383P").value(), std::uint64_t{16383} << 50);
    EXPECT_EQ(parse_size("18446744073709551615").value(),
              std::numeric_limits<std::uint64_t>::max());
    for (const char* wrong : {"", "G", "-1", "1.5G", "1 GiB", "1XiB", "16384P",
                              "18446744073709551616", "1GiBs", "Mi"}) {
        const auto parsed = parse_size(wrong);
        ASSERT_FALSE(parsed) << wrong;
        EXPECT_EQ(parsed.error().kind, ErrorKind::usage) << wrong;
    }
}

TEST(Units, WritesSizesExactly) {
    for (const char* text :
         {"0", "1000", "1023", "1KiB", "1025", "8MiB", "1GiB", "1025MiB", "8192PiB"})
        EXPECT_EQ(exact_size(parse_size(text).value()), text);
}

TEST(Units, FormatsSizes) {
    EXPECT_EQ(format_size(0), "0 B");
    EXPECT_EQ(format_size(1023), "1023 B");
    EXPECT_EQ(format_size(1024), "1.0 KiB");
    EXPECT_EQ(format_size(1'288'490'189), "1.2 GiB");
    EXPECT_EQ(format_size((1U << 20) - 1), "1.0 MiB");
    EXPECT_EQ(format_size(std::uint64_t{1} << 40), "1.0 TiB");
    EXPECT_EQ(format_size(std::numeric_limits<std::uint64_t>::max()), "16.0 EiB");
}

TEST(Units, FormatsDurations) {
    EXPECT_EQ(format_duration(seconds(0)), "0s");
    EXPECT_EQ(format_duration(seconds(45)), "45s");
    EXPECT_EQ(format_duration(seconds(60)), "1m");
    EXPECT_EQ(format_duration(seconds(200)), "3m 20s");
    EXPECT_EQ(format_duration(seconds(7200)), "2h");
    EXPECT_EQ(format_duration(seconds(7259)), "2h");
    EXPECT_EQ(format_duration(seconds(97'200)), "1d 3h");
    EXPECT_EQ(format_duration(seconds(-90)), "-1m 30s");
}

TEST(ParseRate, TakesBytesAndBits) {
    EXPECT_EQ(parse_rate("10MiB/s").value(), std::uint64_t{10} << 20);
    EXPECT_EQ(parse_rate("2M").value(), std::uint64_t{2} << 20);
    EXPECT_EQ(parse_rate("100Mbit/s").value(), 12'500'000U);
    EXPECT_EQ(parse_rate("1gbit").value(), 125'000'000U);
    for (const char* text :
         {"", "0", "0/s", "7bit", "fast", "10Mbps", "10MiB/m", "-1", "99999999999999999999"}) {
        const auto wrong = parse_rate(text);
        ASSERT_FALSE(wrong) << text;
        EXPECT_EQ(wrong.error().kind, ErrorKind::usage);
        EXPECT_FALSE(wrong.error().hint.empty());
    }
}

}  // namespace
}  // namespace zg
