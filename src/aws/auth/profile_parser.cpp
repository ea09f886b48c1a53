#include "aws/auth/profile_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace zg::aws {

namespace {

constexpr std::string_view blank = " \t\v\f\r";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string_view trim(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(blank);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

bool is_comment(std::string_view text) { return text.starts_with('#') || text.starts_with(';'); }

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

class Parser {
  public:
    explicit Parser(const std::string& path) : path_(path) {}

    Result<Sections> parse(std::string_view text) {
        if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
        while (!text.empty()) {
            const std::string_view line = text.substr(0, text.find('\n'));
            text.remove_prefix(std::min(text.size(), line.size() + 1));
            ++number_;
            ZG_CHECK(take(line));
        }
        return std::move(sections_);
    }

  private:
    Result<void> take(std::string_view line) {
        const std::string_view content = trim(line);
        if (content.empty() || is_comment(content)) return {};
        const std::size_t indent = line.find_first_not_of(blank);
        if (value_ != nullptr && indent > indent_) return take_continuation(content);
        if (content.starts_with('[')) return take_section(content);
        indent_ = indent;
        return take_setting(content);
    }

    Result<void> take_section(std::string_view content) {
        const std::size_t end = content.find(']');
        if (end == std::string_view::npos) return broken("a section's name has no closing bracket");
        const std::string_view name = trim(content.substr(1, end - 1));
        const std::string_view rest = trim(content.substr(end + 1));
        if (name.empty()) return broken("a section has no name");
        if (!rest.empty() && !is_comment(rest))
            return broken("there is text after a section's name");
        section_ = &sections_[std::string(name)];
        value_ = nullptr;
        return {};
    }

    Result<void> take_setting(std::string_view content) {
        if (section_ == nullptr) return broken("a setting comes before the first section");
        const std::size_t separator = content.find_first_of("=:");
        if (separator == std::string_view::npos)
            return broken("this is neither a section nor a setting");
        name_ = lower(trim(content.substr(0, separator)));
        if (name_.empty()) return broken("a setting has no name");
        value_ = &(*section_)[name_];
        *value_ = trim(content.substr(separator + 1));
        return {};
    }

    Result<void> take_continuation(std::string_view content) {
        if (!value_->empty()) {
            *value_ += '\n';
            *value_ += content;
            return {};
        }
        const std::size_t separator = content.find('=');
        const std::string inner = lower(trim(content.substr(0, separator)));
        if (separator == std::string_view::npos || inner.empty())
            return broken("an indented line is not a setting");
        (*section_)[fmt::format("{}.{}", name_, inner)] = trim(content.substr(separator + 1));
        return {};
    }

    [[nodiscard]] std::unexpected<Error> broken(std::string cause) const {
        return fail({.kind = ErrorKind::usage,
                     .what = fmt::format("syntax error in line {} of the file", number_),
                     .where = path_,
                     .cause = std::move(cause),
                     .hint = "correct that line: write [profile NAME] or [NAME], then lines NAME = "
                             "VALUE, and # before a comment"});
    }

    const std::string& path_;
    Sections sections_;
    Settings* section_ = nullptr;   // the one that settings go to
    std::string* value_ = nullptr;  // of the last setting; indented lines continue it
    std::string name_;
    std::size_t indent_ = 0;
    std::uint64_t number_ = 0;
};

}  // namespace

Result<Sections> parse_profile_text(std::string_view text, const std::string& path) {
    return Parser(path).parse(text);
}

}  // namespace zg::aws
