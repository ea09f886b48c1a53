#include "ops/restore/receive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "archive/read/fetch.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "catalog/manifest.hpp"
#include "ops/backup/cleanup.hpp"
#include "ops/context.hpp"
#include "ops/restore/receive_point.hpp"
#include "ops/restore/receiver.hpp"
#include "ops/restore/resuming_sink.hpp"
#include "stream/checker.hpp"
#include "stream/record.hpp"
#include "stream/resumed_stream.hpp"
#include "thaw/watch.hpp"
#include "zfs/zfs.hpp"

namespace zg::ops {

namespace {

/// How the transfer of an archive's stream to zfs receive ended.
enum class Outcome {
    complete,     ///< zfs receive accepted all of it
    refused,      ///< zfs receive accepted no more of it
    interrupted,  ///< the rest cannot be fetched now
    damaged,      ///< the rest is damaged
    misfit,       ///< it does not have the place at which the earlier receive stopped
    not_started,  ///< it failed before zfs receive was started
};

std::string resume_hint(const std::string& target) {
    return fmt::format(
        "the received part is kept: run the same command again to resume there; `zfs receive -A "
        "{}` drops the part of this archive",
        target);
}

/// zfs receive has ended with `error`.
Error receive_error(Error error, const catalog::Manifest& archive, const zfs::ReceiveSpec& spec) {
    error.what = fmt::format("zfs receive refused archive {}", archive.archive_id);
    if (!error.hint.empty() && error.kind != ErrorKind::not_found) return error;
    if (zfs::refusal_of(error) == zfs::Refusal::target_modified)
        error.hint =
            "the target was changed since its newest snapshot: --force rolls it back to that "
            "snapshot first";
    else if (zfs::refusal_of(error) == zfs::Refusal::target_exists)
        error.hint = "restore to a name that does not exist yet, or give --force";
    else if (error.kind == ErrorKind::not_found)
        error.hint = "create the parent dataset first: zfs create -p PARENT";
    else if (spec.resumable)
        error.hint = resume_hint(spec.dataset);
    else
        error.hint =
            "nothing of this archive was kept; the archives before it are complete. Run the same "
            "command again to resume";
    return error;
}

/// Receives one archive: transfers its stream, then acts on the outcome.
class ArchiveReceive {
  public:
    ArchiveReceive(Context& context, const zfs::Zfs& zfs, const IncomingArchive& incoming)
        : context_(context),
          zfs_(zfs),
          incoming_(incoming),
          spec_(incoming.spec),
          receiver_(context, zfs, incoming.archive, incoming.spec) {
        if (incoming.point != nullptr)
            resuming_.emplace(receiver_, incoming.archive.opening, *incoming.point);
    }

    Result<stream::Begin> run() {
        Result<stream::Begin> transferred = transfer();
        switch (outcome_of(transferred)) {
            case Outcome::complete:
                return confirm(*transferred);
            case Outcome::refused:
                return fail(explain_refusal(std::move(transferred.error())));
            case Outcome::interrupted:
                return fail(keep_received(std::move(transferred.error())));
            case Outcome::damaged:
                return fail(drop_received(std::move(transferred.error())));
            case Outcome::misfit:
                return fail(drop_misfit(std::move(transferred.error())));
            case Outcome::not_started:
                break;
        }
        return transferred;
    }

  private:
    Result<stream::Begin> transfer() {
        const ReceivePoint* point = incoming_.point;
        Sink& first = resuming_ ? static_cast<Sink&>(*resuming_) : receiver_;
        thaw::KeepingSink sink(first, incoming_.watch, incoming_.index,
                               point != nullptr ? point->position() : 0);
        const auto await = [this](std::size_t segment) {
            return incoming_.watch.await_segment(incoming_.index, segment);
        };
        ZG_TRY(stream::Begin begin,
               archive::fetch_archive(context_, incoming_.archive, sink, await,
                                      point != nullptr ? point->fetch : archive::FetchStart{}));
        if (resuming_) ZG_CHECK(resuming_->finish());
        return begin;
    }

    [[nodiscard]] Outcome outcome_of(const Result<stream::Begin>& transferred) const {
        if (resuming_ && resuming_->misfit()) return Outcome::misfit;
        if (receiver_.state() == Receiver::State::waiting) return Outcome::not_started;
        if (receiver_.state() == Receiver::State::refused) return Outcome::refused;
        if (transferred) return Outcome::complete;
        return transferred.error().kind == ErrorKind::damage ? Outcome::damaged
                                                             : Outcome::interrupted;
    }

    /// Waits for the end of zfs receive; returns its error, if there is one.
    Result<void> end_receive() {
        ZG_TRY(zfs::Ended ended, receiver_.finish());
        context_.world.steps.at("zfs.receive end");
        if (ended.success) return {};
        return fail(receive_error(std::move(ended.error), incoming_.archive, spec_));
    }

    /// The snapshot must exist once zfs receive has succeeded.
    Result<stream::Begin> confirm(const stream::Begin& begin) {
        ZG_CHECK(end_receive());
        ZG_TRY(const zfs::Dataset target, zfs_.inspect(spec_.dataset, mark_property));
        if (zfs::find_by_guid(target.snapshots, begin.to_guid) != nullptr) return begin;
        return fail({.kind = ErrorKind::zfs,
                     .what = fmt::format(
                         "zfs receive reported success, but there is no snapshot with guid {}",
                         begin.to_guid),
                     .where = spec_.dataset});
    }

    /// The error of zfs receive is more important than `error`, that writing to it failed.
    Error explain_refusal(Error error) {
        auto ended = end_receive();
        return ended ? std::move(error) : std::move(ended.error());
    }

    Error keep_received(Error error) {
        receiver_.abandon();
        if (spec_.resumable)
            error.hint += (error.hint.empty() ? "" : "; ") + resume_hint(spec_.dataset);
        return error;
    }

    /// Drops the received part, so that nothing builds on damage.
    Error drop_received(Error error) {
        receiver_.abandon();
        if (!spec_.resumable) return error;
        if (auto dropped = zfs_.abort_receive(spec_.dataset); !dropped)
            context_.world.log.warning(fmt::format(
                "{}: drop it by hand with `zfs receive -A {}` before anything is restored there",
                dropped.error().message(), spec_.dataset));
        return error;
    }

    Error drop_misfit(Error error) {
        if (spec_.resumable)
            error.hint =
                "the received part of this archive was dropped: run the same command again to "
                "receive it from its start";
        return drop_received(std::move(error));
    }

    Context& context_;
    const zfs::Zfs& zfs_;
    const IncomingArchive& incoming_;
    const zfs::ReceiveSpec& spec_;
    Receiver receiver_;
    std::optional<ResumingSink> resuming_;
};

}  // namespace

Result<stream::Begin> receive_archive(Context& context, const zfs::Zfs& zfs,
                                      const IncomingArchive& incoming) {
    return ArchiveReceive(context, zfs, incoming).run();
}

}  // namespace zg::ops
