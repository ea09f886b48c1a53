// The configuration files of glacier-cmd, so that the vault verbs can be used in its place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/world.hpp"
#include "vault_tools/service.hpp"

namespace zg::vault_tools {

/// A section [SNS:NAME]: a topic, the vaults that notify it of their jobs, and its subscribers.
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

/// The settings; those that were not given are empty.
struct GlacierCmdConf {
    std::string region{};
    std::string output{};  ///< "print", "csv", "json"
    AccessKeys keys{};
    std::string topic = "aws-glacier-notifications";  ///< of [SNS]
    std::vector<TopicSettings> topics{};              ///< of [SNS:…], by name
};

/// Reads the files of glacier-cmd, each if it exists, a later one overriding an earlier one:
/// /etc/glacier-cmd.conf, ~/.glacier-cmd, ./.glacier-cmd, and `named`, which must exist unless it
/// is empty. Settings that no file has are taken from the variables aws_access_key, aws_secret_key
/// and region. Logs a warning about a file with a secret that others can read, and about one that
/// is not read because others can write it. usage if a file or a value is invalid; no error shows a
/// key.
Result<GlacierCmdConf> read_glacier_cmd_conf(const std::string& named, const World& world);

/// The parts of "a,b,,c" or "a;b", without empty ones and without spaces around them.
std::vector<std::string> split_list(std::string_view text, char separator);

}  // namespace zg::vault_tools
