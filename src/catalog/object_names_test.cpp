#include "catalog/object_names.hpp"

#include <gtest/gtest.h>

namespace zg::catalog {
namespace {

const std::string id = "20261123T020000Z-7f3a9c21";

TEST(ObjectNames, AreParsedAsTheyAreMade) {
    EXPECT_EQ(manifest_name(id), "manifests/" + id + ".json");
    EXPECT_EQ(tombstone_name(id), "removed/" + id + ".json");
    EXPECT_EQ(segment_name(id, segment_file_name(17, ".zfs.zst.age")),
              "archives/" + id + "/000017.zfs.zst.age");
    EXPECT_EQ(segment_file_name(12'345'678, ".zfs"), "12345678.zfs");
    const auto parsed = [](const std::string& name) { return parse_object_name(name); };
    EXPECT_EQ(parsed(std::string(store_record_name)), (ObjectName{ObjectKind::record}));
    EXPECT_EQ(parsed(manifest_name(id)), (ObjectName{ObjectKind::manifest, id}));
    EXPECT_EQ(parsed(tombstone_name(id)), (ObjectName{ObjectKind::tombstone, id}));
    EXPECT_EQ(parsed(indexes_of(id) + "000001"), (ObjectName{ObjectKind::index, id}));
    EXPECT_EQ(parsed(indexes_of(id) + "1000000"), (ObjectName{ObjectKind::index, id}));
    for (const char* file :
         {"000001.zfs", "000001.zfs.zst", "999999.zfs.age", "1000000.zfs.new.age"})
        EXPECT_EQ(parsed(segment_name(id, file)), (ObjectName{ObjectKind::segment, id})) << file;
}

TEST(ObjectNames, OnlyRecordsHaveSignatures) {
    const ObjectName of_archive{ObjectKind::signature, id};
    EXPECT_EQ(parse_object_name("zglacier.json.sig"), (ObjectName{ObjectKind::signature}));
    EXPECT_EQ(parse_object_name(manifest_name(id) + ".sig"), of_archive);
    EXPECT_EQ(parse_object_name(tombstone_name(id) + ".sig"), of_archive);
    EXPECT_EQ(parse_object_name(indexes_of(id) + "000001.sig"), ObjectName{});
    EXPECT_EQ(parse_object_name(manifest_name(id) + ".sig.sig"), ObjectName{});
}

TEST(ObjectNames, WhatABuildBeforeFormat1WroteIsRecognized) {
    EXPECT_EQ(parse_object_name("archives/" + id + "/manifest.json"),
              (ObjectName{ObjectKind::early_manifest, id}));
}

TEST(ObjectNames, OthersAreUnknownButHaveTheArchiveOfTheirFolder) {
    for (const std::string& name :
         {std::string(), std::string("zglacier.jso"), std::string("zglacier.jsonx"),
          "manifests/" + id, "manifests/" + id + ".json/x", std::string("manifests/20261123.json"),
          "manifests/x/" + id + ".json", "removed/" + id + ".JSON", "indexes/" + id,
          "indexes/" + id + ".1", "indexes/" + id + ".00000a", std::string("indexes/x.000001"),
          std::string("archives/notes.txt"), std::string("archives/none/000001.zfs"),
          "archives/" + id})
        EXPECT_EQ(parse_object_name(name), ObjectName{}) << name;
    for (const char* file :
         {"notes.txt", "1.zfs", "000001.zst", "000001.zfsx", "00000a.zfs", "x/y"})
        EXPECT_EQ(parse_object_name(segment_name(id, file)), (ObjectName{ObjectKind::unknown, id}))
            << file;
}

}  // namespace
}  // namespace zg::catalog
