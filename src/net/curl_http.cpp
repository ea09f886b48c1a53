#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/curl_error.hpp"
#include "net/http.hpp"

namespace zg::net {

namespace {

// Large enough that a part takes few system calls. Among sizes from 64 KiB to 2 MiB, the two
// largest took the least time: an 8 MiB part then takes about a quarter more than its bare send().
constexpr long upload_buffer = 1L << 20U;
constexpr long download_buffer = 256L << 10U;
// Small, so that none of several connections that share a low limit waits so long that it counts as
// stalled.
constexpr std::size_t limiter_step = std::size_t{16} << 10U;

struct EasyFree {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyFree>;

struct ListFree {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListFree>;

/// A running request, as seen by libcurl's callbacks.
struct Exchange {
    const Request& request;
    const HttpOptions& options;
    CURL* easy = nullptr;
    Response response{};
    std::size_t sent = 0;
    bool too_long = false;
    std::array<char, CURL_ERROR_SIZE> detail{};  // libcurl's error message

    [[nodiscard]] bool into_buffer() const {
        return !request.into.empty() && response.status >= 200 && response.status < 300;
    }

    std::size_t give(char* to, std::size_t room) {
        std::size_t count = std::min(room, request.body.size() - sent);
        if (count == 0) return 0;
        if (options.upload_limit != nullptr) {
            count = std::min(count, limiter_step);
            options.upload_limit->take(count);
        }
        std::memcpy(to, request.body.data() + sent, count);
        sent += count;
        return count;
    }

    std::size_t take(const char* from, std::size_t count) {
        if (options.download_limit != nullptr) options.download_limit->take(count);
        if (into_buffer()) {
            too_long = count > request.into.size() - response.received;
            if (too_long) return 0;
            std::memcpy(request.into.data() + response.received, from, count);
            response.received += count;
            return count;
        }
        too_long = response.body.size() + count > request.max_body;
        if (too_long) return 0;
        const Bytes bytes = as_bytes({from, count});
        response.body.insert(response.body.end(), bytes.begin(), bytes.end());
        return count;
    }

    std::size_t take_header(std::string_view line) {
        const std::size_t whole = line.size();
        while (line.ends_with('\r') || line.ends_with('\n')) line.remove_suffix(1);
        if (line.starts_with("HTTP/")) {
            // If there are several heads (100 Continue), the last one counts.
            response.headers.clear();
            long status = 0;
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
            response.status = static_cast<int>(status);
            return whole;
        }
        if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
            std::string_view value = line.substr(colon + 1);
            while (value.starts_with(' ')) value.remove_prefix(1);
            while (value.ends_with(' ')) value.remove_suffix(1);
            response.headers.push_back({std::string(line.substr(0, colon)), std::string(value)});
        }
        return whole;
    }
};

std::size_t on_read(char* to, std::size_t size, std::size_t count, void* exchange) {
    return static_cast<Exchange*>(exchange)->give(to, size * count);
}

std::size_t on_write(char* from, std::size_t size, std::size_t count, void* exchange) {
    return static_cast<Exchange*>(exchange)->take(from, size * count);
}

std::size_t on_header(char* from, std::size_t size, std::size_t count, void* exchange) {
    return static_cast<Exchange*>(exchange)->take_header({from, size * count});
}

int on_seek(void* exchange, curl_off_t offset, int origin) {
    auto& under_way = *static_cast<Exchange*>(exchange);
    const bool inside = origin == SEEK_SET && offset >= 0 &&
                        static_cast<std::uint64_t>(offset) <= under_way.request.body.size();
    if (!inside) return CURL_SEEKFUNC_FAIL;
    under_way.sent = static_cast<std::size_t>(offset);
    return CURL_SEEKFUNC_OK;
}

/// A child process started in the meantime must not keep the connection open.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) {
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

bool has_line_break(const Header& header) {
    return (header.name + header.value).find_first_of(std::string_view("\r\n\0", 3)) !=
           std::string::npos;
}

bool must_not_be_repeated(const Request& request) {
    return request.method == "POST" || find_header(request.headers, "If-None-Match");
}

class CurlHttp final : public Http {
  public:
    explicit CurlHttp(HttpOptions options) : options_(std::move(options)) {
        static std::once_flag once;
        std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    }

    Result<Response> send(const Request& request) override {
        if (const auto bad = std::ranges::find_if(request.headers, has_line_break);
            bad != request.headers.end())
            return fail({.kind = ErrorKind::internal,
                         .what = fmt::format("the header {} contains a line break", bad->name),
                         .where = shown_place(request.url)});
        Easy easy = take_handle();
        if (!easy)
            return fail({.kind = ErrorKind::internal, .what = "cannot create an HTTP connection"});
        Exchange exchange{.request = request, .options = options_, .easy = easy.get()};
        const HeaderList headers = prepare(exchange);
        const CURLcode code = curl_easy_perform(easy.get());
        auto result = conclude(code, exchange);
        curl_easy_reset(easy.get());
        give_back(std::move(easy));
        return result;
    }

  private:
    Easy take_handle() {
        {
            const std::lock_guard lock(mutex_);
            if (!idle_.empty()) {
                Easy easy = std::move(idle_.back());
                idle_.pop_back();
                return easy;
            }
        }
        return Easy(curl_easy_init());
    }

    void give_back(Easy easy) {
        const std::lock_guard lock(mutex_);
        idle_.push_back(std::move(easy));
    }

    HeaderList prepare(Exchange& exchange) const {
        CURL* easy = exchange.easy;
        const Request& request = exchange.request;
        curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
        curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange.detail.data());
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
        curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
        curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
        curl_easy_setopt(easy, CURLOPT_USERAGENT, options_.user_agent.c_str());
        if (!options_.no_proxy.empty())
            curl_easy_setopt(easy, CURLOPT_NOPROXY, options_.no_proxy.c_str());
        // If a kept connection closes without an answer, libcurl repeats the request on its own,
        // even if it was carried out.
        if (must_not_be_repeated(request)) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, download_buffer);
        curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, upload_buffer);
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT,
                         static_cast<long>(options_.connect_timeout.count()));
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
                         static_cast<long>(options_.stall_timeout.count()));
        if (request.timeout)
            curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                             std::max(1L, static_cast<long>(request.timeout->count())));
        if (!options_.ca_bundle.empty())
            curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_bundle.c_str());
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_write);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
        curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
        curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
        set_method(exchange);
        HeaderList headers = header_list(request);
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
        return headers;
    }

    static void set_method(Exchange& exchange) {
        CURL* easy = exchange.easy;
        const Request& request = exchange.request;
        if (request.method == "HEAD") {
            curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        } else if (!request.body.empty() || request.method == "PUT" || request.method == "POST") {
            curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
            curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE,
                             static_cast<curl_off_t>(request.body.size()));
            curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
            curl_easy_setopt(easy, CURLOPT_READDATA, &exchange);
            curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
            curl_easy_setopt(easy, CURLOPT_SEEKDATA, &exchange);
            curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
        } else {
            curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
            curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
        }
    }

    static HeaderList header_list(const Request& request) {
        HeaderList list;
        const auto append = [&](const std::string& line) {
            curl_slist* longer = curl_slist_append(list.get(), line.c_str());
            (void)list.release();
            list.reset(longer);
        };
        for (const Header& header : request.headers)
            append(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
        // Waiting for a "100 Continue", which many servers never send, would take a second for each
        // part.
        append("Expect:");
        return list;
    }

    Result<Response> conclude(CURLcode code, Exchange& exchange) {
        const bool before =
            exchange.response.status > 0 ? reached_.exchange(true) : reached_.load();
        if (code == CURLE_OK) return std::move(exchange.response);
        Error error = exchange.too_long ? too_long_error(exchange)
                                        : error_of(failure_of(code, exchange, before));
        if (!exchange.too_long && exchange.into_buffer() && exchange.response.received > 0) {
            exchange.response.cut = std::move(error);
            return std::move(exchange.response);
        }
        return fail(std::move(error));
    }

    static Error too_long_error(const Exchange& exchange) {
        return {.kind = ErrorKind::damage,
                .what = "the server's answer is longer than allowed",
                .where = shown_place(exchange.request.url)};
    }

    static CurlFailure failure_of(CURLcode code, const Exchange& exchange, bool reached) {
        curl_off_t ready = 0;
        curl_off_t total = 0;
        long os_error = 0;
        curl_easy_getinfo(exchange.easy, CURLINFO_OS_ERRNO, &os_error);
        curl_easy_getinfo(exchange.easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
        curl_easy_getinfo(exchange.easy, CURLINFO_TOTAL_TIME_T, &total);
        const auto& timeout = exchange.request.timeout;
        return {.code = code,
                .place = shown_place(exchange.request.url),
                .detail = exchange.detail.data(),
                .os_error = static_cast<int>(os_error),
                .connected = ready > 0,
                .overdue = timeout && std::chrono::microseconds(total) >= *timeout,
                .reached = reached};
    }

    HttpOptions options_;
    std::atomic<bool> reached_ = false;
    std::mutex mutex_;
    std::vector<Easy> idle_;
};

bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
    for (const Header& header : headers) {
        if (same_name(header.name, name)) return header.value;
    }
    return std::nullopt;
}

std::unique_ptr<Http> open_http(HttpOptions options) {
    return std::make_unique<CurlHttp>(std::move(options));
}

}  // namespace zg::net
