// A segment's part of a manifest, as JSON. With encryption the places and checksums of what is in
// it are kept apart from what a stranger may see.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/result.hpp"
#include "catalog/manifest.hpp"

namespace zg::catalog {

/// Name, sizes and digests of what is stored.
nlohmann::ordered_json stored_json(const Segment& segment);
/// Places in the dataset and checksums of the stream: what says something about the content.
nlohmann::ordered_json content_json(const Segment& segment);

/// Read what those two wrote, from one object or from two. `where` is the path shown in errors.
/// damage if a member is missing or wrong.
Result<Segment> parse_stored(const nlohmann::json& object, const std::string& where);
Result<void> parse_content(const nlohmann::json& object, const std::string& where,
                           Segment& segment);

}  // namespace zg::catalog
