// The minimal IAM policies for a store.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"

namespace zg::ops {

/// Two JSON documents: what backups need, and what a restore needs.
struct Policies {
    std::string backup;
    std::string restore;
};

/// From the store's URL and options alone; sends no request. usage if the store is not in an S3
/// bucket. `versioned`: the bucket keeps versions, and backups may remove those that an unfinished
/// backup left.
Result<Policies> make_policies(const std::string& url,
                               const std::map<std::string, std::string>& options, bool versioned);

}  // namespace zg::ops
