// Jobs: requests whose result is available hours later.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/auth/sigv4.hpp"
#include "aws/glacier/calls.hpp"
#include "aws/glacier/glacier.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/sha256.hpp"
#include "net/http.hpp"

namespace zg::aws {

namespace {

using Json = nlohmann::json;

std::string iso_time(TimePoint time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

Json body_of(const JobRequest& request) {
    Json body{
        {"Type", request.type == JobType::archive ? "archive-retrieval" : "inventory-retrieval"}};
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) body[name] = value;
    };
    add("ArchiveId", request.archive_id);
    add("Tier", request.tier);
    add("Description", request.description);
    add("SNSTopic", request.sns_topic);
    add("Format", request.format);
    if (request.range)
        body["RetrievalByteRange"] =
            fmt::format("{}-{}", request.range->first, request.range->last);
    Json inventory = Json::object();
    if (request.created_from) inventory["StartDate"] = iso_time(*request.created_from);
    if (request.created_before) inventory["EndDate"] = iso_time(*request.created_before);
    if (request.limit) inventory["Limit"] = fmt::format("{}", *request.limit);
    if (!request.marker.empty()) inventory["Marker"] = request.marker;
    if (!inventory.empty()) body["InventoryRetrievalParameters"] = std::move(inventory);
    return body;
}

Job job_of(const Json& json) {
    Job job{.id = text_of(json, "JobId"),
            .type = text_of(json, "Action") == "InventoryRetrieval" ? JobType::inventory
                                                                    : JobType::archive,
            .archive_id = text_of(json, "ArchiveId"),
            .description = text_of(json, "JobDescription"),
            .created = time_of(json, "CreationDate").value_or(TimePoint{}),
            .completed = json.value("Completed", Json(false)) == Json(true),
            .completed_at = time_of(json, "CompletionDate"),
            .status = text_of(json, "StatusCode"),
            .message = text_of(json, "StatusMessage"),
            .tree_hash = digest_of(json, "SHA256TreeHash"),
            .archive_tree_hash = digest_of(json, "ArchiveSHA256TreeHash"),
            .range = parse_range(text_of(json, "RetrievalByteRange")),
            .tier = text_of(json, "Tier"),
            .sns_topic = text_of(json, "SNSTopic")};
    job.size = number_of(
        json, job.type == JobType::archive ? "ArchiveSizeInBytes" : "InventorySizeInBytes");
    if (const auto inventory = json.find("InventoryRetrievalParameters");
        inventory != json.end() && inventory->is_object()) {
        job.format = text_of(*inventory, "Format");
        job.next_marker = text_of(*inventory, "Marker");
    }
    return job;
}

/// The size after the '/' of "bytes 0-9/100"; `otherwise` if there is no such header.
std::uint64_t whole_size(const net::Response& response, std::uint64_t otherwise) {
    const auto range = net::find_header(response.headers, "Content-Range");
    const std::size_t slash = range ? range->find('/') : std::string_view::npos;
    if (slash == std::string_view::npos) return otherwise;
    std::uint64_t size = otherwise;
    std::from_chars(range->data() + slash + 1, range->data() + range->size(), size);
    return size;
}

// The service's clock and this machine's may differ by this.
constexpr std::chrono::minutes clock_slack{1};

}  // namespace

Result<std::optional<std::string>> GlacierCalls::find_job(const std::string& vault,
                                                          const JobRequest& request,
                                                          TimePoint begun) {
    ZG_TRY(const std::vector<Job> jobs, list_jobs(vault, ""));
    for (const Job& job : jobs) {
        const bool same = job.type == request.type && job.archive_id == request.archive_id &&
                          job.description == request.description;
        if (same && job.created + clock_slack >= begun) return job.id;
    }
    return std::nullopt;
}

Result<std::string> GlacierCalls::initiate_job(const std::string& vault,
                                               const JobRequest& request) {
    GlacierCall initiate = on(vault, "POST", "glacier:InitiateJob", "/jobs");
    const std::string body = to_text(body_of(request));
    initiate.body = as_bytes(body);
    initiate.headers.push_back({"Content-Type", "application/json"});
    const TimePoint begun = http_.clock().now();
    bool again = false;
    return http_.retrying([&]() -> Result<std::string> {
        if (std::exchange(again, true)) {
            ZG_TRY(auto found, find_job(vault, request, begun));
            if (found) return std::move(*found);
        }
        ZG_TRY(const net::Response response, call_once(initiate));
        return required_header(response, "x-amz-job-id", initiate.where);
    });
}

Result<Job> GlacierCalls::describe_job(const std::string& vault, const std::string& job_id) {
    ZG_TRY(const Json json,
           call_json(on(vault, "GET", "glacier:DescribeJob", "/jobs/" + uri_encode(job_id))));
    return job_of(json);
}

Result<std::vector<Job>> GlacierCalls::list_jobs(const std::string& vault,
                                                 const std::string& status) {
    GlacierCall list = on(vault, "GET", "glacier:ListJobs", "/jobs");
    if (!status.empty()) list.query = {{"statuscode", status}};
    ZG_TRY(const auto entries, list_pages(list, "JobList"));
    std::vector<Job> jobs;
    for (const Json& entry : entries) jobs.push_back(job_of(entry));
    return jobs;
}

Result<JobOutput> GlacierCalls::get_job_output(const std::string& vault, const std::string& job_id,
                                               std::uint64_t offset, MutableBytes into) {
    GlacierCall get =
        on(vault, "GET", "glacier:GetJobOutput", "/jobs/" + uri_encode(job_id) + "/output");
    get.headers = {{"Range", fmt::format("bytes={}-{}", offset, offset + into.size() - 1)}};
    get.into = into;
    get.also = 416;  // after the end
    ZG_TRY(const net::Response response,
           call(get, [&](net::Response answer) -> Result<net::Response> {
               // The whole output would be mistaken for the requested part.
               if (answer.status == 200 && offset > 0)
                   return fail({.kind = ErrorKind::unavailable,
                                .what = "the service ignores the requested range",
                                .where = get.where});
               if (answer.received == 0 && answer.cut) return fail(*answer.cut);
               return answer;
           }));
    if (response.status == 416) return JobOutput{.received = 0, .size = whole_size(response, 0)};
    JobOutput output{.received = response.received,
                     .size = whole_size(response, response.received)};
    if (const auto hash = net::find_header(response.headers, "x-amz-sha256-tree-hash"))
        output.tree_hash = codec::Sha256Digest::from_hex(*hash);
    if (const auto type = net::find_header(response.headers, "Content-Type"))
        output.content_type = *type;
    return output;
}

}  // namespace zg::aws
