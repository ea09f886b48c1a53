// Shared by the verbs that thaw: options, how a plan is shown, and the question before it costs
// money.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "cli/options.hpp"
#include "cli/verb.hpp"
#include "ops/session.hpp"
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
    /// usage if one is wrong. A lower --limit-rate is the bandwidth.
    [[nodiscard]] Result<thaw::ThawChoice> choice(const ops::StoreAccess& access) const;
};

/// How many segments are cold, how long the thaw takes and what it costs; empty for a store that is
/// never cold and costs nothing.
std::string thaw_text(const thaw::ThawPlan& plan, const std::optional<thaw::Estimate>& estimate);

/// The same, for --json.
Json thaw_json(const thaw::ThawPlan& plan, const std::optional<thaw::Estimate>& estimate);

/// Asks on the terminal whether to request a thaw that costs money; true without asking if it costs
/// nothing or --yes was given. usage if there is no terminal.
Result<bool> agreed(const ThawFlags& flags, const thaw::ThawPlan& plan);

}  // namespace zg::cli
