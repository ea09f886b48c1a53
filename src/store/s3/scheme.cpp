#include "store/s3/scheme.hpp"

#include <memory>
#include <utility>

#include "base/result.hpp"
#include "store/open.hpp"
#include "store/s3/open.hpp"
#include "store/s3/options.hpp"
#include "store/s3/policy.hpp"
#include "store/schemes.hpp"
#include "store/store.hpp"
#include "store/url.hpp"

namespace zg::store {

namespace {

Result<void> check(const StoreUrl& url) {
    ZG_CHECK(read_s3_options(url));
    return {};
}

Result<std::unique_ptr<Store>> open(const StoreUrl& url, const OpenContext& context) {
    ZG_TRY(S3Options options, read_s3_options(url));
    return open_s3_store(std::move(options), context);
}

Result<AccessPolicies> policies(const StoreUrl& url, const RemovalScope& removals) {
    ZG_TRY(const S3Options options, read_s3_options(url));
    return s3_policies(options, removals);
}

}  // namespace

Scheme s3_scheme() {
    return {.name = "s3",
            .form = "s3://bucket/prefix",
            .options = s3_url_options(),
            .option_group = "S3 stores (also in the URL: ?class=GLACIER&region=…)",
            .check = check,
            .open = open,
            .policies = policies};
}

}  // namespace zg::store
