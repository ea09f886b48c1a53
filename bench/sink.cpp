// sink PORT: answers uploads to S3 and to Glacier vaults and does nothing else: reads and discards
// each body, so that only the client is measured. It supports the S3 calls of upload commands:
// CreateMultipartUpload, UploadPart, CompleteMultipartUpload, PutObject, HEAD of objects that were
// put. Of Glacier: CreateVault, DescribeVault, InitiateMultipartUpload, UploadMultipartPart,
// CompleteMultipartUpload, UploadArchive, DeleteArchive, and empty lists. It accepts every tree
// hash.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

struct Request {
    std::string method;
    std::string path;
    std::string query;
    std::map<std::string, std::string> headers;
    std::uint64_t length = 0;
};

/// The sizes of objects that were put, by path, for HEAD; and the existing vaults.
class Sizes {
  public:
    void add_part(const std::string& path, std::uint64_t bytes) {
        const std::lock_guard lock(mutex_);
        under_way_[path] += bytes;
    }
    void complete(const std::string& path) {
        const std::lock_guard lock(mutex_);
        sizes_[path] = std::exchange(under_way_[path], 0);
    }
    void put(const std::string& path, std::uint64_t bytes) {
        const std::lock_guard lock(mutex_);
        sizes_[path] = bytes;
    }
    std::uint64_t operator[](const std::string& path) {
        const std::lock_guard lock(mutex_);
        const auto found = sizes_.find(path);
        return found != sizes_.end() ? found->second : UINT64_MAX;
    }

  private:
    std::mutex mutex_;
    std::map<std::string, std::uint64_t> sizes_;
    std::map<std::string, std::uint64_t> under_way_;
};

class Connection {
  public:
    Connection(int fd, Sizes& sizes) : fd_(fd), sizes_(sizes), buffer_(std::size_t{1} << 20U) {}
    ~Connection() { ::close(fd_); }
    Connection(const Connection&) = delete;

    void serve() {
        Request request;
        while (read_head(request)) {
            if (request.headers["expect"] == "100-continue") send("HTTP/1.1 100 Continue\r\n\r\n");
            if (!drop(request.length)) return;
            answer(request);
            request = {};
        }
    }

  private:
    bool fill() {
        const ssize_t got = ::recv(fd_, buffer_.data() + end_, buffer_.size() - end_, 0);
        if (got <= 0) return false;
        end_ += static_cast<std::size_t>(got);
        return true;
    }

    bool read_head(Request& request) {
        for (;;) {
            const std::string_view have(buffer_.data(), end_);
            const std::size_t head = have.find("\r\n\r\n");
            if (head != std::string_view::npos) {
                parse(have.substr(0, head), request);
                std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(head + 4),
                          buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
                end_ -= head + 4;
                return true;
            }
            if (end_ == buffer_.size() || !fill()) return false;
        }
    }

    static void parse(std::string_view head, Request& request) {
        const std::string_view line = head.substr(0, head.find("\r\n"));
        const std::size_t first = line.find(' ');
        const std::size_t second = line.find(' ', first + 1);
        const std::string_view target = line.substr(first + 1, second - first - 1);
        request.method = line.substr(0, first);
        request.path = target.substr(0, target.find('?'));
        if (const std::size_t question = target.find('?'); question != std::string_view::npos)
            request.query = target.substr(question + 1);
        std::size_t at = line.size() + 2;
        while (at < head.size()) {
            const std::string_view field = head.substr(at, head.find("\r\n", at) - at);
            const std::size_t colon = field.find(':');
            std::string name(field.substr(0, colon));
            std::ranges::transform(name, name.begin(), [](unsigned char c) {
                return static_cast<char>(std::tolower(c));
            });
            std::string_view value = field.substr(std::min(colon + 1, field.size()));
            while (value.starts_with(' ')) value.remove_prefix(1);
            request.headers[name] = value;
            at += field.size() + 2;
        }
        const std::string& length = request.headers["content-length"];
        std::from_chars(length.data(), length.data() + length.size(), request.length);
    }

    bool drop(std::uint64_t length) {
        const std::uint64_t here = std::min<std::uint64_t>(length, end_);
        std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(here),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
        end_ -= here;
        for (std::uint64_t rest = length - here; rest > 0;) {
            // MSG_TRUNC drops TCP bytes in the kernel, without a copy.
            const ssize_t got = ::recv(fd_, buffer_.data(),
                                       std::min<std::uint64_t>(rest, buffer_.size()), MSG_TRUNC);
            if (got <= 0) return false;
            rest -= static_cast<std::uint64_t>(got);
        }
        return true;
    }

    void answer(Request& request) {
        request.headers.contains("x-amz-glacier-version") ? answer_glacier(request)
                                                          : answer_s3(request);
    }

    void answer_s3(const Request& request) {
        const bool part = request.query.find("partNumber=") != std::string::npos;
        if (request.method == "PUT") {
            part ? sizes_.add_part(request.path, request.length)
                 : sizes_.put(request.path, request.length);
            return send(
                "HTTP/1.1 200 OK\r\nETag: \"0123456789abcdef0123456789abcdef\"\r\nContent-Length: "
                "0\r\n\r\n");
        }
        if (request.method == "POST" && request.query.starts_with("uploads"))
            return xml(
                "<InitiateMultipartUploadResult><UploadId>upload</UploadId></"
                "InitiateMultipartUploadResult>");
        if (request.method == "POST") {
            sizes_.complete(request.path);
            return xml(
                "<CompleteMultipartUploadResult><ETag>\"0123456789abcdef0123456789abcdef-1\"</"
                "ETag></CompleteMultipartUploadResult>");
        }
        if (request.method == "HEAD" && sizes_[request.path] != UINT64_MAX)
            return send(
                "HTTP/1.1 200 OK\r\nLast-Modified: Mon, 23 Nov 2026 00:00:00 GMT\r\nETag: "
                "\"0123456789abcdef0123456789abcdef-1\"\r\nContent-Length: " +
                std::to_string(sizes_[request.path]) + "\r\n\r\n");
        if (request.method == "GET" && request.query.find("list-type") != std::string::npos)
            return xml("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
        if (request.method == "GET" && request.query.find("uploads") != std::string::npos)
            return xml(
                "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></"
                "ListMultipartUploadsResult>");
        if (request.method == "GET" && request.path.ends_with("/zglacier.json"))
            return body(
                R"({"format":"zglacier-store","version":1,"id":"0123456789abcdef0123456789abcdef",)"
                R"("created":"2026-11-23T00:00:00Z","options":{"class":"STANDARD"},)"
                "\"recipients\":[],\"passphrase\":false,\n"
                " \"sha256\": "
                "\"a0214f4b65941992fec6a5990728370d94047ffa2a2b6726cf6f7331f94331fd\"\n}\n",
                "200 OK", "application/json");
        body("<Error><Code>NoSuchKey</Code><Message>none</Message></Error>", "404 Not Found",
             "application/xml", request.method == "HEAD");
    }

    void answer_glacier(Request& request) {
        const std::string tree_hash =
            "x-amz-sha256-tree-hash: " + request.headers["x-amz-sha256-tree-hash"] + "\r\n";
        const bool whole = request.path.ends_with("/archives");
        const bool in_parts = request.path.find("/multipart-uploads") != std::string::npos;
        if (request.method == "DELETE") return empty("204 No Content", "");
        if (request.method == "GET" && in_parts)
            return body(R"({"Marker":null,"UploadsList":[]})", "200 OK", "application/json");
        if (request.method == "GET" && request.path.ends_with("/jobs"))
            return body(R"({"Marker":null,"JobList":[]})", "200 OK", "application/json");
        if (request.method == "PUT" && in_parts) return empty("204 No Content", tree_hash);
        if (request.method == "POST" && request.path.ends_with("/multipart-uploads"))
            return empty("201 Created", "Location: " + request.path +
                                            "/upload\r\nx-amz-multipart-upload-id: upload\r\n");
        if (request.method == "POST" && (whole || in_parts))
            return empty("201 Created", tree_hash + "Location: " + request.path +
                                            "\r\nx-amz-archive-id: archive\r\n");
        if (request.method == "PUT") {
            sizes_.put(request.path, 0);
            return empty("201 Created", "Location: " + request.path + "\r\n");
        }
        if (request.method == "GET" && sizes_[request.path] != UINT64_MAX)
            return body(
                R"({"VaultARN":"arn:aws:glacier:us-east-1:012345678901:vaults/bench","VaultName":"bench","CreationDate":"2026-11-23T00:00:00.000Z","NumberOfArchives":0,"SizeInBytes":0})",
                "200 OK", "application/json");
        body(R"({"code":"ResourceNotFoundException","message":"none","type":"Client"})",
             "404 Not Found", "application/json");
    }

    /// `headers`: each with a line end.
    void empty(const std::string& status, const std::string& headers) {
        send("HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: 0\r\n\r\n");
    }
    void xml(const std::string& text) {
        body("<?xml version=\"1.0\"?>\n" + text, "200 OK", "application/xml");
    }
    void body(const std::string& text, const std::string& status, const std::string& type,
              bool head_only = false) {
        send("HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " +
             std::to_string(text.size()) + "\r\n\r\n" + (head_only ? "" : text));
    }
    void send(const std::string& text) {
        (void)!::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    }

    int fd_;
    Sizes& sizes_;
    std::vector<char> buffer_;
    std::size_t end_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener, 64) != 0) {
        std::perror("sink");
        return 1;
    }
    socklen_t size = sizeof address;
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    static Sizes sizes;
    for (;;) {
        const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) continue;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        std::thread([fd] { Connection(fd, sizes).serve(); }).detach();
    }
}
