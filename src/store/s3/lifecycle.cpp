#include "store/s3/lifecycle.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "aws/s3/s3.hpp"
#include "store/s3/options.hpp"

namespace zg::store {

namespace {

// A full backup of 1 TB takes nine days at 10 Mbit/s, and each of its segments less than half an
// hour; but a machine may sleep over a weekend.
constexpr unsigned shortest_abort_days = 3;

bool touches(const aws::LifecycleRule& rule, const std::string& prefix) {
    return rule.prefix.starts_with(prefix) || prefix.starts_with(rule.prefix);
}

}  // namespace

std::vector<std::string> lifecycle_warnings(const std::vector<aws::LifecycleRule>& rules,
                                            const S3Options& options) {
    std::vector<std::string> warnings;
    const std::string prefix = options.key("");
    for (const aws::LifecycleRule& rule : rules) {
        if (!touches(rule, prefix)) continue;
        const std::string name = fmt::format("the bucket's lifecycle rule \"{}\"", rule.id);
        if (rule.expires)
            warnings.push_back(name +
                               " removes objects of this store: archives would be lost silently");
        if (rule.transitions)
            warnings.push_back(name +
                               " moves objects of this store to another class: cold manifests "
                               "cannot be read; set the class of segments with class= instead");
        if (rule.abort_uploads_after_days && *rule.abort_uploads_after_days < shortest_abort_days)
            warnings.push_back(
                fmt::format("{} aborts unfinished uploads after {} day{}: set it to {} or more",
                            name, *rule.abort_uploads_after_days,
                            *rule.abort_uploads_after_days == 1 ? "" : "s", shortest_abort_days));
    }
    return warnings;
}

}  // namespace zg::store
