// Anyone between us and Amazon, and any server that claims to speak S3, can answer anything: XML,
// JSON, headers, statuses. With any answer, a call ends with a valid result or an error that can be
// shown.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "answer_fixture.hpp"
#include "aws/auth/container.hpp"
#include "aws/auth/credentials.hpp"
#include "aws/auth/imds.hpp"
#include "aws/auth/sts.hpp"
#include "aws/glacier/glacier.hpp"
#include "aws/s3/s3.hpp"
#include "aws/sns/sns.hpp"
#include "base/bytes.hpp"
#include "base/environment.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/testing/manual_clock.hpp"
#include "codec/sha256.hpp"
#include "codec/tree_hash.hpp"
#include "net/http.hpp"
#include "store/vault/inventory.hpp"
#include "store/vault/names.hpp"

namespace {

using zg::Result;
using zg::fuzz::Call;
namespace aws = zg::aws;

constexpr std::string_view secret = "S3cr3tAccessKey";

/// Answers according to the input; never writes more than fits.
class Answers final : public zg::net::Http {
  public:
    explicit Answers(std::string_view script) : script_(script) {}

    Result<zg::net::Response> send(const zg::net::Request& request) override {
        if (over_)
            return zg::fail({.kind = zg::ErrorKind::unavailable, .what = "the connection was cut"});
        const std::size_t end = script_.find(zg::fuzz::between_answers);
        const std::string_view answer = script_.substr(0, end);
        over_ = end == std::string_view::npos;
        script_.remove_prefix(over_ ? script_.size() : end + 1);
        return respond(request, answer);
    }

  private:
    static Result<zg::net::Response> respond(const zg::net::Request& request,
                                             std::string_view answer) {
        zg::net::Response response{.status = 200};
        if (!answer.empty())
            response.status = zg::fuzz::statuses[static_cast<unsigned char>(answer.front()) %
                                                 std::size(zg::fuzz::statuses)];
        answer.remove_prefix(std::min<std::size_t>(1, answer.size()));
        while (!answer.empty()) {
            const std::string_view line = answer.substr(0, answer.find('\n'));
            answer.remove_prefix(std::min(answer.size(), line.size() + 1));
            if (line.empty()) break;
            const std::size_t colon = std::min(line.find(": "), line.size());
            response.headers.push_back(
                {std::string(line.substr(0, colon)),
                 std::string(line.substr(std::min(line.size(), colon + 2)))});
        }
        const bool into = !request.into.empty() && response.status < 300;
        if (answer.size() > (into ? request.into.size() : request.max_body))
            return zg::fail({.kind = zg::ErrorKind::damage, .what = "longer than allowed"});
        if (into) {
            std::ranges::copy(zg::as_bytes(answer), request.into.begin());
            response.received = answer.size();
        } else if (request.method != "HEAD") {
            response.body = zg::to_buffer(answer);
        }
        return response;
    }

    std::string_view script_;
    bool over_ = false;
};

class FixedKey final : public aws::CredentialProvider {
  public:
    Result<aws::Credentials> get() override {
        return aws::Credentials{.access_key_id = "KEY",
                                .secret_access_key = zg::Secret(std::string(secret))};
    }
    void refused(const aws::Credentials&) override {}
    [[nodiscard]] std::string source() const override { return "the fuzzer"; }
};

void check_error(const zg::Error& error) {
    if (error.what.empty() || (error.message() + error.hint).find(secret) != std::string::npos)
        std::abort();
}
template <class T>
void check(const Result<T>& result) {
    if (!result) check_error(result.error());
}

struct World {
    explicit World(std::string_view script) : http(script) {}
    Answers http;
    FixedKey credentials;
    zg::ManualClock clock;
    zg::NoLog log;
    zg::SystemRandom random;
    [[nodiscard]] aws::ClientContext context() {
        return {.http = http,
                .credentials = credentials,
                .clock = clock,
                .log = log,
                .random = random,
                .retry = {.budget = std::chrono::seconds(0)}};
    }
};

const zg::Buffer& body() {
    static const zg::Buffer bytes = zg::to_buffer("some bytes");
    return bytes;
}

void call_s3(World& world, Call call) {
    const auto s3 = aws::open_s3({.bucket = "bucket", .region = "eu-central-1"}, world.context());
    std::array<std::byte, 512> into{};
    switch (call) {
        case Call::s3_head_bucket:
            return check(s3->head_bucket());
        case Call::s3_create_upload:
            return check(s3->create_multipart_upload("key", {}));
        case Call::s3_upload_part:
            return check(s3->upload_part("key", "upload", 1, body(), zg::codec::sha256(body())));
        case Call::s3_complete_upload:
            return check(
                s3->complete_multipart_upload("key", "upload", {aws::PartReceipt{}}, true));
        case Call::s3_abort_upload:
            return check(s3->abort_multipart_upload("key", "upload"));
        case Call::s3_list_uploads:
            return check(s3->list_multipart_uploads("p"));
        case Call::s3_put:
            return check(s3->put_object("key", body(), {}, true));
        case Call::s3_get: {
            const auto size = s3->get_object("key", 7, into);
            if (size && *size > into.size()) std::abort();
            return check(size);
        }
        case Call::s3_get_whole: {
            const auto whole = s3->get_whole_object("key", 300);
            if (whole && whole->size() > 300) std::abort();
            return check(whole);
        }
        case Call::s3_head:
            return check(s3->head_object("key"));
        case Call::s3_attributes:
            return check(s3->get_object_attributes("key"));
        case Call::s3_list:
            return check(s3->list_objects("p"));
        case Call::s3_delete:
            return check(s3->delete_object("key", ""));
        case Call::s3_versions:
            return check(s3->list_versions("key"));
        case Call::s3_restore:
            return check(s3->restore_object("key", std::chrono::days{3}, "Bulk"));
        case Call::s3_lifecycle:
            return check(s3->get_lifecycle());
        default:
            return check(s3->versioning_enabled());
    }
}

void call_glacier(World& world, Call call) {
    const auto glacier = aws::open_glacier({}, world.context());
    std::array<std::byte, 512> into{};
    const auto digests = zg::codec::tree_hash(body());
    switch (call) {
        case Call::glacier_describe_vault:
            return check(glacier->describe_vault("vault"));
        case Call::glacier_list_vaults:
            return check(glacier->list_vaults());
        case Call::glacier_notifications:
            return check(glacier->get_notifications("vault"));
        case Call::glacier_policy:
            return check(glacier->get_access_policy("vault"));
        case Call::glacier_lock:
            return check(glacier->get_lock("vault"));
        case Call::glacier_tags:
            return check(glacier->list_tags("vault"));
        case Call::glacier_retrieval_policy:
            return check(glacier->get_retrieval_policy());
        case Call::glacier_upload_archive:
            return check(glacier->upload_archive("vault", body(), digests, "description"));
        case Call::glacier_initiate_upload:
            return check(glacier->initiate_upload("vault", 1U << 20U, "description"));
        case Call::glacier_complete_upload:
            return check(glacier->complete_upload("vault", "upload", 10, digests.tree));
        case Call::glacier_list_uploads:
            return check(glacier->list_uploads("vault"));
        case Call::glacier_list_parts:
            return check(glacier->list_parts("vault", "upload"));
        case Call::glacier_initiate_job:
            return check(glacier->initiate_job("vault", {}));
        case Call::glacier_describe_job:
            return check(glacier->describe_job("vault", "job"));
        case Call::glacier_list_jobs:
            return check(glacier->list_jobs("vault", ""));
        default: {
            const auto output = glacier->get_job_output("vault", "job", 0, into);
            if (output && output->received > into.size()) std::abort();
            return check(output);
        }
    }
}

void call_sns(World& world, Call call) {
    const auto sns = aws::open_sns({}, world.context());
    switch (call) {
        case Call::sns_create_topic:
            return check(sns->create_topic("topic"));
        case Call::sns_list_topics:
            return check(sns->list_topics());
        case Call::sns_subscribe:
            return check(sns->subscribe("arn", "email", "someone"));
        case Call::sns_list_subscriptions:
            return check(sns->list_subscriptions("arn"));
        default:
            return check(sns->get_policy("arn"));
    }
}

/// Calls that return keys: an answer without one is an error.
void call_for_keys(World& world, Call call) {
    const auto keys_are_whole = [](const aws::Credentials& got) {
        if (got.access_key_id.empty()) std::abort();
    };
    if (call == Call::sts_assume_role || call == Call::sts_web_identity) {
        aws::Sts sts(world.http, world.clock, {.url = "https://sts", .region = "us-east-1"},
                     "role r");
        const auto got =
            call == Call::sts_assume_role
                ? sts.assume_role({.role_arn = "arn", .session_name = "s"},
                                  *world.credentials.get())
                : sts.assume_role_with_web_identity({.role_arn = "arn", .session_name = "s"},
                                                    zg::Secret(std::string(secret)));
        if (got)
            keys_are_whole(*got);
        else
            check_error(got.error().error);
        return;
    }
    const zg::Environment environment({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/"},
                                       {"AWS_CONTAINER_AUTHORIZATION_TOKEN", std::string(secret)}});
    const auto source = call == Call::imds ? aws::imds_source(world.http, world.clock, {})
                                           : aws::container_source(environment, world.http);
    const auto got = source->fetch();
    if (got) keys_are_whole(*got);
    check(got);
}

void read_description(std::string_view text) {
    const auto mark = zg::store::parse_description(text);
    if (mark && zg::store::parse_description(zg::store::describe(*mark)) != mark) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto call = static_cast<Call>(data[0] % static_cast<unsigned>(Call::count));
    const std::string_view script = zg::as_text(std::as_bytes(std::span(data + 1, size - 1)));
    // The server's own text may be repeated.
    if (script.find(secret) != std::string_view::npos) return 0;
    World world(script);
    if (call <= Call::s3_versioning)
        call_s3(world, call);
    else if (call <= Call::glacier_job_output)
        call_glacier(world, call);
    else if (call <= Call::sns_get_policy)
        call_sns(world, call);
    else if (call <= Call::container)
        call_for_keys(world, call);
    else if (call == Call::inventory)
        check(zg::store::parse_inventory(zg::as_bytes(script)));
    else
        read_description(script);
    return 0;
}
