#include "aws/auth/service_settings.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "aws/auth/testing/credentials.hpp"
#include "base/result.hpp"

namespace zg::aws {
namespace {

using testing::CredentialTest;
using testing::expect_error;

class ServiceSettingsTest : public CredentialTest {
  protected:
    ServiceSettings settings(const std::string& service = "s3", const std::string& profile = "") {
        auto loaded = load_settings(Environment(variables), profile, service);
        EXPECT_TRUE(loaded) << loaded.error().message();
        return loaded.value_or(ServiceSettings{});
    }
};

TEST_F(ServiceSettingsTest, WithoutSettingsEverythingIsEmpty) {
    const ServiceSettings none = settings();
    EXPECT_EQ(none.region + none.endpoint_url + none.addressing_style + none.ca_bundle, "");
}

TEST_F(ServiceSettingsTest, TheSourcesOfTheRegionHaveAnOrder) {
    config("[default]\nregion = three\n[profile p]\nregion = four\n");
    EXPECT_EQ(settings().region, "three");
    EXPECT_EQ(settings("s3", "p").region, "four");
    variables["AWS_DEFAULT_REGION"] = "two";
    EXPECT_EQ(settings().region, "two");
    variables["AWS_REGION"] = "one";
    EXPECT_EQ(settings().region, "one");
}

TEST_F(ServiceSettingsTest, TheSourcesOfTheEndpointHaveAnOrder) {
    config(
        "[default]\nendpoint_url = http://four/\nservices = s\n[services s]\ns3 =\n  endpoint_url "
        "= http://three\n");
    EXPECT_EQ(settings().endpoint_url, "http://three");
    EXPECT_EQ(settings("sts").endpoint_url, "http://four");
    variables["AWS_ENDPOINT_URL"] = "http://two/";
    EXPECT_EQ(settings().endpoint_url, "http://two");
    variables["AWS_ENDPOINT_URL_S3"] = "http://one";
    EXPECT_EQ(settings().endpoint_url, "http://one");
    EXPECT_EQ(settings("sts").endpoint_url, "http://two");
}

TEST_F(ServiceSettingsTest, ConfiguredEndpointsCanBeIgnored) {
    config("[default]\nendpoint_url = http://four\nignore_configured_endpoint_urls = true\n");
    variables["AWS_ENDPOINT_URL"] = "http://two";
    EXPECT_EQ(settings().endpoint_url, "");
    variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "false";
    EXPECT_EQ(settings().endpoint_url, "http://two");
    variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "True";
    EXPECT_EQ(settings().endpoint_url, "");
}

TEST_F(ServiceSettingsTest, ReadsAddressingAndCertificates) {
    config("[default]\ns3 =\n  addressing_style = virtual\nca_bundle = ~/ca.pem\n");
    EXPECT_EQ(settings().addressing_style, "virtual");
    EXPECT_EQ(settings().ca_bundle, home.path() + "/ca.pem");
    variables["AWS_CA_BUNDLE"] = "/other.pem";
    EXPECT_EQ(settings().ca_bundle, "/other.pem");
}

TEST_F(ServiceSettingsTest, AMissingServicesSectionIsAnError) {
    config("[default]\nservices = lost\n");
    const auto loaded = load_settings(Environment(variables), "", "s3");
    ASSERT_FALSE(loaded);
    expect_error(loaded.error(), ErrorKind::usage);
}

TEST_F(ServiceSettingsTest, ANamedProfileMustExist) {
    expect_error(load_settings(Environment(variables), "lost", "s3").error(), ErrorKind::usage);
    variables["AWS_PROFILE"] = "lost";
    expect_error(load_settings(Environment(variables), "", "s3").error(), ErrorKind::usage);
}

TEST_F(ServiceSettingsTest, TheProfileComesFromAVariable) {
    config("[profile p]\nregion = four\n[profile q]\nregion = five\n");
    variables["AWS_DEFAULT_PROFILE"] = "q";
    EXPECT_EQ(settings().region, "five");
    variables["AWS_PROFILE"] = "p";
    EXPECT_EQ(settings().region, "four");
    EXPECT_EQ(settings("s3", "q").region, "five");
}

}  // namespace
}  // namespace zg::aws
