#include "base/environment.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace zg {
namespace {

TEST(Environment, TheProcessHasVariablesAndAHome) {
    ::setenv("ZG_TEST_VARIABLE", "a=b", 1);
    const auto home_before = Environment::of_process().get("HOME");
    ASSERT_TRUE(home_before);
    ::unsetenv("HOME");
    const Environment process = Environment::of_process();
    ::setenv("HOME", home_before->c_str(), 1);
    EXPECT_EQ(process.get("ZG_TEST_VARIABLE"), "a=b");
    EXPECT_TRUE(process.get("HOME"));
    EXPECT_FALSE(process.get("ZG_NOT_THERE"));
}

TEST(Environment, AnEmptyVariableIsNotSet) {
    EXPECT_FALSE(Environment(Environment::Variables{{"A", ""}}).get("A"));
    EXPECT_FALSE(Environment().get(""));
}

TEST(Environment, EntriesAreNamesWithValues) {
    EXPECT_THAT(Environment({{"B", ""}, {"A", "x=y"}}).entries(),
                testing::ElementsAre("A=x=y", "B="));
}

}  // namespace
}  // namespace zg
