// Files and the standard streams as Sources and Sinks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/io.hpp"
#include "base/result.hpp"

namespace zg {

/// Opens a file for reading; "-" or empty: standard input, which must not be a terminal.
Result<std::unique_ptr<Source>> open_input(const std::string& path);
/// The size of a file, bytes.
Result<std::uint64_t> input_size(const std::string& path);

/// A Sink over standard output, for streams. refused if it is a terminal.
Result<std::unique_ptr<Sink>> open_standard_output();

/// A file that gets its name only when it is complete; or standard output.
class WholeOutput : public Sink {
  public:
    /// To be called when everything is written: the file gets its name, durably. Otherwise the
    /// destructor removes the file.
    virtual Result<void> keep() = 0;
};
/// `path` empty: standard output, which must not be a terminal. conflict if the file exists and
/// `overwrite` is not set.
Result<std::unique_ptr<WholeOutput>> open_output(const std::string& path, bool overwrite);

}  // namespace zg
