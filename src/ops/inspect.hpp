// What a send stream holds.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/io.hpp"
#include "stream/checker.hpp"

namespace zg::ops {

struct InspectReport {
    stream::Summary summary;
    std::optional<Error> error;  ///< why the stream is not sound; all before it was
};

/// Reads `source` to its end, or to the first thing that is wrong; `visitor` may be empty. An error
/// only where the source cannot be read.
Result<InspectReport> inspect_stream(Source& source, const stream::RecordVisitor& visitor);

}  // namespace zg::ops
