// What a thaw and a fetch cost: a table of prices, which is a file, and the sums.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace zg::policy {

struct Price {
    double dollars = 0;
    bool unverified = false;  ///< nobody has compared it with Amazon's pages of the table's date
    std::string source;
};

/// Of one way to retrieve from one storage class.
struct RetrievalPrices {
    Price requests;  ///< for 1,000
    Price gb;
};

/// The tier under which a class that needs no thaw has its price for reading.
inline constexpr const char* read_tier = "read";

struct PriceTable {
    std::string file;  ///< empty: the one built in
    std::string region;
    std::string date;
    double bytes_per_gb = 0;
    double days_per_month = 0;
    std::map<std::string, Price> storage;  ///< for a GB and month, by class
    std::map<std::string, std::map<std::string, RetrievalPrices>> retrieval;  ///< by class and tier
    Price get_requests;                                                       ///< for 1,000
    Price egress;                                                             ///< for a GB
    /// a month; for all that the account sends, so it is told and never taken off
    double free_egress_gb = 0;
};

/// Reads a table; usage, naming the field, where it is none. `where` is its file.
Result<PriceTable> parse_prices(Bytes text, const std::string& where);

/// The table in `file`; where that is empty, the one that ZGLACIER_PRICES names, else
/// /etc/zglacier/prices.json, else the one built in.
Result<PriceTable> load_prices(const std::string& file);

/// What is to be paid for, summed up for one storage class and tier.
struct Charge {
    std::string storage_class;
    std::string tier;             ///< read_tier where no thaw is needed
    std::uint64_t requests = 0;   ///< to thaw, or to prolong
    std::uint64_t retrieved = 0;  ///< bytes
    double kept_byte_days = 0;    ///< of the temporary copies
};

struct Charges {
    std::vector<Charge> retrieval;
    std::uint64_t get_requests = 0;
    std::uint64_t egress = 0;  ///< bytes
};

/// In dollars.
struct Cost {
    double retrieval_requests = 0;
    double retrieval_bytes = 0;
    double temporary_copy = 0;
    double get_requests = 0;
    double egress = 0;
    bool unverified = false;            ///< a price that it is made of is
    std::vector<std::string> unpriced;  ///< what the table has no price for, and the sum leaves out
    [[nodiscard]] double total() const {
        return retrieval_requests + retrieval_bytes + temporary_copy + get_requests + egress;
    }
};

Cost cost_of(const PriceTable& prices, const Charges& charges);

}  // namespace zg::policy
