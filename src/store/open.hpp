// From a store's URL to the Store.
#pragma once

#include <memory>
#include <string_view>

#include "base/clock.hpp"
#include "base/steps.hpp"
#include "store/store.hpp"

namespace zg::store {

/// What a store needs from outside. References outlive the store.
struct OpenContext {
    Clock& clock;
    Steps&
        steps;  ///< told of a backend's acts on the disk ("dir.rename <name>"), each just before it happens
    bool create = false;  ///< make the place for the objects where it does not exist; what init asks for
};

/// Opens the store that `url` names:
///     dir:/path             a folder; a relative path is taken from the current folder
///     dir:/path?thaw=12h    the same, but segments are cold and a thaw takes that long (see parse_duration)
/// usage where the URL is wrong, not_found where there is no such place and `create` is not set. Whether it
/// holds a zglacier store is not looked at: that is the store record's matter.
Result<std::unique_ptr<Store>> open_store(std::string_view url, const OpenContext& context);

}  // namespace zg::store
