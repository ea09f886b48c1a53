#include "policy/prices.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <expected>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/result.hpp"

namespace zg::policy {

extern const std::string_view embedded_prices;  // data/prices.json

namespace {

using Json = nlohmann::json;

constexpr std::size_t largest_table = std::size_t{1} << 20U;
constexpr int newest_format = 1;
constexpr const char* system_file = "/etc/zglacier/prices.json";
// The class in which the copy of a thawed segment is charged.
constexpr const char* copied_class = "STANDARD";

/// Reads the table and keeps the first error.
class TableReader {
  public:
    /// The member `key` of `object`, which must be of a type that `is` accepts; null if it is not.
    const Json& member(const Json& object, const std::string& key,
                       bool (Json::*is)() const noexcept, const char* expected) {
        static const Json nothing;
        path_.push_back(key);
        const auto found = object.is_object() ? object.find(key) : object.end();
        const bool good = object.is_object() && found != object.end() && ((*found).*is)();
        if (!good) wrong(expected);
        path_.pop_back();
        return good ? *found : nothing;
    }

    std::string text(const Json& object, const std::string& key) {
        const Json& field = member(object, key, &Json::is_string, "a text");
        return field.is_string() ? field.get<std::string>() : std::string{};
    }

    double number(const Json& object, const std::string& key) {
        const Json& field = member(object, key, &Json::is_number, "a number");
        const double value = field.is_number() ? field.get<double>() : 0;
        if (std::isfinite(value) && value >= 0 && value < 1e15) return value;
        path_.push_back(key);
        wrong("a number that is not negative");
        path_.pop_back();
        return 0;
    }

    Price price(const Json& object, const std::string& key, const char* amount = "dollars") {
        const Json& field =
            member(object, key, &Json::is_object, "an object with dollars and source");
        if (!field.is_object()) return {};
        path_.push_back(key);
        Price price{
            .dollars = number(field, amount), .unverified = false, .source = text(field, "source")};
        if (field.contains("unverified"))
            price.unverified =
                member(field, "unverified", &Json::is_boolean, "true or false") == Json(true);
        path_.pop_back();
        return price;
    }

    /// Calls `take(name, value)` for each member of the object `key`.
    template <class Take>
    void each(const Json& object, const std::string& key, Take take) {
        const Json& field = member(object, key, &Json::is_object, "an object");
        if (!field.is_object()) return;
        path_.push_back(key);
        each_of(field, take);
        path_.pop_back();
    }
    template <class Take>
    void each_of(const Json& object, Take take) {
        if (!object.is_object()) return wrong("an object");
        for (const auto& [name, value] : object.items()) {
            path_.push_back(name);
            take(name, value);
            path_.pop_back();
        }
    }

    void wrong(const std::string& expected) {
        if (!error_.empty()) return;
        std::string place;
        for (const std::string& step : path_) place += (place.empty() ? "" : ".") + step;
        error_ = fmt::format("\"{}\" must be {}", place, expected);
    }

    [[nodiscard]] const std::string& error() const { return error_; }

  private:
    std::vector<std::string> path_;
    std::string error_;
};

std::unexpected<Error> bad_table(const std::string& where, std::string what) {
    return fail({.kind = ErrorKind::usage,
                 .what = "invalid table of prices: " + std::move(what),
                 .where = where,
                 .hint = "see data/prices.json in zglacier's source for the form; name another "
                         "file with --prices FILE or ZGLACIER_PRICES"});
}

bool is_date(const std::string& text) {
    constexpr std::string_view form = "0000-00-00";
    return text.size() == form.size() && std::ranges::equal(text, form, [](char c, char f) {
               return f == '0' ? c >= '0' && c <= '9' : c == f;
           });
}

void read_table(TableReader& reader, const Json& json, PriceTable& table) {
    table.region = reader.text(json, "region");
    table.date = reader.text(json, "date");
    table.bytes_per_gb = reader.number(json, "bytes_per_gb");
    table.days_per_month = reader.number(json, "days_per_month");
    reader.each(json, "storage", [&](const std::string& name, const Json& prices) {
        table.storage[name] = reader.price(prices, "per_gb_month");
    });
    reader.each(json, "retrieval", [&](const std::string& name, const Json& tiers) {
        auto& of_class = table.retrieval[name];
        reader.each_of(tiers, [&](const std::string& tier, const Json& prices) {
            of_class[tier] = {.requests = reader.price(prices, "per_1000_requests"),
                              .gb = reader.price(prices, "per_gb")};
        });
    });
    const Json& get = reader.member(json, "get_requests", &Json::is_object, "an object");
    if (get.is_object()) table.get_requests = reader.price(get, "per_1000");
    const Json& egress = reader.member(json, "egress", &Json::is_object, "an object");
    if (!egress.is_object()) return;
    table.egress = reader.price(egress, "per_gb");
    if (egress.contains("free_gb_per_month"))
        table.free_egress_gb = reader.price(egress, "free_gb_per_month", "gb").dollars;
}

/// Computes the sum, and notes charges without a price.
class Sum {
  public:
    explicit Sum(const PriceTable& prices) : prices_(prices) {}

    void add(double& to, double amount, const Price& price) {
        if (amount <= 0) return;
        to += amount * price.dollars;
        cost.unverified = cost.unverified || (price.unverified && price.dollars > 0);
    }

    void retrieval(const Charge& charge) {
        const RetrievalPrices* prices = find(charge);
        if (prices != nullptr) {
            add(cost.retrieval_requests, static_cast<double>(charge.requests) / 1000,
                prices->requests);
            add(cost.retrieval_bytes, static_cast<double>(charge.retrieved) / prices_.bytes_per_gb,
                prices->gb);
        } else if (charge.tier != read_tier) {
            unpriced(
                fmt::format("retrieval from {} by tier {}", charge.storage_class, charge.tier));
        }
        if (charge.kept_byte_days <= 0) return;
        const auto copy = prices_.storage.find(copied_class);
        if (copy == prices_.storage.end()) return unpriced("the temporary copy, in class STANDARD");
        add(cost.temporary_copy,
            charge.kept_byte_days / prices_.bytes_per_gb / prices_.days_per_month, copy->second);
    }

    Cost cost;

  private:
    [[nodiscard]] const RetrievalPrices* find(const Charge& charge) const {
        const auto of_class = prices_.retrieval.find(charge.storage_class);
        if (of_class == prices_.retrieval.end()) return nullptr;
        const auto of_tier = of_class->second.find(charge.tier);
        return of_tier == of_class->second.end() ? nullptr : &of_tier->second;
    }
    void unpriced(std::string what) {
        if (std::ranges::find(cost.unpriced, what) == cost.unpriced.end())
            cost.unpriced.push_back(std::move(what));
    }

    const PriceTable& prices_;
};

}  // namespace

Result<PriceTable> parse_prices(Bytes text, const std::string& where) {
    const Json json = Json::parse(as_text(text), nullptr, false);
    if (!json.is_object()) return bad_table(where, "it is not a JSON object");
    PriceTable table;
    table.file = where;
    TableReader reader;
    const double format = reader.number(json, "format");
    if (reader.error().empty() && format != newest_format)
        return bad_table(where, fmt::format("it is of format {}, and this program reads format {}",
                                            format, newest_format));
    const std::string currency = reader.text(json, "currency");
    read_table(reader, json, table);
    if (!reader.error().empty()) return bad_table(where, reader.error());
    if (currency != "USD") return bad_table(where, "\"currency\" must be USD");
    if (!is_date(table.date)) return bad_table(where, "\"date\" must be a day such as 2026-11-23");
    if (table.bytes_per_gb < 1)
        return bad_table(where, "\"bytes_per_gb\" must be 1000000000 or 1073741824");
    if (table.days_per_month < 1) return bad_table(where, "\"days_per_month\" must be 28 to 31");
    return table;
}

Result<PriceTable> load_prices(const Environment& environment, const std::string& file) {
    std::string path = file.empty() ? environment.get("ZGLACIER_PRICES").value_or("") : file;
    if (path.empty() && ::access(system_file, F_OK) == 0) path = system_file;
    if (path.empty()) {
        ZG_TRY(PriceTable table, parse_prices(as_bytes(embedded_prices), "the built-in table"));
        table.file.clear();
        return table;
    }
    auto text = read_file(path, largest_table);
    if (text) return parse_prices(*text, path);
    Error error = std::move(text.error());
    error.kind = ErrorKind::usage;
    error.hint =
        "name the table of prices with --prices FILE or ZGLACIER_PRICES; without both, the "
        "built-in one is used";
    return fail(std::move(error));
}

Cost cost_of(const PriceTable& prices, const Charges& charges) {
    Sum sum(prices);
    for (const Charge& charge : charges.retrieval) sum.retrieval(charge);
    sum.add(sum.cost.get_requests, static_cast<double>(charges.get_requests) / 1000,
            prices.get_requests);
    sum.add(sum.cost.egress, static_cast<double>(charges.egress) / prices.bytes_per_gb,
            prices.egress);
    return std::move(sum.cost);
}

}  // namespace zg::policy
