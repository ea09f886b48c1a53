#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "cli/exit_code.hpp"
#include "cli/output/console.hpp"

namespace zg::cli {
namespace {

using namespace std::chrono_literals;

TEST(Progress, NeverOverAHundredPercent) {
    EXPECT_NE(progress_text("vat/a", 512, 1024, 2s).find("(50 %)"), std::string::npos);
    EXPECT_NE(progress_text("vat/a", 1024, 1024, 2s).find("(100 %)"), std::string::npos);
    for (const std::uint64_t bytes : {1025UL, 5000UL, 1UL << 60U}) {
        const std::string text = progress_text("vat/a", bytes, 1024, 2s);
        EXPECT_EQ(text.find('%'), std::string::npos) << text;
        EXPECT_EQ(text.find("left"), std::string::npos) << text;
    }
}

TEST(Progress, WithoutAnEstimate) {
    const std::string text = progress_text("vat/a", 1 << 20, std::nullopt, 1s);
    EXPECT_NE(text.find("1.0 MiB/s"), std::string::npos) << text;
    EXPECT_EQ(text.find('%'), std::string::npos);
    EXPECT_EQ(progress_text("vat/a", 0, 0, 0s).find('%'), std::string::npos);
}

TEST(Progress, TimeLeft) {
    EXPECT_NE(progress_text("vat/a", 10, 100, 10s).find("about"), std::string::npos);
}

TEST(ExitCode, AsDocumented) {
    EXPECT_EQ(static_cast<int>(exit_code(ErrorKind::usage)), 2);
    EXPECT_EQ(static_cast<int>(exit_code(ErrorKind::refused)), 3);
    EXPECT_EQ(static_cast<int>(exit_code(ErrorKind::damage)), 5);
    EXPECT_EQ(static_cast<int>(exit_code(ErrorKind::not_found)), 6);
    EXPECT_EQ(static_cast<int>(exit_code(ErrorKind::locked)), 7);
    EXPECT_EQ(static_cast<int>(exit_code(ErrorKind::cold)), 75);
    EXPECT_EQ(static_cast<int>(exit_code(ErrorKind::full)), 1);
}

}  // namespace
}  // namespace zg::cli
