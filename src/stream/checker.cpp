#include "stream/checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/fletcher4.hpp"
#include "stream/checkpoint.hpp"
#include "stream/features.hpp"
#include "stream/header.hpp"
#include "stream/record.hpp"
#include "stream/stream_rules.hpp"

namespace zg::stream {

namespace {

constexpr std::size_t most_begins = 100'000;

bool all_zero(Bytes bytes) {
    return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

}  // namespace

const Begin* Summary::first_stream() const {
    const auto found = std::ranges::find(begins, false, &Begin::compound);
    return found == begins.end() ? nullptr : &*found;
}

bool Summary::has_data() const {
    using enum RecordType;
    return std::ranges::any_of(
        std::array{object, write, write_byref, spill, write_embedded, redact},
        [this](RecordType type) { return count_by_type[static_cast<std::size_t>(type)] > 0; });
}

/// The state machine. A stream is BEGIN, records, END; a package is a compound BEGIN, its own END,
/// streams, and a closing END of zeros.
class Checker::State {
  public:
    explicit State(RecordVisitor visitor) : visitor_(std::move(visitor)) {}

    State(const Checkpoint& place, RecordVisitor visitor)
        : position_(place.position),
          boundary_(place.position),
          boundary_checksum_(place.running),
          visitor_(std::move(visitor)),
          place_(Place::stream),
          order_(place.byte_order),
          in_package_(place.in_package),
          has_checksums_(true),
          rules_(place),
          running_(place.running),
          resume_point_(place.resume_point),
          object_range_(place.object_range) {
        summary_.bytes = place.position;
        summary_.records = place.records;
        summary_.count_by_type = place.count_by_type;
        summary_.payload_bytes_by_type = place.payload_bytes_by_type;
        summary_.begins = place.begins;
    }

    Result<void> feed(Bytes bytes) {
        while (!bytes.empty() && !error_) {
            const std::size_t used = payload_left_ > 0 ? take_payload(bytes) : take_header(bytes);
            position_ += used;
            bytes = bytes.subspan(used);
            if (header_fill_ == record_header_size && !header_done_) read_record();
            if (!error_ && header_done_ && payload_left_ == 0) complete_record();
        }
        if (error_) return fail(*error_);
        return {};
    }

    Result<void> finish() {
        if (!error_ && !complete()) refuse_end_of_input();
        if (error_) return fail(*error_);
        return {};
    }

    [[nodiscard]] bool complete() const {
        return place_ == Place::done && header_fill_ == 0 && !error_;
    }

    [[nodiscard]] bool boundary_is_proved() const { return header_done_ || place_ == Place::done; }

    [[nodiscard]] std::optional<Checkpoint> checkpoint() const {
        const bool only_stream =
            summary_.begins_left_out == 0 && summary_.begins.size() == (in_package_ ? 2 : 1);
        if (error_ || place_ != Place::stream || has_checksums_ == false || !only_stream)
            return std::nullopt;
        Checkpoint place{.position = boundary_,
                         .records = summary_.records,
                         .byte_order = order_,
                         .running = boundary_checksum_,
                         .in_package = in_package_,
                         .begins = summary_.begins,
                         .count_by_type = summary_.count_by_type,
                         .payload_bytes_by_type = summary_.payload_bytes_by_type,
                         .resume_point = resume_point_,
                         .object_range = object_range_};
        boundary_rules_.save(place);
        return place;
    }

    std::uint64_t position_ = 0;
    std::uint64_t boundary_ = 0;
    codec::Fletcher4 boundary_checksum_;
    Summary summary_;

  private:
    /// What the next record belongs to. `package`: the END of the package's header; `between`: the
    /// next stream or the closing END.
    enum class Place { start, package, between, stream, done };

    void refuse(ErrorKind kind, std::string_view what) {
        error_ = Error{
            .kind = kind,
            .what = fmt::format("record {} at byte {}: {}", summary_.records, boundary_, what)};
    }
    void refuse(RecordType type, const HeaderError& error) {
        refuse(error.kind, fmt::format("{}: {}", record_type_name(type), error.what));
    }

    void refuse_end_of_input() {
        const auto expected = [this]() -> std::string_view {
            if (position_ == 0) return "a send stream, found no bytes";
            if (header_fill_ > 0) return "the rest of this record, found the end of the stream";
            if (place_ == Place::package)
                return "the END of the package's header, found the end of the stream";
            if (place_ == Place::between)
                return "the END of the package, found the end of the stream";
            return "an END record, found the end of the stream";
        }();
        refuse(ErrorKind::damage, fmt::format("expected {}", expected));
    }

    std::size_t take_header(Bytes bytes) {
        if (place_ == Place::done && header_fill_ == 0) {
            refuse(ErrorKind::damage,
                   "expected nothing after the END of the stream, found more bytes");
            return 0;
        }
        const std::size_t count = std::min(record_header_size - header_fill_, bytes.size());
        std::copy_n(bytes.begin(), count,
                    header_.begin() + static_cast<std::ptrdiff_t>(header_fill_));
        header_fill_ += count;
        return count;
    }

    std::size_t take_payload(Bytes bytes) {
        const auto count =
            static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, bytes.size()));
        running_.update(bytes.first(count), order_);
        payload_left_ -= count;
        return count;
    }

    void read_record() {
        const Bytes header(header_);
        if (place_ == Place::start) {
            const auto order = begin_byte_order(header);
            if (!order)
                return refuse(ErrorKind::damage,
                              "expected a BEGIN record with the magic number 2f5bacbac; this is "
                              "not a zfs send stream");
            order_ = *order;
        }
        const std::uint32_t number = raw_type(header, order_);
        const auto type = static_cast<RecordType>(number);
        if (type == RecordType::begin) return read_begin_record(header);
        if (place_ == Place::between) return read_closing_end(header, type);

        const codec::Fletcher4 before = running_.sums();
        running_.update(header.first(checksum_offset), order_);
        const codec::Fletcher4 own = read_checksum(header, checksum_offset, order_);
        if (!own_checksum_is_good(own, type)) return;
        running_.update(header.subspan(checksum_offset), order_);
        // If the header's own checksum is good, an unknown code comes from a later ZFS; without a
        // checksum it is damage.
        const ErrorKind unknown =
            own == codec::Fletcher4{} ? ErrorKind::damage : ErrorKind::unsupported;
        if (number >= record_type_count)
            return refuse(
                unknown,
                fmt::format("unknown record type {}, which this version does not support", number));
        if (place_ == Place::package && type != RecordType::end)
            return refuse(ErrorKind::damage,
                          fmt::format("expected END after the package's header, found {}",
                                      record_type_name(type)));
        auto read = read_header(header, order_, rules_.raw());
        if (!read)
            return refuse(
                type, {read.error().kind == ErrorKind::unsupported ? unknown : read.error().kind,
                       read.error().what});
        record_ = *read;
        if (type == RecordType::end && !end_is_good(header, before, own)) return;
        if (place_ == Place::stream) {
            if (auto bad = rules_.take(record_))
                return refuse(type, {ErrorKind::damage, std::move(*bad)});
        }
        start_payload(record_.payload_size);
    }

    /// Streams without per-record checksums have zeros there, in every record; newer ones never.
    /// The END of a package's header always has zeros.
    bool own_checksum_is_good(const codec::Fletcher4& own, RecordType type) {
        const bool none = own == codec::Fletcher4{};
        if (place_ == Place::package && none) return true;
        if (place_ == Place::stream && !has_checksums_) has_checksums_ = !none;
        const bool expect_none = place_ == Place::stream && !*has_checksums_;
        if (expect_none ? none : own == running_.sums()) return true;
        refuse(ErrorKind::damage,
               fmt::format("expected checksum {}, found {} (record type {}; the damage is in this "
                           "record or in the payload before it)",
                           expect_none ? "0/0/0/0" : running_.sums().text(), own.text(),
                           static_cast<std::uint32_t>(type)));
        return false;
    }

    void read_begin_record(Bytes header) {
        if (place_ != Place::start && place_ != Place::between)
            return refuse(ErrorKind::damage,
                          "expected the END of the stream before the next BEGIN");
        if (begin_byte_order(header) != order_)
            return refuse(ErrorKind::damage,
                          "expected the magic number 2f5bacbac in the byte order of the package");
        std::uint64_t payload_size = 0;
        auto begin = read_begin(header, order_, payload_size);
        if (!begin) return refuse(RecordType::begin, begin.error());
        if (const std::uint64_t unknown = begin->features & ~known_features(); unknown != 0) {
            const auto names = feature_names(unknown);
            return refuse(RecordType::begin,
                          {ErrorKind::unsupported,
                           fmt::format("the stream uses features that this version does not "
                                       "support ({} of them, the first is {})",
                                       names.size(), names.front())});
        }
        if (begin->compound && place_ == Place::between)
            return refuse(ErrorKind::damage,
                          "expected a stream in the package, found another package");
        begin->record_number = summary_.records;
        begin->position = boundary_;
        place_ = begin->compound ? Place::package : Place::stream;
        in_package_ = in_package_ || begin->compound;
        rules_ = StreamRules(*begin);
        has_checksums_.reset();
        running_ = {};
        running_.update(header, order_);
        record_ = {.type = RecordType::begin, .payload_size = payload_size};
        if (summary_.begins.size() < most_begins)
            summary_.begins.push_back(std::move(*begin));
        else
            ++summary_.begins_left_out;
        start_payload(payload_size);
    }

    /// END of a stream, or of a package's header: holds the checksum of everything before it. If it
    /// has no checksum of its own, its other bytes are not covered, but ZFS leaves them zero.
    bool end_is_good(Bytes header, const codec::Fletcher4& before, const codec::Fletcher4& own) {
        const codec::Fletcher4 found = read_checksum(header, end_checksum_offset, order_);
        const std::size_t used = place_ == Place::stream ? end_guid_offset + 8 : end_guid_offset;
        if (found != before)
            refuse(ErrorKind::damage,
                   fmt::format("END: expected the stream's checksum {}, found {}", before.text(),
                               found.text()));
        else if (own == codec::Fletcher4{} && !all_zero(header.subspan(used)))
            refuse(ErrorKind::damage, "END: expected zeros after its fields, found something else");
        return !error_;
    }

    void read_closing_end(Bytes header, RecordType type) {
        if (type != RecordType::end)
            return refuse(
                ErrorKind::damage,
                fmt::format(
                    "expected BEGIN or END between the streams of a package, found record type {}",
                    static_cast<std::uint32_t>(type)));
        if (!all_zero(header.subspan(4)))
            return refuse(
                ErrorKind::damage,
                "expected the package's closing END, all zeros, found something else in it");
        if (!summary_.first_stream())
            return refuse(ErrorKind::damage,
                          "expected a stream in the package, found its closing END");
        record_ = {.type = RecordType::end};
        start_payload(0);
    }

    void start_payload(std::uint64_t size) {
        payload_left_ = size;
        header_done_ = true;
    }

    void complete_record() {
        const auto type = static_cast<std::size_t>(record_.type);
        const std::uint64_t size = record_header_size + record_.payload_size;
        const Record record{summary_.records, boundary_,      size,          record_.type,
                            record_.object,   record_.offset, record_.length};
        ++summary_.count_by_type[type];
        summary_.payload_bytes_by_type[type] += record_.payload_size;
        ++summary_.records;
        summary_.bytes += size;
        boundary_ += size;
        boundary_checksum_ = running_.sums();
        boundary_rules_ = rules_;
        note_place();
        header_fill_ = 0;
        header_done_ = false;
        if (record_.type == RecordType::end) leave_stream();
        if (visitor_) visitor_(record);
    }

    /// Where zfs send could resume after this record, and the range of the next objects.
    void note_place() {
        using enum RecordType;
        resume_point_.reset();
        if (record_.type == write || record_.type == write_embedded)
            resume_point_ = ResumePoint{record_.object, record_.offset + record_.length};
        if (record_.type == object) resume_point_ = ResumePoint{record_.object, 0};
        if (record_.type == object_range) object_range_.assign(header_.begin(), header_.end());
        if (record_.type == begin) object_range_.clear();
    }

    void leave_stream() {
        if (place_ == Place::stream)
            summary_.end_checksum = read_checksum(header_, end_checksum_offset, order_);
        place_ = in_package_ && place_ != Place::between ? Place::between : Place::done;
    }

    RecordVisitor visitor_;
    std::optional<Error> error_;
    Place place_ = Place::start;
    std::endian order_ = std::endian::little;
    bool in_package_ = false;
    // of the stream's records; not known before the first of them
    std::optional<bool> has_checksums_;
    StreamRules rules_;
    StreamRules boundary_rules_ = rules_;  // after the last complete record
    codec::RunningFletcher4 running_;
    std::array<std::byte, record_header_size> header_{};
    std::size_t header_fill_ = 0;
    bool header_done_ = false;
    Header record_;
    std::uint64_t payload_left_ = 0;
    std::optional<ResumePoint> resume_point_;
    Buffer object_range_;
};

Checker::Checker(RecordVisitor visitor) : state_(std::make_unique<State>(std::move(visitor))) {}
Checker::Checker(const Checkpoint& place, RecordVisitor visitor)
    : state_(std::make_unique<State>(place, std::move(visitor))) {}
Checker::~Checker() = default;
Checker::Checker(Checker&&) noexcept = default;
Checker& Checker::operator=(Checker&&) noexcept = default;

Result<void> Checker::feed(Bytes bytes) { return state_->feed(bytes); }
Result<void> Checker::finish() { return state_->finish(); }
bool Checker::complete() const { return state_->complete(); }
std::uint64_t Checker::position() const { return state_->position_; }
std::uint64_t Checker::boundary() const { return state_->boundary_; }
bool Checker::boundary_is_proved() const { return state_->boundary_is_proved(); }
codec::Fletcher4 Checker::running_checksum() const { return state_->boundary_checksum_; }
std::optional<Checkpoint> Checker::checkpoint() const { return state_->checkpoint(); }
const Summary& Checker::summary() const { return state_->summary_; }

}  // namespace zg::stream
