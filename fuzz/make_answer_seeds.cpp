// make_answer_seeds FOLDER: writes valid answers of each service, as first inputs of the fuzzer.
#include <cstddef>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>
#include <vector>

#include "answer_fixture.hpp"
#include "base/bytes.hpp"
#include "store/vault/names.hpp"

namespace {

using zg::fuzz::Call;

struct Seed {
    Call call;
    std::vector<std::string> answers;
};

std::string status(int wanted) {
    for (std::size_t i = 0; i < std::size(zg::fuzz::statuses); ++i)
        if (zg::fuzz::statuses[i] == wanted) return std::string(1, static_cast<char>(i));
    return std::string(1, '\0');
}
std::string ok(const std::string& body, const std::string& headers = "") {
    return status(200) + headers + "\n" + body;
}

const std::string error =
    status(503) +
    "\n<Error><Code>SlowDown</Code><Message>m</Message><RequestId>r</RequestId></Error>";
const std::string redirect =
    status(301) +
    "x-amz-bucket-region: "
    "eu-west-1\n\n<Error><Code>PermanentRedirect</Code><Endpoint>e</Endpoint></Error>";
const std::string refusal =
    status(400) +
    "x-amzn-RequestId: "
    "r\n\n{\"code\":\"InvalidParameterValueException\",\"message\":\"m\",\"type\":\"Client\"}";
const std::string digest(64, 'a');

std::vector<Seed> s3_seeds() {
    return {
        {Call::s3_head_bucket, {redirect}},
        {Call::s3_create_upload, {ok("<R><UploadId>u</UploadId></R>")}},
        {Call::s3_upload_part, {ok("", "ETag: \"e\"\nx-amz-checksum-sha256: aaaa\n")}},
        {Call::s3_complete_upload,
         {ok("<R><ETag>\"e-1\"</ETag><ChecksumSHA256>aaaa-1</ChecksumSHA256></R>")}},
        {Call::s3_complete_upload, {ok("<Error><Code>InternalError</Code></Error>")}},
        {Call::s3_list_uploads,
         {ok("<R><IsTruncated>true</IsTruncated><NextKeyMarker>p</"
             "NextKeyMarker><NextUploadIdMarker>2</NextUploadIdMarker><Upload><Key>p</"
             "Key><UploadId>1</UploadId>"
             "<Initiated>2026-11-23T02:00:00.000Z</Initiated></Upload></R>"),
          ok("<R><IsTruncated>false</IsTruncated></R>")}},
        {Call::s3_put, {error}},
        {Call::s3_get, {status(206) + "Content-Range: bytes 7-10/11\n\nbody"}},
        {Call::s3_get_whole,
         {ok("body", "Content-Length: 4\nx-amz-checksum-sha256: aaaa\nETag: \"e\"\n")}},
        {Call::s3_head,
         {ok("",
             "Content-Length: 4\nx-amz-storage-class: GLACIER\nx-amz-restore: "
             "ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2026 00:00:00 "
             "GMT\"\nx-amz-meta-a: b\n")}},
        {Call::s3_attributes,
         {ok("<R><Checksum><ChecksumSHA256>aaaa</ChecksumSHA256></Checksum><ObjectSize>9</"
             "ObjectSize><ObjectParts><TotalPartsCount>1</TotalPartsCount></ObjectParts></R>")}},
        {Call::s3_list,
         {ok("<R><EncodingType>url</EncodingType><IsTruncated>true</"
             "IsTruncated><NextContinuationToken>t</NextContinuationToken><Contents><Key>p%2Fa+b</"
             "Key><Size>9</Size>"
             "<LastModified>2026-11-23T02:00:00.000Z</LastModified><StorageClass>DEEP_ARCHIVE</"
             "StorageClass></Contents></R>"),
          ok("<R><IsTruncated>false</IsTruncated></R>")}},
        {Call::s3_versions,
         {ok("<R><IsTruncated>true</IsTruncated><NextKeyMarker>key</"
             "NextKeyMarker><NextVersionIdMarker>v</NextVersionIdMarker><Version><Key>key</"
             "Key><VersionId>1</VersionId></Version></R>"),
          ok("<R><DeleteMarker><Key>key</Key><VersionId>2</VersionId></DeleteMarker></R>")}},
        {Call::s3_restore, {status(202) + "\n"}},
        {Call::s3_lifecycle,
         {ok("<R><Rule><ID>i</ID><Filter><And><Prefix>p</Prefix></And></Filter><Status>Enabled</"
             "Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation>"
             "</AbortIncompleteMultipartUpload><Transition/></Rule></R>")}},
        {Call::s3_versioning, {ok("<V><Status>Enabled</Status></V>")}},
    };
}

std::vector<Seed> glacier_seeds() {
    const std::string vault =
        R"({"CreationDate":"2026-11-23T02:00:00.000Z","LastInventoryDate":null,)"
        R"("NumberOfArchives":1,"SizeInBytes":9,"VaultARN":"arn:aws:glacier:r:1:vaults/v","VaultName":"v"})";
    const std::string job =
        R"({"Action":"ArchiveRetrieval","ArchiveId":"a","ArchiveSizeInBytes":9,)"
        R"("ArchiveSHA256TreeHash":")" +
        digest +
        R"(","Completed":true,"CompletionDate":"2026-11-23T02:00:00.000Z",)"
        R"("CreationDate":"2026-11-23T01:00:00.000Z","JobDescription":"d","JobId":"j",)"
        R"("RetrievalByteRange":"0-8","SHA256TreeHash":")" +
        digest +
        R"(","StatusCode":"Succeeded","StatusMessage":"Succeeded","Tier":"Bulk","VaultARN":"v"})";
    return {
        {Call::glacier_describe_vault, {ok(vault)}},
        {Call::glacier_list_vaults,
         {ok(R"({"Marker":"m","VaultList":[)" + vault + "]}"),
          ok(R"({"Marker":null,"VaultList":[]})")}},
        {Call::glacier_notifications,
         {ok(R"({"SNSTopic":"arn","Events":["ArchiveRetrievalCompleted"]})")}},
        {Call::glacier_policy, {ok(R"({"Policy":"{}"})")}},
        {Call::glacier_lock,
         {ok(R"({"Policy":"{}","State":"InProgress","ExpirationDate":"2026-11-23T02:00:00.000Z","CreationDate":"2026-11-23T02:00:00.000Z"})")}},
        {Call::glacier_tags, {ok(R"({"Tags":{"a":"b"}})")}},
        {Call::glacier_retrieval_policy,
         {ok(R"({"Policy":{"Rules":[{"Strategy":"BytesPerHour","BytesPerHour":9}]}})")}},
        {Call::glacier_upload_archive,
         {status(201) + "x-amz-archive-id: a\nx-amz-sha256-tree-hash: " + digest + "\n\n"}},
        {Call::glacier_initiate_upload, {status(201) + "x-amz-multipart-upload-id: u\n\n"}},
        {Call::glacier_complete_upload,
         {status(201) + "x-amz-archive-id: a\nx-amz-sha256-tree-hash: " + digest + "\n\n"}},
        {Call::glacier_list_uploads,
         {ok(R"({"Marker":"m","UploadsList":[{"ArchiveDescription":"d",)"
             R"("CreationDate":"2026-11-23T02:00:00.000Z","MultipartUploadId":"u","PartSizeInBytes":1048576,"VaultARN":"v"}]})"),
          ok(R"({"Marker":null,"UploadsList":[]})")}},
        {Call::glacier_list_parts,
         {ok(R"({"ArchiveDescription":"d","Marker":null,"MultipartUploadId":"u","PartSizeInBytes":1048576,)"
             R"("Parts":[{"RangeInBytes":"0-1048575","SHA256TreeHash":")" +
             digest + R"("}]})")}},
        {Call::glacier_initiate_job, {status(202) + "x-amz-job-id: j\n\n"}},
        {Call::glacier_describe_job, {ok(job)}},
        {Call::glacier_list_jobs,
         {ok(R"({"Marker":"m","JobList":[)" + job + "]}"), ok(R"({"Marker":null,"JobList":[]})")}},
        {Call::glacier_job_output,
         {status(206) + "Content-Range: bytes 0-3/4\nx-amz-sha256-tree-hash: " + digest +
          "\nContent-Type: application/json\n\nbody"}},
        {Call::glacier_list_vaults, {refusal}},
    };
}

std::vector<Seed> other_seeds() {
    const std::string keys =
        R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-23T09:00:00Z"})";
    const std::string role =
        "Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s</"
        "SecretAccessKey><SessionToken>t</SessionToken><Expiration>2026-11-23T09:00:00Z</"
        "Expiration></Credentials>";
    const zg::store::VaultMark segment{
        .name = "archives/20261123T020000Z-0011223344556677-aabbccdd/000001.zfs.zst"};
    const auto pieces = zg::store::make_pieces(
        "zglacier.json", 7, zg::as_bytes(std::string_view("{\"format\": \"zglacier-store\"}")));
    return {
        {Call::sns_create_topic,
         {ok("<R><CreateTopicResult><TopicArn>arn</TopicArn></CreateTopicResult></R>")}},
        {Call::sns_list_topics,
         {ok("<R><ListTopicsResult><Topics><member><TopicArn>arn</TopicArn></member></"
             "Topics><NextToken>n</NextToken></ListTopicsResult></R>"),
          ok("<R/>")}},
        {Call::sns_subscribe,
         {ok("<R><SubscribeResult><SubscriptionArn>pending "
             "confirmation</SubscriptionArn></SubscribeResult></R>")}},
        {Call::sns_list_subscriptions,
         {ok("<R><ListSubscriptionsByTopicResult><Subscriptions><member><TopicArn>a</"
             "TopicArn><Protocol>email</Protocol><SubscriptionArn>PendingConfirmation</"
             "SubscriptionArn><Owner>1</Owner>"
             "<Endpoint>e</Endpoint></member></Subscriptions></ListSubscriptionsByTopicResult></"
             "R>")}},
        {Call::sns_get_policy,
         {ok("<R><GetTopicAttributesResult><Attributes><entry><key>Policy</key><value>{}</value></"
             "entry></Attributes></GetTopicAttributesResult></R>")}},
        {Call::sts_assume_role,
         {ok("<AssumeRoleResponse><AssumeRoleResult><" + role +
             "</AssumeRoleResult></AssumeRoleResponse>")}},
        {Call::sts_web_identity,
         {ok("<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><" + role +
             "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>")}},
        {Call::imds, {ok("token"), ok("role"), ok(keys)}},
        {Call::container, {ok(keys)}},
        {Call::inventory,
         {R"({"VaultARN":"arn:aws:glacier:r:1:vaults/v","InventoryDate":"2026-11-23T02:00:00Z","ArchiveList":[{"ArchiveId":"a","ArchiveDescription":"d","CreationDate":"2026-11-23T02:00:00Z","Size":9,)"
          R"("SHA256TreeHash":")" +
          digest + "\"}]}"}},
        {Call::description, {zg::store::describe(segment)}},
        {Call::description, {pieces ? zg::store::describe(pieces->front()) : std::string()}},
    };
}

void write(const std::string& folder, const char* service, const std::vector<Seed>& seeds) {
    for (std::size_t i = 0; i < seeds.size(); ++i) {
        std::ofstream file(folder + "/" + service + std::to_string(i), std::ios::binary);
        file << static_cast<char>(seeds[i].call);
        for (std::size_t n = 0; n < seeds[i].answers.size(); ++n)
            file << (n == 0 ? "" : std::string(1, zg::fuzz::between_answers))
                 << seeds[i].answers[n];
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    write(argv[1], "s3-", s3_seeds());
    write(argv[1], "glacier-", glacier_seeds());
    write(argv[1], "other-", other_seeds());
    return 0;
}
