// What the verbs that thaw share: their options, how a plan is shown, and the question whether to
// pay for it.
#pragma once

#include <optional>
#include <string>

#include "cli/verb.hpp"
#include "thaw/thaw.hpp"

namespace zg::cli {

struct ThawFlags {
    std::string tier = "standard";
    unsigned days = 0;  ///< 0: as many as it takes
    std::string bandwidth;
    std::string prices;
    bool yes = false;
    bool wait = false;

    void define(Options& app);
    /// usage where one cannot be. A line that is limited to less is the bandwidth.
    [[nodiscard]] Result<thaw::ThawChoice> choice(const ops::StoreAccess& access) const;
};

/// How many segments are cold, how long the thaw takes and what it costs; nothing for a store that
/// is never cold and costs nothing.
std::string thaw_text(const thaw::ThawPlan& plan, const std::optional<thaw::Estimate>& estimate);

/// The same, for --json.
Json thaw_json(const thaw::ThawPlan& plan, const std::optional<thaw::Estimate>& estimate);

/// Asks, on a terminal, whether a thaw that costs money is to be asked for; true where there is
/// nothing to ask or --yes says so. usage where there is no terminal.
Result<bool> agreed(const ThawFlags& flags, const thaw::ThawPlan& plan);

}  // namespace zg::cli
