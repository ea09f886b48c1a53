// glacier://region/vault?account=-&endpoint=https://host: what it says.
#pragma once

#include <string>

#include "store/store.hpp"
#include "store/url.hpp"

namespace zg::store {

struct VaultOptions {
    std::string region;  ///< empty: as the AWS settings say
    std::string vault;   ///< empty: named after the dataset, see vault_for_dataset()
    std::string account = "-";
    std::string endpoint;  ///< empty: as the AWS settings say
    std::string profile;   ///< empty: as the environment says
    std::string topic;     ///< ARN of an SNS topic that is told when a job is done
};

/// The options that a URL can have, by name.
const std::vector<UrlOption>& vault_url_options();

/// usage, saying how it is written, for anything that cannot be. "glacier:" alone has neither
/// region nor vault.
Result<VaultOptions> read_vault_options(const StoreUrl& url);

/// "vat_testfs" for "vat/testfs": every character that a vault's name cannot have becomes '_', and
/// at most 255 of them stay.
std::string vault_for_dataset(std::string_view dataset);

/// Sizes and tiers. Source: Amazon S3 Glacier Developer Guide, "Uploading Large Archives in Parts"
/// and "Archive Retrieval Options".
Limits vault_limits();

}  // namespace zg::store
