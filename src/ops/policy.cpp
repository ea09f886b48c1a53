#include "ops/policy.hpp"

#include <map>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "catalog/object_names.hpp"
#include "store/schemes.hpp"
#include "store/url.hpp"

namespace zg::ops {

Result<Policies> make_policies(const std::string& url,
                               const std::map<std::string, std::string>& options, bool versioned) {
    ZG_TRY(store::StoreUrl parsed, store::parse_url(url));
    const auto scheme = store::find_scheme(parsed);
    if (!scheme || (*scheme)->policies == nullptr)
        return fail({.kind = ErrorKind::usage,
                     .what = "only a store in an S3 bucket has an IAM policy",
                     .where = url,
                     .hint = "zglacier policy --store s3://BUCKET/PREFIX; a folder needs only the "
                             "permissions of the user who runs zglacier"});
    for (const auto& [name, value] : options) parsed.options[name] = value;
    // Only segments of unfinished archives: a host that makes backups removes nothing else.
    ZG_TRY(store::AccessPolicies policies,
           (*scheme)->policies(
               parsed, {.names = std::string(catalog::segments_pattern), .versioned = versioned}));
    return Policies{std::move(policies.backup), std::move(policies.restore)};
}

}  // namespace zg::ops
