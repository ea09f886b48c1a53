// make_stream_seeds FOLDER: writes small valid streams of every style, as first inputs of
// stream_fuzz.
#include <bit>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string>

#include "base/bytes.hpp"
#include "stream/testing/builder.hpp"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    int number = 0;
    const auto save = [&](const zg::Buffer& stream) {
        std::ofstream file(folder / std::to_string(number++), std::ios::binary);
        file.write("\x20\x40", 2);  // how stream_fuzz divides it
        file.write(reinterpret_cast<const char*>(stream.data()),
                   static_cast<std::streamsize>(stream.size()));
    };
    namespace testing = zg::stream::testing;
    for (const std::endian order : {std::endian::little, std::endian::big}) {
        for (const bool raw : {false, true}) {
            for (const bool own : {false, true}) {
                const testing::Style style{.order = order, .own_checksums = own, .raw = raw};
                save(testing::every_type(style));
                save(testing::package_of_two(style));
                save(testing::Builder(style).begin().end().bytes());
            }
        }
    }
    return 0;
}
