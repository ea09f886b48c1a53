#include "stream/checker.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "stream/header.hpp"

namespace zg::stream {

namespace {

constexpr std::size_t most_begins = 100'000;

std::string checksum_text(const Fletcher4& sums) { return fmt::format("{:x}/{:x}/{:x}/{:x}", sums.a, sums.b, sums.c, sums.d); }

}  // namespace

const Begin* Summary::first_stream() const {
    const auto found = std::ranges::find(begins, false, &Begin::compound);
    return found == begins.end() ? nullptr : &*found;
}

bool Summary::has_data() const {
    using enum RecordType;
    return std::ranges::any_of(std::array{object, write, write_byref, spill, write_embedded, redact},
                               [this](RecordType type) { return count_by_type[static_cast<std::size_t>(type)] > 0; });
}

/// The state machine. A stream is BEGIN, records, END; a package is a compound BEGIN, an END of its own, streams, and a closing END of zeros.
class Checker::State {
  public:
    explicit State(RecordVisitor visitor) : visitor_(std::move(visitor)) {}

    Result<void> feed(Bytes bytes) {
        if (error_) return fail(*error_);
        while (!bytes.empty()) {
            const std::size_t used = payload_left_ > 0 ? take_payload(bytes) : take_header(bytes);
            position_ += used;
            bytes = bytes.subspan(used);
            if (header_fill_ == record_header_size && !header_done_) read_record();
            if (error_) return fail(*error_);
            if (header_done_ && payload_left_ == 0) complete_record();
        }
        return {};
    }

    Result<void> finish() {
        if (!error_ && !complete()) {
            const char* expected = place_ == Place::start     ? "expected a send stream, found no byte"
                                   : header_fill_ > 0         ? "expected the rest of this record, found the end of the stream"
                                   : place_ == Place::package ? "expected the END of the package's header, found the end of the stream"
                                   : place_ == Place::between ? "expected the END of the package, found the end of the stream"
                                                              : "expected an END record, found the end of the stream";
            refuse(ErrorKind::damage, expected);
        }
        if (error_) return fail(*error_);
        return {};
    }

    [[nodiscard]] bool complete() const { return place_ == Place::done && header_fill_ == 0 && !error_; }

    std::uint64_t position_ = 0;
    std::uint64_t boundary_ = 0;
    Fletcher4 running_;
    Summary summary_;

  private:
    enum class Place { start, package, between, stream, done };

    std::size_t take_header(Bytes bytes) {
        if (place_ == Place::done && header_fill_ == 0) {
            refuse(ErrorKind::damage, "expected nothing behind the END of the stream, found more bytes");
            return 0;
        }
        const std::size_t count = std::min(record_header_size - header_fill_, bytes.size());
        std::copy_n(bytes.begin(), count, header_.begin() + static_cast<std::ptrdiff_t>(header_fill_));
        header_fill_ += count;
        return count;
    }

    /// Adds payload to the running checksum, by whole words: a piece may end in the middle of one.
    std::size_t take_payload(Bytes bytes) {
        const std::size_t count = std::min<std::uint64_t>(payload_left_, bytes.size());
        Bytes piece = bytes.first(count);
        while (word_fill_ > 0 && !piece.empty()) {
            word_[word_fill_++] = piece.front();
            piece = piece.subspan(1);
            if (word_fill_ == word_.size()) {
                running_.update(word_, order_);
                word_fill_ = 0;
            }
        }
        const std::size_t whole = piece.size() / word_.size() * word_.size();
        running_.update(piece.first(whole), order_);
        for (const std::byte byte : piece.subspan(whole)) word_[word_fill_++] = byte;
        payload_left_ -= count;
        return count;
    }

    void refuse(ErrorKind kind, std::string what) {
        error_ = Error{.kind = kind, .what = fmt::format("record {} at byte {}: {}", summary_.records, boundary_, what)};
    }

    void read_record() {
        const Bytes header(header_);
        if (place_ == Place::start) {
            const auto order = begin_byte_order(header);
            if (!order) return refuse(ErrorKind::damage, "expected a BEGIN record with the magic number 2f5bacbac; this is no zfs send stream");
            order_ = *order;
        }
        const std::uint32_t type = raw_type(header, order_);
        if (type == static_cast<std::uint32_t>(RecordType::begin)) return read_begin_record(header);
        if (place_ == Place::between) {
            if (type != static_cast<std::uint32_t>(RecordType::end))
                return refuse(ErrorKind::damage, fmt::format("expected BEGIN or END between the streams of a package, found record type {}", type));
            return read_closing_end(header);
        }
        const Fletcher4 before = running_;
        running_.update(header.first(checksum_offset), order_);
        const Fletcher4 own = read_checksum(header, checksum_offset, order_);
        if (!own_checksum_is_good(own, type)) return;
        running_.update(header.subspan(checksum_offset), order_);
        if (type >= record_type_count) return refuse(ErrorKind::unsupported, fmt::format("record type {} is not known to this version", type));
        auto read = read_header(header, order_);
        if (!read) return refuse(ErrorKind::damage, fmt::format("{}: {}", record_type_name(static_cast<RecordType>(type)), read.error()));
        record_ = *read;
        if (record_.type == RecordType::end) return read_end(header, before);
        if (place_ == Place::package)
            return refuse(ErrorKind::damage, fmt::format("expected END behind the package's header, found {}", record_type_name(record_.type)));
        if (!guid_is_good()) return;
        start_payload(record_.payload_size);
    }

    /// Streams from before per-record checksums have zeros there, in every record; newer ones never. The END of a package's header has zeros in all.
    bool own_checksum_is_good(const Fletcher4& own, std::uint32_t type) {
        const bool none = own == Fletcher4{};
        if (place_ == Place::package && none) return true;
        if (place_ == Place::stream && !has_checksums_) has_checksums_ = !none;
        const bool expect_none = place_ == Place::stream && has_checksums_ == false;
        if (expect_none ? none : own == running_) return true;
        refuse(ErrorKind::damage, fmt::format("expected checksum {}, found {} (record type {}; the damage lies in this record or in the payload before it)",
                                              expect_none ? "0/0/0/0" : checksum_text(running_), checksum_text(own), type));
        return false;
    }

    void read_begin_record(Bytes header) {
        if (place_ != Place::start && place_ != Place::between)
            return refuse(ErrorKind::damage, "expected the END of the stream before the next BEGIN");
        const auto order = begin_byte_order(header);
        if (order != order_) return refuse(ErrorKind::damage, "expected the magic number 2f5bacbac in the byte order of the package");
        std::uint64_t payload_size = 0;
        auto begin = read_begin(header, order_, payload_size);
        if (!begin) return refuse(ErrorKind::damage, "BEGIN: " + begin.error());
        if (const std::uint64_t unknown = begin->features & ~known_features(); unknown != 0)
            return refuse(ErrorKind::unsupported, fmt::format("BEGIN: the stream uses features that this version does not know ({:#x})", unknown));
        if (begin->compound && place_ == Place::between) return refuse(ErrorKind::damage, "expected a stream in the package, found another package");
        begin->record_number = summary_.records;
        begin->position = boundary_;
        place_ = begin->compound ? Place::package : Place::stream;
        in_package_ = in_package_ || begin->compound;
        stream_guid_.reset();
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

    /// All records of a stream name one guid. It is BEGIN's, but in the stream of a half-received dataset (zfs send --saved), whose records name the
    /// unfinished dataset's own.
    bool guid_is_good() {
        if (!stream_guid_) stream_guid_ = record_.to_guid;
        if (record_.to_guid == *stream_guid_) return true;
        refuse(ErrorKind::damage, fmt::format("{}: expected the guid {} of the records before it, found {}", record_type_name(record_.type), *stream_guid_, record_.to_guid));
        return false;
    }

    /// END of a stream, or of a package's header: holds the checksum of all before it.
    void read_end(Bytes header, const Fletcher4& before) {
        const Fletcher4 told = read_checksum(header, 8, order_);
        if (told != before)
            return refuse(ErrorKind::damage, fmt::format("END: expected the stream's checksum {}, found {}", checksum_text(before), checksum_text(told)));
        if (place_ == Place::stream) {
            if (!guid_is_good()) return;
            summary_.end_checksum = told;
        }
        place_ = in_package_ ? Place::between : Place::done;
        header_done_ = true;
    }

    void read_closing_end(Bytes header) {
        if (std::ranges::any_of(header.subspan(4), [](std::byte byte) { return byte != std::byte{0}; }))
            return refuse(ErrorKind::damage, "expected the package's closing END, all zeros, found something else in it");
        record_ = {.type = RecordType::end};
        place_ = Place::done;
        header_done_ = true;
    }

    void start_payload(std::uint64_t size) {
        payload_left_ = size;
        header_done_ = true;
    }

    void complete_record() {
        if (word_fill_ > 0) return refuse(ErrorKind::damage, "expected a payload of whole 32-bit words");
        const auto type = static_cast<std::size_t>(record_.type);
        const std::uint64_t size = record_header_size + record_.payload_size;
        if (visitor_)
            visitor_({summary_.records, boundary_, size, record_.type, record_.object, record_.offset, record_.length});
        ++summary_.count_by_type[type];
        summary_.payload_bytes_by_type[type] += record_.payload_size;
        ++summary_.records;
        summary_.bytes += size;
        boundary_ += size;
        header_fill_ = 0;
        header_done_ = false;
    }

    RecordVisitor visitor_;
    std::optional<Error> error_;
    Place place_ = Place::start;
    std::endian order_ = std::endian::little;
    bool in_package_ = false;
    std::optional<bool> has_checksums_;  // of the stream's records; not known before the first of them
    std::optional<std::uint64_t> stream_guid_;  // of the stream's records; not known before the first of them
    std::array<std::byte, record_header_size> header_{};
    std::size_t header_fill_ = 0;
    bool header_done_ = false;
    Header record_;
    std::uint64_t payload_left_ = 0;
    std::array<std::byte, 4> word_{};
    std::size_t word_fill_ = 0;
};

Checker::Checker(RecordVisitor visitor) : state_(std::make_unique<State>(std::move(visitor))) {}
Checker::~Checker() = default;
Checker::Checker(Checker&&) noexcept = default;
Checker& Checker::operator=(Checker&&) noexcept = default;

Result<void> Checker::feed(Bytes bytes) { return state_->feed(bytes); }
Result<void> Checker::finish() { return state_->finish(); }
bool Checker::complete() const { return state_->complete(); }
std::uint64_t Checker::position() const { return state_->position_; }
std::uint64_t Checker::boundary() const { return state_->boundary_; }
Fletcher4 Checker::running_checksum() const { return state_->running_; }
const Summary& Checker::summary() const { return state_->summary_; }

}  // namespace zg::stream
