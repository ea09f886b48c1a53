#include "cli/output/verb_text.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zg::cli {

/// File name without ".md", and content.
extern const std::span<const std::pair<std::string_view, std::string_view>> embedded_texts;

namespace {

/// The paragraphs and list items of a text, each on one line.
std::vector<std::string> blocks_of(std::string_view markdown) {
    std::vector<std::string> blocks;
    bool open = false;
    while (!markdown.empty()) {
        const std::size_t end = markdown.find('\n');
        std::string_view line = markdown.substr(0, end);
        markdown.remove_prefix(std::min(line.size() + 1, markdown.size()));
        if (line.empty()) {
            open = false;
            continue;
        }
        const std::size_t indent = line.find_first_not_of(' ');
        if (open && !line.starts_with("- ") && !line.starts_with('#')) {
            blocks.back() += ' ';
            blocks.back() += line.substr(indent);
        } else {
            blocks.emplace_back(line);
        }
        open = !line.starts_with('#');
    }
    return blocks;
}

/// From "- `command`: meaning".
VerbExample example_of(std::string_view item) {
    const std::size_t begin = item.find('`') + 1;
    const std::size_t end = item.find('`', begin);
    const std::string_view rest = item.substr(std::min(end + 1, item.size()));
    return {.command = std::string(item.substr(begin, end - begin)),
            .meaning = std::string(rest.starts_with(": ") ? rest.substr(2) : rest)};
}

}  // namespace

VerbText parse_verb_text(std::string_view markdown) {
    VerbText text;
    std::string section;
    for (const std::string& block : blocks_of(markdown)) {
        if (block.starts_with("# ")) continue;
        if (block.starts_with("## "))
            section = block.substr(3);
        else if (section == "JSON")
            text.json.push_back(block.starts_with("- ") ? block.substr(2) : block);
        else if (section == "Examples")
            text.examples.push_back(example_of(block));
        else if (text.brief.empty())
            text.brief = block;
        else
            text.description.push_back(block);
    }
    return text;
}

VerbText verb_text(std::string_view verb) {
    std::string file(verb);
    std::ranges::replace(file, ' ', '-');
    const auto found = std::ranges::find_if(
        embedded_texts, [&](const auto& embedded) { return embedded.first == file; });
    return found == embedded_texts.end() ? VerbText{} : parse_verb_text(found->second);
}

}  // namespace zg::cli
