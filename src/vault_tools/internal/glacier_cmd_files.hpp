// Finds and reads the configuration files of glacier-cmd.
#pragma once

#include <string>
#include <vector>

#include "base/environment.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "vault_tools/glacier_cmd_conf.hpp"

namespace zg::vault_tools {

/// A file to be read if it exists.
struct ConfFile {
    std::string path;
    bool must_exist = false;  ///< the user named it
    /// it is in a folder where others can create files: it is read only if its owner is this user
    /// or root, and nobody else can write it
    bool untrusted = false;
};

/// The files of read_glacier_cmd_conf(), in its order.
std::vector<ConfFile> glacier_cmd_files(const Environment& environment, const std::string& named);

/// Reads the sections [aws], [glacier], [SNS] and [SNS:…] of the files; names in any case, with '-'
/// or '_', with or without "aws" before them. Other sections are ignored.
Result<GlacierCmdConf> read_glacier_cmd_files(const std::vector<ConfFile>& files,
                                              const Environment& environment, Log& log);

}  // namespace zg::vault_tools
