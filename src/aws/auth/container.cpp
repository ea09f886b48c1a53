#include "aws/auth/container.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "aws/auth/credentials.hpp"
#include "aws/auth/credentials_source.hpp"
#include "aws/auth/credentials_text.hpp"
#include "base/bytes.hpp"
#include "base/environment.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "net/http.hpp"

namespace zg::aws {

namespace {

constexpr const char* endpoint_of_ecs = "http://169.254.170.2";
constexpr std::chrono::milliseconds time_limit{2000};
constexpr std::size_t token_limit = std::size_t{64} << 10U;
constexpr const char* relative_variable = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr const char* full_variable = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr const char* token_file_variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/// The authority's host, without brackets and port. Empty if it contains anything else, such as a
/// user name, because clients interpret that differently.
std::string host_of(std::string_view authority) {
    if (authority.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") !=
        std::string_view::npos)
        return {};
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        const bool ends_well = end != std::string_view::npos &&
                               (end + 1 == authority.size() || authority[end + 1] == ':');
        return ends_well ? std::string(authority.substr(1, end - 1)) : std::string();
    }
    return std::string(authority.substr(0, authority.find(':')));
}

bool same_ipv6(const in6_addr& address, const char* text) {
    in6_addr other{};
    return ::inet_pton(AF_INET6, text, &other) == 1 && IN6_ARE_ADDR_EQUAL(&address, &other);
}

bool host_allowed(const std::string& host) {
    in_addr v4{};
    if (::inet_pton(AF_INET, host.c_str(), &v4) == 1)
        return host.starts_with("127.") || host == "169.254.170.2" || host == "169.254.170.23";
    in6_addr v6{};
    if (::inet_pton(AF_INET6, host.c_str(), &v6) == 1)
        return same_ipv6(v6, "::1") || same_ipv6(v6, "fd00:ec2::23");
    return host == "localhost";
}

class ContainerSource final : public CredentialSource {
  public:
    ContainerSource(const Environment& environment, net::Http& http)
        : environment_(environment), http_(http) {}

    Result<Credentials> fetch() override {
        ZG_TRY(const std::string url, endpoint());
        ZG_TRY(const Secret token, authorization());
        net::Request request{.method = "GET",
                             .url = url,
                             .headers = {{"Accept", "application/json"}},
                             .timeout = time_limit};
        if (!token.empty()) request.headers.push_back({"Authorization", token.reveal()});
        auto response = http_.send(request);
        const std::string see_variable =
            fmt::format("check {} or {}", relative_variable, full_variable);
        if (!response) return fail(with_hint(std::move(response).error(), see_variable));
        const auto members = json_members(as_text(response->body));
        if (response->status != 200)
            return fail(status_error(response->status, members.value_or(Members{}), token));
        if (!members) return wrong("the answer is not a JSON object", see_variable);
        return credentials_of(*members, "Token", name());
    }
    [[nodiscard]] std::string name() const override { return "container endpoint"; }

  private:
    [[nodiscard]] std::unexpected<Error> wrong(std::string what, std::string hint,
                                               std::string cause = {}) const {
        return fail({.kind = ErrorKind::usage,
                     .what = std::move(what),
                     .where = name(),
                     .cause = std::move(cause),
                     .hint = std::move(hint)});
    }

    [[nodiscard]] Result<std::string> endpoint() const {
        if (const auto relative = environment_.get(relative_variable)) {
            // Without the slash, the rest could become part of the host.
            if (relative->starts_with('/')) return endpoint_of_ecs + *relative;
            return wrong(fmt::format("{} does not begin with '/'", relative_variable),
                         fmt::format("give a whole URL as {}", full_variable));
        }
        std::string full = environment_.get(full_variable).value_or("");
        if (container_url_allowed(full)) return full;
        return wrong(
            fmt::format("credentials must not be fetched from the URL in {}", full_variable),
            "it must be an https URL, or an http URL of this machine or of the container "
            "service (169.254.170.2, 169.254.170.23, "
            "[fd00:ec2::23])");
    }

    [[nodiscard]] Result<Secret> authorization() const {
        std::string token = environment_.get("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
        if (const auto file = environment_.get(token_file_variable)) {
            const auto content = read_file(*file, token_limit);
            if (!content)
                return wrong(fmt::format("cannot read the file of {}", token_file_variable),
                             "check that the file exists and is readable",
                             content.error().message());
            token = as_text(*content);
            while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
        }
        if (token.find_first_of("\r\n") != std::string::npos)
            return wrong("the container's authorization token contains a line feed",
                         "write the token as a single line");
        return Secret(std::move(token));
    }

    [[nodiscard]] Error status_error(int status, const Members& members,
                                     const Secret& token) const {
        std::string said;
        for (const char* name : {"code", "Code", "message", "Message"})
            if (const auto found = members.find(name); found != members.end())
                said += (said.empty() ? "" : ": ") + found->second;
        const bool passing = status >= 500 || status == 429 || status == 408;
        return {.kind = passing ? ErrorKind::unavailable : ErrorKind::refused,
                .what = fmt::format("the container's endpoint returned no credentials (HTTP {})",
                                    status),
                .where = name(),
                .cause = safe_text(said, {&token}),
                .hint = passing ? "try again later"
                                : "check that the task or pod has a role, and that the "
                                  "authorization token is correct"};
    }

    const Environment& environment_;
    net::Http& http_;
};

}  // namespace

bool container_configured(const Environment& environment) {
    return environment.get(relative_variable) || environment.get(full_variable);
}

bool container_url_allowed(const std::string& url) {
    if (url.starts_with("https://")) return true;
    constexpr std::string_view plain = "http://";
    if (!url.starts_with(plain)) return false;
    const std::string_view rest = std::string_view(url).substr(plain.size());
    return host_allowed(host_of(rest.substr(0, rest.find_first_of("/?#"))));
}

std::unique_ptr<CredentialSource> container_source(const Environment& environment,
                                                   net::Http& http) {
    return std::make_unique<ContainerSource>(environment, http);
}

}  // namespace zg::aws
