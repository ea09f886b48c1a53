#include "cli/vault/table.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "cli/vault/verb.hpp"

namespace zg::cli {
namespace {

TEST(VaultTable, EveryNameIsThereOnce) {
    std::set<std::string> names;
    for (const VaultRow& row : vault_table()) {
        const std::string name = row.name;
        EXPECT_TRUE(names.insert(name).second) << name;
        const std::string group = name.substr(0, name.rfind(' ') + 1);
        for (const char* alias : row.aliases)
            EXPECT_TRUE(names.insert(group + alias).second) << group << alias;
    }
}

TEST(VaultTable, EveryGroupHasABrief) {
    for (const VaultRow& row : vault_table()) {
        const std::string name = row.name;
        const std::size_t space = name.find(' ');
        if (space == std::string::npos) continue;
        EXPECT_FALSE(vault_group_brief(name.substr(0, space)).empty()) << name;
    }
    EXPECT_EQ(vault_group_alias("notify"), "sns");
    EXPECT_EQ(vault_group_alias("tags"), "");
}

TEST(VaultIds, OnlyIdsThatBeginWithADashAreMarked) {
    const std::string id = "-" + std::string(91, 'A');
    const std::string short_id = "-notTheLockId-0123456789";
    const auto marked = [](std::vector<const char*> arguments) {
        return mark_ids(static_cast<int>(arguments.size()), arguments.data());
    };
    EXPECT_EQ(marked({"zglacier", "vault", "job", "photos", id.c_str()}).back(), "id:" + id);
    EXPECT_EQ(marked({"zglacier", "list", id.c_str()}).back(), id);
    EXPECT_EQ(marked({"zglacier", "vault", "job", "photos", short_id.c_str()}).back(), short_id);
    EXPECT_EQ(marked({"zglacier", "vault", "lock", "complete", "photos", short_id.c_str()}).back(),
              "id:" + short_id);
    EXPECT_EQ(marked({"zglacier", "vault", "lock", "complete", "--retry-time"}).back(),
              "--retry-time");
}

}  // namespace
}  // namespace zg::cli
