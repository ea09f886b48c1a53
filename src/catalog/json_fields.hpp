// Reads fields of a JSON object without exceptions; the first wrong field is remembered as the
// error.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/fletcher4.hpp"
#include "codec/sha256.hpp"

namespace zg::catalog {

/// A JSON object being read. Every getter gives an empty value if the field is missing or of
/// another type, and notes it.
class JsonFields {
  public:
    /// `where` is the path shown in errors ("segments[3]").
    JsonFields(const nlohmann::json& object, std::string where);

    std::string text(const char* key);
    std::uint64_t number(const char* key);
    bool boolean(const char* key);
    /// A decimal string of 64 bits, as guids are kept: a JSON number of that size loses digits in
    /// many readers.
    std::uint64_t guid(const char* key);
    TimePoint time(const char* key);
    codec::Sha256Digest sha256(const char* key);
    /// Four hexadecimal words, "a/b/c/d".
    codec::Fletcher4 fletcher4(const char* key);
    /// Base64.
    Buffer bytes(const char* key);
    /// The field, which must be an array of texts.
    std::vector<std::string> text_list(const char* key);
    /// The field, which must be an array; an empty one otherwise.
    const nlohmann::json& array(const char* key);
    /// The field, which must be an object whose values are all texts.
    std::map<std::string, std::string> texts(const char* key);
    /// Notes that `key` has a wrong value.
    void wrong(const char* key, std::string_view expected);

    /// The first thing that was wrong, or success.
    [[nodiscard]] Result<void> status() const;

  private:
    const nlohmann::json* field(const char* key, std::string_view expected);
    const nlohmann::json& object_;
    std::string where_;
    std::optional<Error> error_;
};

/// "2026-11-23T02:00:00Z"; nothing for any other form.
std::optional<TimePoint> parse_rfc3339(std::string_view text);
/// JSON text, or damage.
Result<nlohmann::json> parse_json(Bytes text, std::string_view what);

}  // namespace zg::catalog
