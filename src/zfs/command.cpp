#include "zfs/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "base/steps.hpp"
#include "base/subprocess.hpp"
#include "zfs/capabilities.hpp"
#include "zfs/zfs.hpp"

namespace zg::zfs {

namespace {

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::uint64_t number_or_zero(const std::map<std::string, std::string>& row,
                             const std::string& key) {
    const auto found = row.find(key);
    return found == row.end() ? 0 : number(found->second).value_or(0);
}

std::string text_or_empty(const std::map<std::string, std::string>& row, const std::string& key) {
    const auto found = row.find(key);
    return found == row.end() || found->second == "-" ? std::string{} : found->second;
}

Snapshot snapshot_of(const std::string& name, const std::map<std::string, std::string>& row,
                     const std::string& mark_property) {
    return {.name = name,
            .guid = number_or_zero(row, "guid"),
            .createtxg = number_or_zero(row, "createtxg"),
            .user_refs = number_or_zero(row, "userrefs"),
            .mark = text_or_empty(row, mark_property)};
}

ErrorKind kind_of_message(std::string_view text) {
    if (text.contains("does not exist") || text.contains("no such pool") ||
        text.contains("could not find any snapshots"))
        return ErrorKind::not_found;
    if (text.contains("ermission denied") || text.contains("must be superuser"))
        return ErrorKind::refused;
    if (text.contains("out of space") || text.contains("quota exceeded")) return ErrorKind::full;
    if (text.contains("must specify -F") || text.contains("has been modified") ||
        text.contains("has snapshots"))
        return ErrorKind::conflict;
    // A resuming receive fails with this while the earlier receive is still running, which it does
    // for some time after its process was killed.
    if (text.contains("partially-complete state")) return ErrorKind::locked;
    return ErrorKind::zfs;
}

std::string hint_of_message(std::string_view text) {
    if (text.contains("ermission denied"))
        return "run it as root, or grant the user the permissions with `zfs allow`";
    if (text.contains("modules cannot be auto-loaded") || text.contains("/dev/zfs"))
        return "load the kernel module first: modprobe zfs";
    if (text.contains("connect(): ") || text.contains("internal error: failed to initialize"))
        return "check that ZFS is running (the zfs module, or the zfs-fuse daemon)";
    if (text.contains("does not exist")) return "`zfs list` lists the datasets";
    if (text.contains("dataset is busy"))
        return "another zfs command is working on it, or it is in use: try again later";
    if (text.contains("out of space"))
        return "free some space in the pool, then run the same command again";
    return {};
}

}  // namespace

Error exit_error(const Exit& exit, std::string what, std::string where) {
    std::string said = exit.error_text.empty()
                           ? fmt::format("zfs ended with code {} and no message", exit.code)
                           : exit.error_text;
    return {.kind = kind_of_message(said),
            .what = std::move(what),
            .where = std::move(where),
            .cause = said,
            .hint = hint_of_message(said)};
}

namespace {

/// Waits for the command and returns how it ended.
Result<Ended> wait_for(Process& process, const char* what, const std::string& where) {
    ZG_TRY(const Exit exit, process.wait());
    if (exit.code == 0) return Ended{};
    // A signal: SIGPIPE, or one that we sent.
    const bool pipe_closed = exit.code >= 128 || exit.error_text.contains("Broken pipe");
    return Ended{
        .success = false, .pipe_closed = pipe_closed, .error = exit_error(exit, what, where)};
}

class SendingProcess final : public Sending {
  public:
    SendingProcess(Process process, std::string snapshot)
        : process_(std::move(process)), snapshot_(std::move(snapshot)) {}
    [[nodiscard]] Source& out() override { return process_.out(); }
    Result<Ended> wait() override { return wait_for(process_, "zfs send failed", snapshot_); }

  private:
    Process process_;
    std::string snapshot_;
};

class ReceivingProcess final : public Receiving {
  public:
    ReceivingProcess(Process process, std::string dataset)
        : process_(std::move(process)), dataset_(std::move(dataset)) {}
    [[nodiscard]] Sink& in() override { return process_.in(); }
    Result<Ended> wait() override { return wait_for(process_, "zfs receive failed", dataset_); }

  private:
    Process process_;
    std::string dataset_;
};

Result<std::unique_ptr<Sending>> start_sending(const Environment& environment,
                                               const std::vector<std::string>& arguments,
                                               const std::string& snapshot) {
    ZG_TRY(Process process,
           Process::start(environment, arguments, ChildStream::null, ChildStream::pipe));
    return std::make_unique<SendingProcess>(std::move(process), snapshot);
}

/// The commands `zfs` and `zpool`.
class ZfsCommand final : public Zfs {
  public:
    ZfsCommand(std::string program, const Environment& environment, Clock& clock, Steps& steps,
               Capabilities capabilities)
        : program_(std::move(program)),
          environment_(&environment),
          clock_(&clock),
          steps_(&steps),
          capabilities_(capabilities) {}

    [[nodiscard]] const Capabilities& capabilities() const override { return capabilities_; }
    Result<Dataset> inspect(const std::string& dataset,
                            const std::string& mark_property) const override;
    Result<std::optional<TimePoint>> creation(const std::string& snapshot) const override;
    Result<std::optional<std::uint64_t>> written_since(const std::string& dataset,
                                                       const std::string& from) const override;
    Result<std::string> set_mountpoint(const std::string& dataset) const override;
    Result<void> snapshot(const std::string& snapshot, const std::string& mark_property,
                          const std::string& mark) const override;
    Result<void> rename_snapshot(const std::string& from, const std::string& to) const override;
    Result<void> destroy_snapshot(const std::string& snapshot) const override;
    Result<void> hold(const std::string& tag, const std::string& snapshot) const override;
    Result<void> release(const std::string& tag, const std::string& snapshot) const override;
    Result<void> bookmark(const std::string& snapshot, const std::string& bookmark) const override;
    Result<std::optional<std::uint64_t>> estimate(const SendSpec& spec) const override;
    Result<bool> sends_properties_from(const std::string& from) const override;
    Result<std::unique_ptr<Sending>> send(const SendSpec& spec) const override;
    Result<std::unique_ptr<Sending>> send_from(const std::string& resume_token) const override;
    Result<std::unique_ptr<Receiving>> receive(const ReceiveSpec& spec) const override;
    Result<std::optional<std::string>> receive_token(const std::string& dataset) const override;
    Result<void> abort_receive(const std::string& dataset) const override;

  private:
    using Rows = std::map<std::string, std::map<std::string, std::string>>;
    Result<Output> get(const std::vector<std::string>& arguments) const;
    Result<Rows> properties(const std::string& dataset, const std::string& wanted) const;
    [[nodiscard]] std::string zpool_program() const;
    [[nodiscard]] Result<Output> run(const std::vector<std::string>& argv) const {
        return zg::run(*environment_, argv);
    }
    Result<bool> bookmarks_enabled(const std::string& dataset) const;
    Result<void> change(const std::vector<std::string>& arguments, std::string what,
                        const std::string& where, std::string_view harmless) const;
    [[nodiscard]] std::vector<std::string> send_arguments(const SendSpec& spec) const;

    std::string program_;
    const Environment* environment_;
    Clock* clock_;
    Steps* steps_;
    Capabilities capabilities_;
};

// What a killed restore leaves behind: its zfs receive writes out what it has and, while it
// finishes, cannot be opened.
constexpr std::chrono::milliseconds pause_while_busy{500};
constexpr unsigned most_tries_while_busy = 120;

/// `zfs get`, repeated for a minute while the dataset is busy.
Result<Output> ZfsCommand::get(const std::vector<std::string>& arguments) const {
    std::vector<std::string> argv{program_, "get"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    for (unsigned tries = 1;; ++tries) {
        ZG_TRY(Output output, run(argv));
        const bool busy = output.code != 0 && output.error_text.contains("dataset is busy");
        if (!busy || tries == most_tries_while_busy) return output;
        clock_->sleep(pause_while_busy);
    }
}

Result<ZfsCommand::Rows> ZfsCommand::properties(const std::string& dataset,
                                                const std::string& wanted) const {
    std::vector<std::string> arguments{"-Hp", "-r", "-d", "1", "-o", "name,property,value"};
    if (capabilities_.bookmarks)
        arguments.insert(arguments.end(), {"-t", "filesystem,volume,snapshot,bookmark"});
    arguments.insert(arguments.end(), {wanted, dataset});
    ZG_TRY(const Output output, get(arguments));
    if (output.code != 0)
        return fail(exit_error({output.code, output.error_text},
                               "cannot read the dataset's properties", dataset));
    Rows rows;
    const std::string_view text = output.out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, end - at);
        at = end + 1;
        const std::size_t first = line.find('\t');
        const std::size_t second =
            first == std::string_view::npos ? first : line.find('\t', first + 1);
        if (second == std::string_view::npos) continue;
        rows[std::string(line.substr(0, first))]
            [std::string(line.substr(first + 1, second - first - 1))] =
                std::string(line.substr(second + 1));
    }
    return rows;
}

/// The zpool command is in the same folder as zfs, also if the user named another zfs.
std::string ZfsCommand::zpool_program() const {
    const std::size_t slash = program_.rfind('/');
    return slash == std::string::npos ? "zpool" : program_.substr(0, slash + 1) + "zpool";
}

Result<bool> ZfsCommand::bookmarks_enabled(const std::string& dataset) const {
    if (!capabilities_.bookmarks) return false;
    ZG_TRY(const Output output, run({zpool_program(), "get", "-H", "-o", "value",
                                     "feature@bookmarks", dataset.substr(0, dataset.find('/'))}));
    return output.code == 0 &&
           (output.out.starts_with("enabled") || output.out.starts_with("active"));
}

Result<Dataset> ZfsCommand::inspect(const std::string& dataset,
                                    const std::string& mark_property) const {
    ZG_CHECK(check_dataset_name(dataset));
    std::string wanted = "type,guid,createtxg,userrefs,compression," + mark_property;
    if (capabilities_.encryption) wanted += ",encryption";
    ZG_TRY(const Rows rows, properties(dataset, wanted));
    const auto own = rows.find(dataset);
    if (own == rows.end())
        return fail({.kind = ErrorKind::not_found,
                     .what = "there is no such dataset",
                     .where = dataset,
                     .hint = "`zfs list` lists the datasets"});
    Dataset result{.name = dataset,
                   .type = text_or_empty(own->second, "type"),
                   .guid = number_or_zero(own->second, "guid"),
                   .encrypted = text_or_empty(own->second, "encryption") != "off" &&
                                !text_or_empty(own->second, "encryption").empty(),
                   .compression = text_or_empty(own->second, "compression"),
                   .snapshots = {},
                   .bookmarks = {}};
    for (const auto& [name, row] : rows) {
        if (name.size() <= dataset.size() || !name.starts_with(dataset)) continue;
        const std::string short_name = name.substr(dataset.size() + 1);
        if (name[dataset.size()] == '@')
            result.snapshots.push_back(snapshot_of(short_name, row, mark_property));
        if (name[dataset.size()] == '#')
            result.bookmarks.push_back(snapshot_of(short_name, row, mark_property));
    }
    const auto older = [](const Snapshot& a, const Snapshot& b) {
        return a.createtxg < b.createtxg;
    };
    std::ranges::stable_sort(result.snapshots, older);
    std::ranges::stable_sort(result.bookmarks, older);
    ZG_TRY(result.has_bookmarks_feature, bookmarks_enabled(dataset));
    return result;
}

Result<std::optional<std::uint64_t>> ZfsCommand::written_since(const std::string& dataset,
                                                               const std::string& from) const {
    if (!capabilities_.written) return std::optional<std::uint64_t>{};
    // `written` counts only data on the disk: without this, data written in the last seconds would
    // be missed.
    ZG_TRY(const Output synced,
           run({zpool_program(), "sync", dataset.substr(0, dataset.find('/'))}));
    if (synced.code != 0) return std::optional<std::uint64_t>{};
    ZG_TRY(const Output output, get({"-Hp", "-o", "value", "written" + from, dataset}));
    if (output.code != 0) return std::optional<std::uint64_t>{};
    return number(std::string_view(output.out).substr(0, output.out.find('\n')));
}

Result<std::optional<TimePoint>> ZfsCommand::creation(const std::string& snapshot) const {
    ZG_TRY(const Output output, get({"-Hp", "-o", "value", "creation", snapshot}));
    if (output.code != 0) return std::optional<TimePoint>{};
    const auto seconds = number(std::string_view(output.out).substr(0, output.out.find('\n')));
    return seconds ? std::optional(TimePoint(std::chrono::seconds(*seconds))) : std::nullopt;
}

Result<std::string> ZfsCommand::set_mountpoint(const std::string& dataset) const {
    ZG_TRY(const Output output, get({"-H", "-o", "value,source", "mountpoint", dataset}));
    const std::size_t tab = output.out.find('\t');
    if (output.code != 0 || tab == std::string::npos) return std::string{};
    const std::string source = output.out.substr(tab + 1);
    return source.starts_with("local") || source.starts_with("received") ? output.out.substr(0, tab)
                                                                         : std::string{};
}

Result<void> ZfsCommand::change(const std::vector<std::string>& arguments, std::string what,
                                const std::string& where, std::string_view harmless) const {
    std::vector<std::string> argv{program_};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const std::string step = fmt::format("zfs.{} {}", arguments.front(), where);
    steps_->at(step + " begin");
    ZG_TRY(const Output output, run(argv));
    steps_->at(step + " end");
    if (output.code == 0 || (!harmless.empty() && output.error_text.contains(harmless))) return {};
    return fail(exit_error({output.code, output.error_text}, std::move(what), where));
}

Result<void> ZfsCommand::snapshot(const std::string& snapshot, const std::string& mark_property,
                                  const std::string& mark) const {
    return change({"snapshot", "-o", mark_property + "=" + mark, snapshot},
                  "cannot take the snapshot", snapshot, "");
}

Result<void> ZfsCommand::rename_snapshot(const std::string& from, const std::string& to) const {
    return change({"rename", from, to}, "cannot rename the snapshot", from, "");
}

Result<void> ZfsCommand::destroy_snapshot(const std::string& snapshot) const {
    // `zfs destroy` of a name without '@' would destroy the dataset.
    if (!snapshot.contains("@"))
        return fail({.kind = ErrorKind::internal, .what = "not a snapshot", .where = snapshot});
    auto gone = change({"destroy", snapshot}, "cannot destroy the snapshot", snapshot,
                       "could not find any snapshots");
    if (!gone && gone.error().kind == ErrorKind::not_found) return {};
    return gone;
}

Result<void> ZfsCommand::hold(const std::string& tag, const std::string& snapshot) const {
    return change({"hold", tag, snapshot}, "cannot hold the snapshot", snapshot,
                  "tag already exists");
}

Result<void> ZfsCommand::release(const std::string& tag, const std::string& snapshot) const {
    auto gone =
        change({"release", tag, snapshot}, "cannot release the hold", snapshot, "no such tag");
    if (!gone && gone.error().kind == ErrorKind::not_found) return {};
    return gone;
}

Result<void> ZfsCommand::bookmark(const std::string& snapshot, const std::string& bookmark) const {
    return change({"bookmark", snapshot, bookmark}, "cannot bookmark the snapshot", bookmark,
                  "bookmark exists");
}

std::vector<std::string> ZfsCommand::send_arguments(const SendSpec& spec) const {
    std::vector<std::string> arguments{program_, "send"};
    const std::string flags = spec.flags();
    for (std::size_t at = 0; at < flags.size(); at += 3) arguments.push_back(flags.substr(at, 2));
    if (spec.from) arguments.insert(arguments.end(), {"-i", *spec.from});
    return arguments;
}

Result<std::optional<std::uint64_t>> ZfsCommand::estimate(const SendSpec& spec) const {
    if (!capabilities_.send_estimate) return std::optional<std::uint64_t>{};
    std::vector<std::string> arguments = send_arguments(spec);
    arguments.insert(arguments.end(), {"-nP", spec.snapshot});
    ZG_TRY(const Output output, run(arguments));
    const std::string text = output.out + "\n" + output.error_text + "\n";
    const std::size_t at = text.find("\nsize\t");
    if (output.code != 0 || at == std::string::npos) return std::optional<std::uint64_t>{};
    return number(std::string_view(text).substr(at + 6, text.find('\n', at + 1) - at - 6));
}

Result<bool> ZfsCommand::sends_properties_from(const std::string& from) const {
    if (!capabilities_.bookmarks || !capabilities_.send_estimate) return false;
    // zfs checks the flags before the snapshot, which does not exist.
    const std::string dataset = from.substr(0, from.find('#'));
    ZG_TRY(const Output output,
           run({program_, "send", "-nP", "-p", "-i", from, dataset + "@zglacier-none"}));
    return !output.error_text.contains("nsupported flag") &&
           !output.error_text.contains("cannot be sent from a bookmark");
}

Result<std::unique_ptr<Sending>> ZfsCommand::send(const SendSpec& spec) const {
    std::vector<std::string> arguments = send_arguments(spec);
    arguments.push_back(spec.snapshot);
    return start_sending(*environment_, arguments, spec.snapshot);
}

Result<std::unique_ptr<Sending>> ZfsCommand::send_from(const std::string& resume_token) const {
    return start_sending(*environment_, {program_, "send", "-t", resume_token}, "");
}

Result<std::unique_ptr<Receiving>> ZfsCommand::receive(const ReceiveSpec& spec) const {
    if (!capabilities_.receive_properties && !(spec.set.empty() && spec.exclude.empty()))
        return fail(
            {.kind = ErrorKind::unsupported,
             .what = "this zfs cannot set or exclude properties when it receives",
             .where = spec.dataset,
             .hint = "leave out -o and -x, and set the properties afterwards with zfs set"});
    std::vector<std::string> arguments{program_, "receive", "-u"};
    if (spec.resumable) arguments.emplace_back("-s");
    if (spec.force) arguments.emplace_back("-F");
    for (const std::string& option : spec.set) arguments.insert(arguments.end(), {"-o", option});
    for (const std::string& property : spec.exclude)
        arguments.insert(arguments.end(), {"-x", property});
    arguments.push_back(spec.dataset);
    ZG_TRY(Process process,
           Process::start(*environment_, arguments, ChildStream::pipe, ChildStream::null));
    return std::make_unique<ReceivingProcess>(std::move(process), spec.dataset);
}

Result<std::optional<std::string>> ZfsCommand::receive_token(const std::string& dataset) const {
    if (!capabilities_.receive_resumable) return std::nullopt;
    ZG_TRY(const Output output, get({"-H", "-o", "value", "receive_resume_token", dataset}));
    if (output.code != 0) {
        Error error = exit_error({output.code, output.error_text},
                                 "cannot read the dataset's resume token", dataset);
        if (error.kind == ErrorKind::not_found) return std::nullopt;
        return fail(std::move(error));
    }
    const std::string token = output.out.substr(0, output.out.find('\n'));
    return token.empty() || token == "-" ? std::nullopt : std::optional(token);
}

Result<void> ZfsCommand::abort_receive(const std::string& dataset) const {
    auto dropped =
        change({"receive", "-A", dataset}, "cannot drop what an earlier zfs receive has left",
               dataset, "does not have any resumable receive state");
    if (!dropped && dropped.error().kind == ErrorKind::not_found) return {};
    if (!dropped && refusal_of(dropped.error()) == Refusal::busy)
        dropped.error().kind = ErrorKind::locked;
    return dropped;
}

}  // namespace

Result<std::unique_ptr<Zfs>> open_zfs(std::string program, const Environment& environment,
                                      Clock& clock, Steps& steps) {
    auto usage = run(environment, {program});
    if (!usage) {
        usage.error().kind = ErrorKind::unsupported;
        usage.error().hint =
            "install ZFS (package zfsutils-linux, or zfs-fuse), or name the program with "
            "ZGLACIER_ZFS";
        return fail(std::move(usage.error()));
    }
    return std::make_unique<ZfsCommand>(std::move(program), environment, clock, steps,
                                        parse_usage(usage->error_text + usage->out));
}

}  // namespace zg::zfs
