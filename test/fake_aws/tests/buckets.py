"""Buckets, and all paged listings."""

import hashlib

from .client import b64, Case, Client


class Buckets(Case):
    arguments = ("--bucket", "bucket", "--bucket", "theirs:owner=999988887777",
                 "--bucket", "paid:requester-pays", "--bucket", "dots.in.name")

    def test_buckets(self):
        self.ok(self.client.call("PUT", bucket="fresh"))
        self.refused(self.client.call("PUT", bucket="fresh"), 409, "BucketAlreadyOwnedByYou")
        self.assertIn("fresh", self.client.call("GET", bucket="").texts("Buckets/Bucket/Name"))
        self.ok(self.client.call("DELETE", bucket="fresh"), 204)
        self.refused(self.client.call("GET", bucket="fresh"), 404, "NoSuchBucket")
        self.assertEqual(self.client.call("HEAD", bucket="fresh").body, b"")
        self.refused(self.client.call("GET", bucket="No_Name"), 400, "InvalidBucketName")
        self.ok(self.client.put("key"))
        self.refused(self.client.call("DELETE"), 409, "BucketNotEmpty")
        self.assertEqual(self.ok(self.client.call("GET", query={"location": ""})).xml.text, None)
        self.refused(self.client.call("GET", query={"cors": ""}), 501, "NotImplemented")

    def test_owner_and_payer(self):
        self.refused(self.client.call("GET", bucket="theirs",
                                      headers={"x-amz-expected-bucket-owner": "111122223333"}),
                     403, "AccessDenied")
        self.ok(self.client.call("GET", bucket="theirs",
                                 headers={"x-amz-expected-bucket-owner": "999988887777"}))
        self.refused(self.client.call("GET", bucket="paid"), 403, "AccessDenied")
        self.ok(self.client.call("GET", bucket="paid",
                                 headers={"x-amz-request-payer": "requester"}))

    def test_virtual_host_with_dots(self):
        client = Client(self.server, bucket="dots.in.name")
        client.host = "dots.in.name.localhost"
        self.ok(client.put("a//b", virtual=True))
        self.assertEqual([entry["key"] for entry in self.server.objects("dots.in.name")], ["a//b"])

    def test_lifecycle_and_versioning(self):
        self.refused(self.client.call("GET", query={"lifecycle": ""}),
                     404, "NoSuchLifecycleConfiguration")
        rule = (b"<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status>"
                b"<Filter><Prefix>x</Prefix></Filter>"
                b"<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation>"
                b"</AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>")
        self.refused(self.client.call("PUT", query={"lifecycle": ""}, body=rule),
                     400, "InvalidRequest")
        digest = {"content-md5": b64(hashlib.md5(rule).digest())}
        self.ok(self.client.call("PUT", query={"lifecycle": ""}, body=rule, headers=digest))
        self.assertEqual(
            self.client.call("GET", query={"lifecycle": ""}).text("Rule/Filter/Prefix"), "x")
        self.assertIsNone(self.client.call("GET", query={"versioning": ""}).text("Status"))


class Listings(Case):
    arguments = ("--bucket", "bucket", "--bucket", "old:versioned", "--page-size", "2",
                 "--min-part-size", "1")
    keys = ["a", "b/1", "b/2", "b/2/x", "c/1", "d", "e\x01f", "ü"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for key in cls.keys:
            cls.client.put(key)

    def pages(self, query, item, more, bucket=None):
        """All of `item` over pages; `more(answer)` returns the additional parameters of the next
        page's query."""
        found, extra = [], {}
        for _ in range(50):
            answer = self.ok(self.client.call("GET", query={**query, **extra}, bucket=bucket))
            got = answer.texts(item)
            self.assertLessEqual(len(got), 2)
            found += got
            if answer.text("IsTruncated") != "true":
                return found
            extra = more(answer)
        raise AssertionError("the listing does not end")

    def test_version_2(self):
        following = lambda answer: {"continuation-token": answer.text("NextContinuationToken")}
        listed = self.pages({"list-type": 2, "encoding-type": "url"}, "Contents/Key", following)
        self.assertEqual(listed, ["a", "b/1", "b/2", "b/2/x", "c/1", "d", "e%01f", "%C3%BC"])
        self.assertEqual(self.pages({"list-type": 2, "delimiter": "/", "encoding-type": "url"},
                                    "CommonPrefixes/Prefix", following),
                         ["b/", "c/"])
        self.assertEqual(self.pages({"list-type": 2, "prefix": "b/", "delimiter": "/"},
                                    "Contents/Key", following),
                         ["b/1", "b/2"])
        self.assertEqual(self.pages({"list-type": 2, "start-after": "c/1", "encoding-type": "url"},
                                    "Contents/Key", following),
                         ["d", "e%01f", "%C3%BC"])
        self.refused(self.client.call("GET", query={"list-type": 2, "continuation-token": "!"}),
                     400, "InvalidArgument")

    def test_version_1(self):
        following = lambda answer: {"marker": answer.texts("Contents/Key")[-1]}
        self.assertEqual(self.pages({"prefix": "b"}, "Contents/Key", following),
                         ["b/1", "b/2", "b/2/x"])

    def test_versions(self):
        client = Client(self.server, bucket="old")
        for key in ("k", "k", "k", "l", "m"):
            client.put(key)
        marker = client.call("DELETE", "k")
        self.assertEqual(marker.headers["x-amz-delete-marker"], "true")
        following = lambda answer: {"key-marker": answer.text("NextKeyMarker"),
                                    "version-id-marker": answer.text("NextVersionIdMarker")}
        self.assertEqual(self.pages({"versions": ""}, "Version/Key", following, "old"),
                         ["k", "k", "k", "l", "m"])
        self.assertEqual(self.pages({"versions": "", "prefix": "k"},
                                    "DeleteMarker/VersionId", following, "old"),
                         [marker.headers["x-amz-version-id"]])
        self.assertEqual(
            client.call("GET", query={"versions": "", "key-marker": "k"}).texts("Version/Key"),
            ["l", "m"])
        self.refused(
            client.call("GET", query={"versions": "", "key-marker": "k", "version-id-marker": ""}),
            400, "InvalidArgument")
        self.refused(client.call("GET", "k"), 404, "NoSuchKey")
        oldest = [entry["version"] for entry in self.server.objects("old")
                  if entry["key"] == "k"][0]
        self.ok(client.call("GET", "k", {"versionId": oldest}))
        self.ok(client.call("DELETE", "k", {"versionId": marker.headers["x-amz-version-id"]}), 204)
        self.ok(client.call("GET", "k"))

    def test_uploads_and_parts(self):
        ids = [self.client.create(key) for key in ("u/1", "u/1", "u/2", "u/3+")]
        following = lambda answer: {"key-marker": answer.text("NextKeyMarker"),
                                    "upload-id-marker": answer.text("NextUploadIdMarker")}
        self.assertEqual(self.pages({"uploads": "", "prefix": "u/"}, "Upload/UploadId", following),
                         ids)
        for number in (1, 5, 9, 10000):
            self.ok(self.client.part("u/2", ids[2], number, b"x"))
        listed, marker = [], 0
        while True:
            answer = self.ok(self.client.call("GET", "u/2",
                                              {"uploadId": ids[2], "part-number-marker": marker}))
            listed += answer.texts("Part/PartNumber")
            if answer.text("IsTruncated") != "true":
                break
            marker = answer.text("NextPartNumberMarker")
        self.assertEqual(listed, ["1", "5", "9", "10000"])
        for key, upload in zip(("u/1", "u/1", "u/2", "u/3+"), ids):
            self.ok(self.client.call("DELETE", key, {"uploadId": upload}), 204)
        self.refused(self.client.call("DELETE", "u/1", {"uploadId": ids[0]}), 404, "NoSuchUpload")
