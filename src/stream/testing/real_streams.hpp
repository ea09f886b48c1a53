// Send streams made by OpenZFS and zfs-fuse, if this machine has them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <ios>
#include <sstream>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/testing/paths.hpp"
#include "codec/zstd.hpp"

namespace zg::stream::testing {

inline const std::filesystem::path streams_folder = std::filesystem::path(shared_dir()) / "streams";

inline std::string read_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The stream NAME, decompressed.
inline Buffer read_stream(const std::string& name) {
    const std::string compressed = read_text(streams_folder / (name + ".zst"));
    codec::ZstdDecoder decoder;
    BufferSink sink;
    EXPECT_TRUE(decoder.feed(as_bytes(compressed), sink)) << name;
    EXPECT_TRUE(decoder.finish(sink)) << name;
    return std::move(sink.buffer);
}

}  // namespace zg::stream::testing
