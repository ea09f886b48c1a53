// A store that announces every change, so that a test can kill the process there.
#pragma once

#include <memory>

#include "base/steps.hpp"
#include "store/store.hpp"

namespace zg::store {

/// The store `inner`, announcing each call that changes something just before ("store.complete
/// <name> begin") and just after it ("store.complete <name> end"); put_part's name is followed by
/// the part's number. Both references outlive it.
std::unique_ptr<Store> announce_steps(Store& inner, Steps& steps);

}  // namespace zg::store
