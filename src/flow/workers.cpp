#include "flow/workers.hpp"

#include <cstddef>
#include <functional>
#include <thread>
#include <utility>

#include "base/result.hpp"

namespace zg::flow {

unsigned machine_threads() { return std::thread::hardware_concurrency(); }

Result<void> for_each(Workers& workers, std::size_t count,
                      const std::function<Result<void>(std::size_t)>& act) {
    Window<Result<void>> window(workers);
    Result<void> first;
    for (std::size_t i = 0; i < count && first; ++i) {
        window.begin([&act, i] { return act(i); });
        if (window.full()) first = window.take();
    }
    // Running tasks refer to `act`: wait for all of them.
    while (!window.empty()) {
        auto done = window.take();
        if (first) first = std::move(done);
    }
    return first;
}

}  // namespace zg::flow
