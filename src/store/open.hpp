// From a store's URL to the Store.
#pragma once

#include <memory>
#include <string_view>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/retry_policy.hpp"
#include "base/steps.hpp"
#include "store/aws_defaults.hpp"
#include "store/store.hpp"
#include "store/url.hpp"

namespace zg::store {

/// What a store needs from outside. References outlive the store.
struct OpenContext {
    Clock& clock;
    Random& random;
    Log& log;
    /// told of a backend's acts on the disk ("dir.rename <name>"), each just before it happens
    Steps& steps;
    /// make the place for the objects where it does not exist; what init asks for
    bool create = false;
    /// come before the URL's own options; those that the scheme does not have are an error
    Options overrides{};
    Options defaults{};  ///< stand in for options that the URL leaves away
    /// bytes a second over the network, in each direction; 0: no limit
    std::uint64_t limit_rate = 0;
    RetryPolicy retry{};      ///< of each request over the network; a dir store has none
    std::string state_dir{};  ///< for what a store must remember itself: a vault's index
    AwsDefaults aws{};        ///< for stores of Amazon's
};

/// Opens the store that `url` names; store/schemes.hpp has the kinds of stores. A relative path
/// after dir: is taken from the current folder.
///
/// usage where the URL is wrong, not_found where there is no such place and `create` is not set.
/// Whether it holds a zglacier store is not looked at: that is the store record's matter.
Result<std::unique_ptr<Store>> open_store(std::string_view url, const OpenContext& context);

/// The options of the store `url` with `overrides` that every later run must keep to, with their
/// defaults filled in; they belong into the store's record.
Result<Options> kept_options(std::string_view url, const Options& overrides);

}  // namespace zg::store
