// Archives as JSON: the same keys in every verb.
#pragma once

#include "catalog/manifest.hpp"
#include "cli/verb.hpp"

namespace zg::cli {

/// The keys are listed in doc/reference.md.
Json archive_json(const catalog::Manifest& archive);

}  // namespace zg::cli
