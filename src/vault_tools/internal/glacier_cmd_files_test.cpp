#include "vault_tools/internal/glacier_cmd_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/environment.hpp"
#include "base/result.hpp"
#include "base/testing/kept_log.hpp"
#include "base/testing/temporary_folder.hpp"
#include "vault_tools/glacier_cmd_conf.hpp"

namespace zg::vault_tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class GlacierCmdConfTest : public ::testing::Test {
  protected:
    std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) {
        std::string path = folder.path() + "/" + name;
        std::ofstream(path) << text;
        EXPECT_EQ(::chmod(path.c_str(), mode), 0);
        files.push_back({.path = path});
        return path;
    }
    Result<GlacierCmdConf> read() {
        return read_glacier_cmd_files(files, Environment(variables), log);
    }
    void expect_usage(const std::string& word) {
        const auto conf = read();
        ASSERT_FALSE(conf);
        EXPECT_EQ(conf.error().kind, ErrorKind::usage);
        EXPECT_FALSE(conf.error().hint.empty());
        const std::string all = conf.error().message() + conf.error().hint;
        EXPECT_THAT(all, HasSubstr(word));
        EXPECT_EQ(all.find("S3cr3t"), std::string::npos) << all;
    }

    TemporaryFolder folder;
    std::vector<ConfFile> files;
    std::map<std::string, std::string, std::less<>> variables;
    KeptLog log;
};

TEST_F(GlacierCmdConfTest, WithoutFilesEverythingIsEmpty) {
    files.push_back({.path = folder.path() + "/nowhere"});
    const auto conf = read();
    ASSERT_TRUE(conf);
    EXPECT_TRUE(conf->keys.empty());
    EXPECT_EQ(conf->topic, "aws-glacier-notifications");
    files.back().must_exist = true;
    EXPECT_EQ(read().error().kind, ErrorKind::usage);
}

TEST_F(GlacierCmdConfTest, TakesNamesInAnyCaseWithAndWithoutAws) {
    for (const char* id : {"access_key", "aws_access_key", "AWS-Access-Key"})
        for (const char* key : {"secret_key", "AWS_SECRET_KEY", "aws-secret-key"}) {
            files.clear();
            const std::string path =
                write("conf", std::string("[aws]\n") + id + "=AKIA\n" + key +
                                  " = S3cr3t/+=\n[sdb]\nregion=us-west-1\n[glacier]\nRegion = "
                                  "eu-west-1 ; Ireland\nbookkeeping=True\noutput=CSV\n");
            const auto conf = read();
            ASSERT_TRUE(conf) << conf.error().message();
            EXPECT_EQ(conf->keys.access_key_id, "AKIA");
            EXPECT_EQ(conf->keys.secret_access_key.reveal(), "S3cr3t/+=");
            EXPECT_EQ(conf->keys.where, path);
            EXPECT_FALSE(conf->keys.first);
            EXPECT_EQ(conf->region, "eu-west-1");
            EXPECT_EQ(conf->output, "csv");
        }
    EXPECT_THAT(log.lines, IsEmpty());
}

TEST_F(GlacierCmdConfTest, ALaterFileOverridesAnEarlierOne) {
    write("etc",
          "[aws]\naccess_key=A\nsecret_key=S3cr3tA\n[glacier]\nregion=us-east-1\noutput=json\n");
    write("home", "[aws]\nsecret_key=S3cr3tB\n[glacier]\nregion=us-west-2\n");
    const auto conf = read();
    EXPECT_EQ(conf->keys.access_key_id, "A");
    EXPECT_EQ(conf->keys.secret_access_key.reveal(), "S3cr3tB");
    EXPECT_EQ(conf->region, "us-west-2");
    EXPECT_EQ(conf->output, "json");
    // Once more, after the others.
    files.push_back(files.front());
    EXPECT_EQ(read()->region, "us-east-1");
}

TEST_F(GlacierCmdConfTest, FilesOverrideTheOldVariables) {
    variables = {{"aws_access_key", "V"}, {"aws_secret_key", "S3cr3tV"}, {"region", "eu-west-1"}};
    EXPECT_EQ(read()->keys.access_key_id, "V");
    EXPECT_EQ(read()->region, "eu-west-1");
    write("conf", "[aws]\naccess_key=A\nsecret_key=S3cr3tA\n[glacier]\nregion=us-east-1\n");
    EXPECT_EQ(read()->keys.access_key_id, "A");
    EXPECT_EQ(read()->region, "us-east-1");
}

TEST_F(GlacierCmdConfTest, ReadsTopics) {
    write("conf",
          "[SNS]\ntopic=mine\n[SNS:Two]\nvaults=v1, v2,\nmethod=email,a@example.org;\n  "
          "https,https://example.org/x?a=1;\n[sns:one]\nmethod=email,b@example.org;\n");
    const auto conf = read();
    ASSERT_TRUE(conf) << conf.error().message();
    EXPECT_EQ(conf->topic, "mine");
    const TopicSettings one{
        .topic = "one", .vaults = {}, .listeners = {{"email", "b@example.org"}}};
    const TopicSettings two{
        .topic = "Two",
        .vaults = {"v1", "v2"},
        .listeners = {{"email", "a@example.org"}, {"https", "https://example.org/x?a=1"}}};
    EXPECT_THAT(conf->topics, ::testing::UnorderedElementsAre(one, two));
    write("wrong", "[SNS:Two]\nmethod=email\n");
    expect_usage("SNS:Two");
}

TEST_F(GlacierCmdConfTest, AnInvalidFileShowsNoKey) {
    write("conf", "[aws]\nS3cr3t\n");
    expect_usage("line 2");
    files.clear();
    write("conf", "[glacier]\noutput=xml\n");
    expect_usage("xml");
}

TEST_F(GlacierCmdConfTest, WarnsAboutASecretThatOthersCanRead) {
    write("open", "[aws]\nsecret_key=S3cr3t\n", 0644);
    ASSERT_TRUE(read());
    ASSERT_EQ(log.lines.size(), 1U);
    EXPECT_THAT(log.lines.front(), HasSubstr("chmod 600"));
    EXPECT_EQ(log.lines.front().find("S3cr3t"), std::string::npos);
    log.lines.clear();
    files.clear();
    write("harmless", "[glacier]\nregion=x\n", 0644);
    ASSERT_TRUE(read());
    EXPECT_THAT(log.lines, IsEmpty());
}

TEST_F(GlacierCmdConfTest, AFileInTheCurrentFolderThatOthersCanWriteIsNotRead) {
    write("conf", "[glacier]\nregion=elsewhere\n", 0666);
    EXPECT_EQ(read()->region, "elsewhere");
    files.back().untrusted = true;
    EXPECT_EQ(read()->region, "");
    ASSERT_EQ(log.lines.size(), 1U);
    EXPECT_THAT(log.lines.front(), HasSubstr("is not read"));
}

TEST_F(GlacierCmdConfTest, FindsTheFiles) {
    variables["HOME"] = "/home/me";
    const auto paths = [&](const std::string& named) {
        std::vector<std::string> all;
        for (const ConfFile& file : glacier_cmd_files(Environment(variables), named))
            all.push_back(file.path);
        return all;
    };
    EXPECT_THAT(paths(""),
                ElementsAre("/etc/glacier-cmd.conf", "/home/me/.glacier-cmd", ".glacier-cmd"));
    EXPECT_THAT(paths("~/x"), ElementsAre("/etc/glacier-cmd.conf", "/home/me/.glacier-cmd",
                                          ".glacier-cmd", "/home/me/x"));
    EXPECT_THAT(paths(".glacier-cmd"),
                ElementsAre("/etc/glacier-cmd.conf", "/home/me/.glacier-cmd", ".glacier-cmd"));
}

}  // namespace
}  // namespace zg::vault_tools
