// A vault of test/fake_aws, and everything that a test needs to access it.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "aws/auth/signed_http.hpp"
#include "aws/glacier/glacier.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/retry_policy.hpp"
#include "fake_server.hpp"
#include "net/http.hpp"
#include "store/store.hpp"
#include "store/vault/index.hpp"
#include "store/vault/options.hpp"
#include "store/vault/vault_store.hpp"

namespace zg::test {

/// A store in the vault "fix"; its index is the file `index`.
struct VaultClient {
    VaultClient(const std::string& endpoint, const std::string& file, Clock& clock,
                net::HttpOptions http_options = {}, RetryPolicy retry = no_retries)
        : http(net::open_http(std::move(http_options))) {
        auto opened = store::VaultIndex::open(file);
        if (!opened) throw std::runtime_error(opened.error().message());
        index = opened->get();
        auto calls = aws::open_glacier({.endpoint = endpoint}, {.http = *http,
                                                                .credentials = credentials,
                                                                .clock = signing_clock,
                                                                .log = log,
                                                                .random = random,
                                                                .retry = retry});
        glacier = calls.get();
        store::VaultOptions options;
        options.vault = "fix";
        store = store::make_vault_store(std::move(options), std::move(calls), std::move(*opened),
                                        clock, log);
    }
    SystemClock signing_clock;
    SystemRandom random;
    KeptLog log;
    std::unique_ptr<net::Http> http;
    FixedCredentials credentials;
    store::VaultIndex* index = nullptr;  // the store's
    aws::Glacier* glacier = nullptr;     // the store's
    std::unique_ptr<store::Store> store;
};

}  // namespace zg::test
