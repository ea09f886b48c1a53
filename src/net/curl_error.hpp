// From libcurl's codes to errors that a person can act on.
#pragma once

#include <curl/curl.h>

#include <string>

#include "base/result.hpp"

namespace zg::net {

/// What is known of an exchange that came to nothing.
struct CurlFailure {
    CURLcode code = CURLE_OK;
    std::string place{};     ///< "https://host:port"
    std::string detail{};    ///< libcurl's own words; may be empty
    int os_error = 0;        ///< errno of the connection that could not be made
    bool connected = false;  ///< the connection stood, TLS included
    bool overdue = false;    ///< the whole took longer than the request allows
    /// something was reached through the same Http before, so the settings are good
    bool reached = false;
};

/// As Http::send() promises.
Error error_of(const CurlFailure& failure);

/// "https://host:port" of a URL: what may be shown of it.
std::string shown_place(const std::string& url);

}  // namespace zg::net
