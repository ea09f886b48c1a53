// Shared by answer_fuzz and its seeds: the calls whose answers are read, and how an input
// determines the server's answers.
//
// An input: a byte that names the call, modulo Call::count; then the answers to its requests, with
// the byte 0x1e between two. Each answer: a byte that names the status in `statuses`, lines "Name:
// value", an empty line, the body. Requests after the last answer are not answered: the connection
// breaks.
#pragma once

#include <cstdint>

namespace zg::fuzz {

enum class Call : std::uint8_t {
    s3_head_bucket,
    s3_create_upload,
    s3_upload_part,
    s3_complete_upload,
    s3_abort_upload,
    s3_list_uploads,
    s3_put,
    s3_get,
    s3_get_whole,
    s3_head,
    s3_attributes,
    s3_list,
    s3_delete,
    s3_versions,
    s3_restore,
    s3_lifecycle,
    s3_versioning,
    glacier_describe_vault,
    glacier_list_vaults,
    glacier_notifications,
    glacier_policy,
    glacier_lock,
    glacier_tags,
    glacier_retrieval_policy,
    glacier_upload_archive,
    glacier_initiate_upload,
    glacier_complete_upload,
    glacier_list_uploads,
    glacier_list_parts,
    glacier_initiate_job,
    glacier_describe_job,
    glacier_list_jobs,
    glacier_job_output,
    sns_create_topic,
    sns_list_topics,
    sns_subscribe,
    sns_list_subscriptions,
    sns_get_policy,
    sts_assume_role,
    sts_web_identity,
    imds,
    container,
    inventory,
    description,
    count
};

inline constexpr int statuses[] = {200, 201, 202, 204, 206, 301, 307, 400,
                                   403, 404, 409, 412, 416, 429, 500, 503};
inline constexpr char between_answers = '\x1e';

}  // namespace zg::fuzz
