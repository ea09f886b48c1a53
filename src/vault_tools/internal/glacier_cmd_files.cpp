#include "vault_tools/internal/glacier_cmd_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/profile_parser.hpp"
#include "base/bytes.hpp"
#include "base/environment.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "vault_tools/glacier_cmd_conf.hpp"

namespace zg::vault_tools {

namespace {

constexpr std::size_t file_limit = std::size_t{1} << 20U;
constexpr std::string_view blank = " \t\r\n";

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

std::string trim(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(blank);
    if (begin == std::string_view::npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(blank) - begin + 1));
}

/// "access_key" for "AWS-Access-Key".
std::string plain_name(std::string_view name) {
    std::string plain = lower(name);
    std::ranges::replace(plain, '-', '_');
    return plain.starts_with("aws_") ? plain.substr(4) : plain;
}

/// Without the comment after it.
std::string plain_value(std::string_view value) {
    for (std::size_t at = value.find(';'); at != std::string_view::npos;
         at = value.find(';', at + 1))
        if (at > 0 && (value[at - 1] == ' ' || value[at - 1] == '\t'))
            return trim(value.substr(0, at));
    return trim(value);
}

constexpr std::string_view topic_section = "sns:";

/// Names of sections ignore case, those of topics do not.
std::string section_name(const std::string& name) {
    if (!lower(name).starts_with(topic_section)) return lower(name);
    return std::string(topic_section) + trim(std::string_view(name).substr(topic_section.size()));
}

/// All files, merged.
class Reader {
  public:
    explicit Reader(Log& log) : log_(log) {}

    Result<void> read(const ConfFile& file) {
        struct stat status{};
        if (::stat(file.path.c_str(), &status) != 0) {
            if (!file.must_exist && (errno == ENOENT || errno == ENOTDIR)) return {};
            Error error = errno_error(errno, "cannot read the configuration", file.path);
            error.kind = ErrorKind::usage;
            return fail(std::move(error));
        }
        const std::pair identity(status.st_dev, status.st_ino);
        const bool again = std::ranges::find(seen_, identity) != seen_.end();
        if (again && file.untrusted) return {};
        seen_.push_back(identity);
        if (file.untrusted && ((status.st_uid != ::geteuid() && status.st_uid != 0) ||
                               (status.st_mode & S_IWOTH) != 0)) {
            log_.warning(
                fmt::format("{} is not read, because it belongs to another user or others can "
                            "write it; to read it, give -c {}",
                            file.path, file.path));
            return {};
        }
        ZG_TRY(const Buffer content, read_file(file.path, file_limit));
        auto sections = aws::parse_profile_text(as_text(content), file.path);
        if (!sections) {
            sections.error().hint =
                "correct that line: write [aws], [glacier], [SNS] or [SNS:TOPIC], then lines NAME "
                "= VALUE, and # before a comment";
            return fail(std::move(sections.error()));
        }
        take(*sections, file.path);
        if (!again && has_secret(*sections) && (status.st_mode & (S_IRGRP | S_IROTH)) != 0)
            log_.warning(
                fmt::format("{} holds a secret key, but other users can read it: run chmod 600 {}",
                            file.path, file.path));
        return {};
    }

    [[nodiscard]] std::string value(const std::string& section, const std::string& name) const {
        const auto found = sections_.find(section);
        if (found == sections_.end()) return {};
        const auto entry = found->second.find(name);
        return entry == found->second.end() ? std::string() : entry->second;
    }
    [[nodiscard]] const aws::Sections& sections() const { return sections_; }
    /// The last file that sets a key.
    [[nodiscard]] const std::string& key_file() const { return key_file_; }

  private:
    void take(const aws::Sections& sections, const std::string& path) {
        for (const auto& [name, settings] : sections) {
            aws::Settings& into = sections_[section_name(name)];
            for (const auto& [key, text] : settings) into[plain_name(key)] = plain_value(text);
            const bool keys = std::ranges::any_of(settings, [](const auto& entry) {
                return plain_name(entry.first) == "access_key" ||
                       plain_name(entry.first) == "secret_key";
            });
            if (keys && section_name(name) == "aws") key_file_ = path;
        }
    }

    static bool has_secret(const aws::Sections& sections) {
        return std::ranges::any_of(sections, [](const auto& section) {
            return std::ranges::any_of(section.second, [](const auto& entry) {
                return plain_name(entry.first).ends_with("secret_key") && !entry.second.empty();
            });
        });
    }

    Log& log_;
    aws::Sections sections_;
    std::string key_file_;
    std::vector<std::pair<dev_t, ino_t>> seen_;
};

Result<TopicSettings> topic_of(const std::string& name, const Reader& reader,
                               const std::string& section) {
    TopicSettings topic{
        .topic = name, .vaults = split_list(reader.value(section, "vaults"), ','), .listeners = {}};
    for (const std::string& method : split_list(reader.value(section, "method"), ';')) {
        const std::size_t comma = method.find(',');
        const std::string protocol = trim(std::string_view(method).substr(0, comma));
        const std::string endpoint =
            comma == std::string::npos ? "" : trim(std::string_view(method).substr(comma + 1));
        if (protocol.empty() || endpoint.empty())
            return fail({.kind = ErrorKind::usage,
                         .what = fmt::format("invalid method \"{}\"", method),
                         .where = fmt::format("[SNS:{}]", name),
                         .hint = "write it as PROTOCOL,ENDPOINT;PROTOCOL,ENDPOINT: method = "
                                 "email,me@example.org"});
        topic.listeners.push_back({.protocol = protocol, .endpoint = endpoint});
    }
    return topic;
}

/// The first of the variables that is set.
std::string variable(const Environment& environment, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const auto value = environment.get(name)) return *value;
    return {};
}

void fill_from(const Environment& environment, GlacierCmdConf& conf) {
    if (conf.region.empty()) conf.region = variable(environment, {"region"});
    if (!conf.keys.empty()) return;
    conf.keys = {
        .access_key_id = variable(environment, {"aws_access_key", "AWS_ACCESS_KEY"}),
        .secret_access_key = Secret(variable(environment, {"aws_secret_key", "AWS_SECRET_KEY"})),
        .where = "environment, aws_access_key"};
}

}  // namespace

std::vector<std::string> split_list(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(separator, at), text.size());
        if (const std::string part = trim(text.substr(at, end - at)); !part.empty())
            parts.push_back(part);
        at = end + 1;
    }
    return parts;
}

std::vector<ConfFile> glacier_cmd_files(const Environment& environment, const std::string& named) {
    std::vector<ConfFile> files{{.path = "/etc/glacier-cmd.conf"}};
    if (const auto home = environment.get("HOME"))
        files.push_back({.path = *home + "/.glacier-cmd"});
    files.push_back({.path = ".glacier-cmd", .untrusted = true});
    if (!named.empty()) {
        const auto home = environment.get("HOME");
        const std::string path = home && named.starts_with("~/") ? *home + named.substr(1) : named;
        // A file named by the user is read whoever owns it, and overrides all others.
        if (path == files.back().path) files.pop_back();
        files.push_back({.path = path, .must_exist = true});
    }
    return files;
}

Result<GlacierCmdConf> read_glacier_cmd_conf(const std::string& named, const World& world) {
    return read_glacier_cmd_files(glacier_cmd_files(world.environment, named), world.environment,
                                  world.log);
}

Result<GlacierCmdConf> read_glacier_cmd_files(const std::vector<ConfFile>& files,
                                              const Environment& environment, Log& log) {
    Reader reader(log);
    for (const ConfFile& file : files) ZG_CHECK(reader.read(file));
    GlacierCmdConf conf{.region = reader.value("glacier", "region"),
                        .output = lower(reader.value("glacier", "output")),
                        .keys = {.access_key_id = reader.value("aws", "access_key"),
                                 .secret_access_key = Secret(reader.value("aws", "secret_key")),
                                 .where = reader.key_file()}};
    if (!conf.output.empty() && conf.output != "print" && conf.output != "csv" &&
        conf.output != "json")
        return fail({.kind = ErrorKind::usage,
                     .what = fmt::format("invalid output \"{}\"", conf.output),
                     .where = "[glacier]",
                     .hint = "write output = print, csv or json"});
    if (const std::string topic = reader.value("sns", "topic"); !topic.empty()) conf.topic = topic;
    for (const auto& [section, settings] : reader.sections()) {
        if (!section.starts_with(topic_section)) continue;
        ZG_TRY(TopicSettings topic,
               topic_of(section.substr(topic_section.size()), reader, section));
        conf.topics.push_back(std::move(topic));
    }
    fill_from(environment, conf);
    return conf;
}

}  // namespace zg::vault_tools
