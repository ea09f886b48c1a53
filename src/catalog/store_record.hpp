// The store's own record, which `init` writes. Format: doc/format.md.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace zg::catalog {

struct StoreRecord {
    std::string id;  ///< 32 hexadecimal digits
    TimePoint created{};
    /// The options of the store's URL that every later run must keep to, such as the storage class.
    std::map<std::string, std::string> options{};
    /// Whom archives are encrypted to ("age1…"); a store with any, or with `passphrase`, takes no
    /// unencrypted ones.
    std::vector<std::string> recipients{};
    bool passphrase = false;  ///< archives are encrypted with a passphrase

    [[nodiscard]] bool encrypted() const { return passphrase || !recipients.empty(); }
};

std::string to_json(const StoreRecord& record);
/// Errors as parse_record().
Result<StoreRecord> parse_store_record(Bytes text);

}  // namespace zg::catalog
