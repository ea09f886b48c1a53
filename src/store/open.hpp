// Opens a store by its URL.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/retry_policy.hpp"
#include "base/steps.hpp"
#include "store/aws_defaults.hpp"
#include "store/store.hpp"
#include "store/url.hpp"

namespace zg::store {

/// What a store needs from outside. References outlive the store.
struct OpenContext {
    const Environment& environment;
    Clock& clock;
    Random& random;
    Log& log;
    /// gets each of a backend's actions on the disk ("dir.rename <name>") just before it happens
    Steps& steps;
    /// create the place for the objects if it does not exist, as init does
    bool create = false;
    /// override the URL's own options; an option that the scheme does not have is an error
    Options overrides{};
    Options defaults{};  ///< used for options that are not in the URL
    /// bytes per second over the network, in each direction; 0: no limit
    std::uint64_t limit_rate = 0;
    RetryPolicy retry{};      ///< for each request over the network; a dir store does not retry
    std::string state_dir{};  ///< for data that a store must keep on this machine: a vault's index
    AwsDefaults aws{};        ///< for stores at Amazon
};

/// Opens the store at `url`; store/schemes.hpp has the kinds of stores. A path after dir: may be
/// relative to the current folder.
/// usage if the URL is invalid, not_found if the place does not exist and `create` is not set. Does
/// not check that the place holds a zglacier store, which the store record shows.
Result<std::unique_ptr<Store>> open_store(std::string_view url, const OpenContext& context);

/// The options of the store `url`, with `overrides`, that every later run must use; they are kept
/// in the store's record. Defaults are filled in.
Result<Options> kept_options(std::string_view url, const Options& overrides);

}  // namespace zg::store
