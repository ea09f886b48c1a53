#include "cli/output/wrap.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace zg::cli {

std::size_t columns_of(std::string_view text) {
    const auto is_first_byte = [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    };
    return static_cast<std::size_t>(std::ranges::count_if(text, is_first_byte));
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
    std::string lines;
    std::size_t column = indent;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) continue;
        const std::size_t columns = columns_of(word);
        if (column > indent && column + 1 + columns > width) {
            lines += '\n' + std::string(indent, ' ');
            column = indent;
        } else if (column > indent) {
            lines += ' ';
            ++column;
        }
        lines += word;
        column += columns;
    }
    return lines;
}

}  // namespace zg::cli
