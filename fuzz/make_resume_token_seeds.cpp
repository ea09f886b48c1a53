// make_resume_token_seeds FOLDER: writes tokens and lists, as first inputs of resume_token_fuzz.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <variant>

#include "base/bytes.hpp"
#include "stream/nvlist.hpp"
#include "stream/resume_token.hpp"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    namespace stream = zg::stream;
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "full") << stream::resume_token_text(
        {.object = 2, .offset = 131072, .bytes = 4711, .to_guid = 1, .to_name = "tank/fs@snap"});
    std::ofstream(folder / "incremental") << stream::resume_token_text({.object = 2,
                                                                        .offset = 0,
                                                                        .bytes = 1,
                                                                        .to_guid = 9,
                                                                        .from_guid = 8,
                                                                        .to_name = "a@b",
                                                                        .large_blocks = true,
                                                                        .embedded = true,
                                                                        .compressed = true,
                                                                        .raw = true});
    const zg::Buffer list = stream::pack_nvlist(
        {{"number", std::uint64_t{1}}, {"text", std::string("word")}, {"flag", std::monostate{}}});
    std::ofstream(folder / "list", std::ios::binary) << zg::as_text(list);
    return 0;
}
