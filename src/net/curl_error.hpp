// Turns libcurl's codes into errors with hints.
#pragma once

#include <curl/curl.h>

#include <string>

#include "base/result.hpp"

namespace zg::net {

/// The facts about a failed exchange.
struct CurlFailure {
    CURLcode code = CURLE_OK;
    std::string place{};     ///< "https://host:port"
    std::string detail{};    ///< libcurl's message; may be empty
    int os_error = 0;        ///< errno of the failed connection attempt
    bool connected = false;  ///< the connection was established, including TLS
    bool overdue = false;    ///< the exchange took longer than the request allows
    /// something was reached through the same Http before, so the settings are correct
    bool reached = false;
};

/// The error as documented at Http::send().
Error error_of(const CurlFailure& failure);

/// The part of a URL that may be shown: "https://host:port".
std::string shown_place(const std::string& url);

}  // namespace zg::net
