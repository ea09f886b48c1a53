// The options of glacier://region/vault?account=-&endpoint=https://host.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/store.hpp"
#include "store/url.hpp"

namespace zg::store {

struct VaultOptions {
    std::string region;  ///< empty: from the AWS settings
    std::string vault;   ///< empty: named after the dataset, see vault_for_dataset()
    std::string account = "-";
    std::string endpoint;  ///< empty: from the AWS settings
    std::string profile;   ///< empty: from the environment
    std::string topic;     ///< ARN of an SNS topic that is notified when a job is done
};

/// The options that a URL can have, by name.
const std::vector<UrlOption>& vault_url_options();

/// usage, with the valid form, for invalid options. "glacier:" alone has neither region nor vault.
Result<VaultOptions> read_vault_options(const StoreUrl& url);

/// "vat_testfs" for "vat/testfs": characters that a vault's name cannot have become '_', and at
/// most 255 characters are kept.
std::string vault_for_dataset(std::string_view dataset);

/// Sizes and tiers. Source: Amazon S3 Glacier Developer Guide, "Uploading Large Archives in Parts"
/// and "Archive Retrieval Options".
Limits vault_limits();

}  // namespace zg::store
