// Reads a send stream and reports what it holds.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/io.hpp"
#include "base/result.hpp"

namespace zg::ops {

/// The content of a BEGIN record.
struct InspectedStream {
    std::uint64_t record = 0;    ///< its number
    std::uint64_t position = 0;  ///< its offset in bytes
    std::string kind;            ///< "full", "incremental", or "package" of several streams
    std::string name;            ///< "pool/fs@snapshot"
    std::uint64_t to_guid = 0;
    std::uint64_t from_guid = 0;  ///< 0 for a full stream
    bool is_clone = false;
    std::string dataset_type;         ///< "filesystem", "volume", or empty
    std::string byte_order;           ///< "little" or "big"
    std::uint64_t creation_time = 0;  ///< of the snapshot, seconds since 1970
    std::uint32_t flags = 0;
    std::uint64_t features = 0;              ///< as bits
    std::vector<std::string> feature_names;  ///< the same, by ZFS's names
};

/// One record, once its checksum is verified.
struct InspectedRecord {
    std::uint64_t number = 0;
    std::uint64_t position = 0;  ///< offset in the stream, bytes
    std::string type;            ///< "WRITE"
    std::uint64_t size = 0;      ///< bytes, with its payload
    std::uint64_t object = 0;
    std::uint64_t offset = 0;  ///< in the object, bytes
    std::uint64_t length = 0;  ///< bytes
};

/// All records of one type.
struct InspectedType {
    std::string type;
    std::uint64_t count = 0;
    std::uint64_t payload_bytes = 0;
};

struct InspectReport {
    std::uint64_t bytes = 0;
    std::uint64_t records = 0;
    std::vector<InspectedStream> streams;
    std::vector<InspectedType> types;  ///< those that occur
    std::optional<Error> error;  ///< what is wrong with the stream; everything before it is sound
};

using InspectVisitor = std::function<void(const InspectedRecord&)>;

/// Reads `source` to its end, or to the first thing that is wrong; `visitor` may be empty. Fails
/// only if the source cannot be read.
Result<InspectReport> inspect_stream(Source& source, const InspectVisitor& visitor);

}  // namespace zg::ops
