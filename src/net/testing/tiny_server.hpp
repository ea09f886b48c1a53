// An HTTP server on this machine whose answers a test controls byte by byte.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstddef>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/file.hpp"

namespace zg::net {

class TinyServer {
  public:
    /// A request as received.
    struct Seen {
        std::string head;
        std::string body;
        int connection = 0;  ///< from 1, in the order of arrival
        int number = 0;      ///< of the request on its connection, from 1
        [[nodiscard]] bool has(const std::string& line) const {
            return (head + "\r\n").find("\r\n" + line + "\r\n") != std::string::npos;
        }
    };
    enum class After { keep, close, hang };
    struct Reply {
        std::string raw;
        After after = After::keep;
    };
    using Handler = std::function<Reply(const Seen&)>;

    explicit TinyServer(Handler handler) : handler_(std::move(handler)) {
        listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) return;
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        ::listen(listener_.get(), 16);
        acceptor_ = std::thread([this] { accept_all(); });
    }
    ~TinyServer() {
        stopping_ = true;
        ::shutdown(listener_.get(), SHUT_RDWR);
        if (acceptor_.joinable()) acceptor_.join();
        for (Connection& connection : connections_) ::shutdown(connection.socket.get(), SHUT_RDWR);
        for (Connection& connection : connections_) connection.thread.join();
    }
    TinyServer(const TinyServer&) = delete;
    TinyServer& operator=(const TinyServer&) = delete;

    [[nodiscard]] std::string url(const std::string& path = "/") const {
        return "http://127.0.0.1:" + std::to_string(port_) + path;
    }
    [[nodiscard]] int accepted() const { return accepted_; }

    /// An answer with a Content-Length.
    static std::string whole(const std::string& status, const std::string& body,
                             const std::string& headers = "") {
        return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n" + headers + "\r\n" + body;
    }

  private:
    struct Connection {
        Fd socket;
        std::thread thread;
    };

    void accept_all() {
        for (;;) {
            Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!socket || stopping_) return;
            const int fd = socket.get();
            const int number = ++accepted_;
            connections_.push_back(
                {std::move(socket), std::thread([this, fd, number] { serve(fd, number); })});
        }
    }

    void serve(int fd, int connection) {
        std::string buffered;
        Seen seen{.head = {}, .body = {}, .connection = connection};
        while (read_request(fd, buffered, seen)) {
            ++seen.number;
            const Reply reply = handler_(seen);
            std::size_t sent = 0;
            while (sent < reply.raw.size()) {
                const ssize_t count =
                    ::send(fd, reply.raw.data() + sent, reply.raw.size() - sent, MSG_NOSIGNAL);
                if (count <= 0) return;
                sent += static_cast<std::size_t>(count);
            }
            if (reply.after == After::hang) wait_for_stop(fd);
            if (reply.after != After::keep) break;
        }
        ::shutdown(fd, SHUT_RDWR);
    }

    static bool fill(int fd, std::string& buffered) {
        char room[65536];
        const ssize_t count = ::recv(fd, room, sizeof room, 0);
        if (count <= 0) return false;
        buffered.append(room, static_cast<std::size_t>(count));
        return true;
    }

    static void wait_for_stop(int fd) {
        for (std::string ignored; fill(fd, ignored);) ignored.clear();
    }

    static bool read_request(int fd, std::string& buffered, Seen& seen) {
        std::size_t end = std::string::npos;
        while ((end = buffered.find("\r\n\r\n")) == std::string::npos) {
            if (!fill(fd, buffered)) return false;
            // A TLS greeting has no blank line to wait for.
            if (buffered.front() < 'A' || buffered.front() > 'Z') return false;
        }
        seen.head = buffered.substr(0, end);
        buffered.erase(0, end + 4);
        std::size_t length = 0;
        const std::string name = "\r\nContent-Length: ";
        if (const std::size_t at = seen.head.find(name); at != std::string::npos) {
            const char* text = seen.head.c_str() + at + name.size();
            std::from_chars(text, seen.head.c_str() + seen.head.size(), length);
        }
        while (buffered.size() < length) {
            if (!fill(fd, buffered)) return false;
        }
        seen.body = buffered.substr(0, length);
        buffered.erase(0, length);
        return true;
    }

    Handler handler_;
    Fd listener_;
    int port_ = 0;
    std::atomic<bool> stopping_ = false;
    std::atomic<int> accepted_ = 0;
    std::vector<Connection> connections_;
    std::thread acceptor_;
};

}  // namespace zg::net
