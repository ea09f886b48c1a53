// Files and the standard streams, as what jobs read and write.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/file.hpp"
#include "base/io.hpp"

namespace zg {

/// Opens a file for reading; "-" or empty: standard input, which must not be a terminal.
Result<std::unique_ptr<Source>> open_input(const std::string& path);
/// The bytes of a file.
Result<std::uint64_t> input_size(const std::string& path);

/// A Sink over standard output, for streams. refused where it is a terminal.
Result<std::unique_ptr<Sink>> open_standard_output();

/// A file that appears under its name only once it is whole; or standard output.
class WholeOutput : public Sink {
  public:
    /// Everything is written: the file gets its name, durably. Without it the file is gone with the
    /// object.
    virtual Result<void> keep() = 0;
};
/// `path` empty: standard output, which must not be a terminal. conflict where the file exists and
/// `overwrite` is not set.
Result<std::unique_ptr<WholeOutput>> open_output(const std::string& path, bool overwrite);

}  // namespace zg
