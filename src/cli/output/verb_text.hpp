// The text of each verb in its manual page and in --help. The texts are the files of cli/text/,
// which are built into the program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zg::cli {

struct VerbExample {
    std::string command;
    std::string meaning;  ///< may be empty
};

struct VerbText {
    std::string brief;                     ///< one line
    std::vector<std::string> description;  ///< paragraphs
    std::vector<std::string> json;         ///< of --json, one "key: meaning" each
    std::vector<VerbExample> examples;
};

/// Parses a file of cli/text/: a heading, the brief, paragraphs, and lists under the headings JSON
/// and Examples.
VerbText parse_verb_text(std::string_view markdown);

/// The text of `verb` ("stream inspect"); empty if there is no such file.
VerbText verb_text(std::string_view verb);

}  // namespace zg::cli
