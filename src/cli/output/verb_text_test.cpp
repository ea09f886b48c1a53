#include "cli/output/verb_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/verb.hpp"

namespace zg::cli {
namespace {

TEST(VerbText, HasABriefParagraphsAndLists) {
    const VerbText text = parse_verb_text(
        "# make tea\n\nMake tea\n\nBoils water\nfirst.\n\nThen waits.\n\n## JSON\n\n- cups: how "
        "many,\n  at most\n- warm: yes\n\n## Examples\n\n- `zglacier make tea`: one\n  cup\n");
    EXPECT_EQ(text.brief, "Make tea");
    EXPECT_EQ(text.description, (std::vector<std::string>{"Boils water first.", "Then waits."}));
    EXPECT_EQ(text.json, (std::vector<std::string>{"cups: how many, at most", "warm: yes"}));
    ASSERT_EQ(text.examples.size(), 1U);
    EXPECT_EQ(text.examples[0].command, "zglacier make tea");
    EXPECT_EQ(text.examples[0].meaning, "one cup");
}

TEST(VerbText, EveryVerbHasAWholeOne) {
    for (const auto& verb : make_verbs()) {
        const VerbText text = verb_text(verb->name());
        EXPECT_FALSE(text.brief.empty()) << verb->name();
        EXPECT_FALSE(text.description.empty()) << verb->name();
        EXPECT_FALSE(text.json.empty()) << verb->name();
        EXPECT_FALSE(text.examples.empty()) << verb->name();
    }
    EXPECT_TRUE(verb_text("make tea").brief.empty());
}

}  // namespace
}  // namespace zg::cli
