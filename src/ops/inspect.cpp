#include "ops/inspect.hpp"

namespace zg::ops {

Result<InspectReport> inspect_stream(Source& source, const stream::RecordVisitor& visitor) {
    stream::Checker checker(visitor);
    Buffer block(std::size_t{256} << 10U);
    for (;;) {
        ZG_TRY(const std::size_t got, source.read(block));
        auto checked = got == 0 ? checker.finish() : checker.feed(Bytes(block).first(got));
        if (!checked) return InspectReport{checker.summary(), std::move(checked.error())};
        if (got == 0) return InspectReport{checker.summary(), std::nullopt};
    }
}

}  // namespace zg::ops
