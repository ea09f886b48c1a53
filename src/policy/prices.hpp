// What thawing and fetching cost: a table of prices, read from a file, and the sums.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/environment.hpp"
#include "base/result.hpp"

namespace zg::policy {

struct Price {
    double dollars = 0;
    bool unverified = false;  ///< not compared with Amazon's pages of the table's date
    std::string source;
};

/// The prices of retrieval from one storage class with one tier.
struct RetrievalPrices {
    Price requests;  ///< per 1,000
    Price gb;
};

/// The tier that holds the price for reading a class that needs no thaw.
inline constexpr const char* read_tier = "read";

struct PriceTable {
    std::string file;  ///< empty: the built-in table
    std::string region;
    std::string date;
    double bytes_per_gb = 0;
    double days_per_month = 0;
    std::map<std::string, Price> storage;  ///< per GB and month, by class
    std::map<std::string, std::map<std::string, RetrievalPrices>> retrieval;  ///< by class and tier
    Price get_requests;                                                       ///< per 1,000
    Price egress;                                                             ///< per GB
    /// per month; shared by everything the account sends, so it is shown but never subtracted
    double free_egress_gb = 0;
};

/// Reads a table; usage, naming the field, if it is not a valid one. `where` is its file.
Result<PriceTable> parse_prices(Bytes text, const std::string& where);

/// The table in `file`; if that is empty, the one that ZGLACIER_PRICES names, else
/// /etc/zglacier/prices.json, else the built-in one.
Result<PriceTable> load_prices(const Environment& environment, const std::string& file);

/// What is charged for one storage class and tier.
struct Charge {
    std::string storage_class;
    std::string tier;             ///< read_tier if no thaw is needed
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
    bool unverified = false;            ///< some price in the sum is unverified
    std::vector<std::string> unpriced;  ///< charges that the table has no price for; not in the sum
    [[nodiscard]] double total() const {
        return retrieval_requests + retrieval_bytes + temporary_copy + get_requests + egress;
    }
};

Cost cost_of(const PriceTable& prices, const Charges& charges);

}  // namespace zg::policy
