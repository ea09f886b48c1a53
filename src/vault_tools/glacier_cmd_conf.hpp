// What the configuration files of glacier-cmd say, for those who go on from it with the vault
// commands.
#pragma once

#include <string>
#include <vector>

#include "aws/auth/credentials.hpp"
#include "aws/auth/environment.hpp"
#include "base/log.hpp"
#include "base/result.hpp"

namespace zg::vault_tools {

/// A section [SNS:NAME]: a topic, the vaults that tell it of their jobs, and who listens.
struct TopicSettings {
    struct Listener {
        std::string protocol;
        std::string endpoint;
        bool operator==(const Listener&) const = default;
    };
    std::string topic;
    std::vector<std::string> vaults{};  ///< empty: every vault
    std::vector<Listener> listeners{};
    bool operator==(const TopicSettings&) const = default;
};

/// What is empty was not said.
struct GlacierCmdConf {
    std::string region{};
    std::string output{};  ///< "print", "csv", "json"
    aws::GivenKeys keys{};
    std::string topic = "aws-glacier-notifications";  ///< of [SNS]
    std::vector<TopicSettings> topics{};              ///< of [SNS:…], by name
};

/// A file to be read where it is there.
struct ConfFile {
    std::string path;
    bool must_exist = false;  ///< the user named it
    /// it lies where somebody else may have put it: it counts only where its owner is this user or
    /// root, and nobody else may write it
    bool anybodys = false;
};

/// Where the files lie, the last one counting most: /etc/glacier-cmd.conf, ~/.glacier-cmd,
/// ./.glacier-cmd, and `named` where it is not empty.
std::vector<ConfFile> glacier_cmd_files(const aws::Environment& environment,
                                        const std::string& named);

/// Reads the sections [aws], [glacier], [SNS] and [SNS:…] of the files; names in any case, with '-'
/// or '_', with or without "aws" before them. Others are left alone. What no file says the
/// variables aws_access_key, aws_secret_key and region may, as they could for glacier-cmd. A file
/// with a secret that others can read, and one that does not count, are told to `log`. usage where
/// a file cannot be parsed or a value cannot be; no error shows a key.
Result<GlacierCmdConf> read_glacier_cmd_conf(const std::vector<ConfFile>& files,
                                             const aws::Environment& environment, Log& log);

/// The parts of "a,b,,c" or "a;b", without what is blank.
std::vector<std::string> split_list(std::string_view text, char divider);

}  // namespace zg::vault_tools
