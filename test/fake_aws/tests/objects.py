"""Objects, whole and in parts."""

import hashlib
import http.client
import os
import time

from .client import b64, b64_sha256, Case, Client, MIB, sha256


class Objects(Case):
    def test_settings_are_returned(self):
        headers = {"x-amz-meta-a": "b c", "x-amz-tagging": "x=1&y=z%20z",
                   "x-amz-storage-class": "STANDARD_IA", "content-type": "text/plain",
                   "x-amz-server-side-encryption": "aws:kms",
                   "x-amz-server-side-encryption-aws-kms-key-id": "the-key"}
        self.ok(self.client.put("key", b"0123456789", headers))
        head = self.client.call("HEAD", "key", headers={"x-amz-checksum-mode": "ENABLED"}).headers
        for name in ("x-amz-meta-a", "x-amz-storage-class", "content-type",
                     "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"):
            self.assertEqual(head[name], headers[name])
        self.assertEqual((head["content-length"], head["x-amz-tagging-count"],
                          head["x-amz-checksum-sha256"]),
                         ("10", "2", b64_sha256(b"0123456789")))
        self.assertNotEqual(head["etag"], '"%s"' % hashlib.md5(b"0123456789").hexdigest())
        self.assertEqual(self.client.call("GET", "key", {"tagging": ""}).texts("TagSet/Tag/Value"),
                         ["1", "z z"])

    def test_ranges(self):
        self.ok(self.client.put("key", b"0123456789"))
        for text, body in (("bytes=2-4", b"234"), ("bytes=7-", b"789"), ("bytes=-2", b"89"),
                           ("bytes=8-99", b"89")):
            headers = {"range": text, "x-amz-checksum-mode": "ENABLED"}
            answer = self.ok(self.client.call("GET", "key", headers=headers), 206)
            self.assertEqual(answer.body, body)
            self.assertNotIn("x-amz-checksum-sha256", answer.headers)
        self.assertEqual(answer.headers["content-range"], "bytes 8-9/10")
        self.refused(self.client.call("GET", "key", headers={"range": "bytes=10-"}),
                     416, "InvalidRange")
        self.ok(self.client.put("empty", b""))
        self.refused(self.client.call("GET", "empty", headers={"range": "bytes=0-5"}),
                     416, "InvalidRange")

    def test_absent(self):
        self.refused(self.client.call("GET", "absent"), 404, "NoSuchKey")
        head = self.client.call("HEAD", "absent")
        self.assertEqual((head.status, head.body), (404, b""))
        self.ok(self.client.call("DELETE", "absent"), 204)
        self.refused(self.client.put("k" * 1025), 400, "KeyTooLongError")

    def test_digests(self):
        for headers in ({"x-amz-checksum-crc32": "AAAAAA=="},
                        {"x-amz-checksum-crc64nvme": "AAAAAAAAAAA="},
                        {"x-amz-checksum-crc32c": "AAAAAA=="}):
            self.refused(self.client.call("PUT", "key", headers=headers, body=b"body"),
                         400, "BadDigest")
        for name, digest in (("crc64nvme", "ae8b14860a799888"), ("crc32c", "e3069283"),
                             ("crc32", "cbf43926")):
            headers = {"x-amz-checksum-" + name: b64(bytes.fromhex(digest))}
            self.ok(self.client.call("PUT", "key", headers=headers, body=b"123456789"))
        sha1 = {"x-amz-checksum-sha1": b64(hashlib.sha1(b"body").digest())}
        self.ok(self.client.call("PUT", "key", headers=sha1, body=b"body"))
        self.refused(self.client.call("PUT", "key",
                                      headers={"x-amz-checksum-sha256": b64_sha256(b"other")},
                                      body=b"body"),
                     400, "BadDigest")
        self.refused(self.client.call("PUT", "key",
                                      headers={"x-amz-checksum-sha256": "short"}, body=b"body"),
                     400, "InvalidRequest")
        self.refused(self.client.put("key", headers=sha1), 400, "InvalidRequest")
        self.refused(self.client.put("key",
                                     headers={"content-md5": b64(hashlib.md5(b"other").digest())}),
                     400, "BadDigest")
        self.refused(self.client.put("key", headers={"content-md5": "no"}), 400, "InvalidDigest")
        self.ok(self.client.put("key", headers={"content-md5": b64(hashlib.md5(b"body").digest())}))

    def test_refused_settings(self):
        for headers, code in (
                ({"x-amz-storage-class": "COLDLINE"}, "InvalidStorageClass"),
                ({"x-amz-server-side-encryption": "rot13"}, "InvalidEncryptionAlgorithmError"),
                ({"x-amz-server-side-encryption-aws-kms-key-id": "k"}, "InvalidArgument"),
                ({"x-amz-tagging": "a=1&a=2"}, "InvalidTag"),
                ({"x-amz-meta-long": "x" * 2050}, "MetadataTooLarge"),
                ({"x-amz-object-lock-mode": "COMPLIANCE"}, "InvalidRequest")):
            self.refused(self.client.put("key", headers=headers), 400, code)
        self.server.control("options", {"kms_key": ["known"]})
        kms = {"x-amz-server-side-encryption": "aws:kms",
               "x-amz-server-side-encryption-aws-kms-key-id": "unknown"}
        self.refused(self.client.put("key", headers=kms), 400, "KMS.NotFoundException")
        self.server.control("options", {"kms_key": []})

    def test_conditions(self):
        self.ok(self.client.put("once", headers={"if-none-match": "*"}))
        self.refused(self.client.put("once", b"other", {"if-none-match": "*"}),
                     412, "PreconditionFailed")
        self.assertEqual(self.client.call("GET", "once").body, b"body")
        headers = {"if-none-match": '"%s"' % hashlib.md5(b"body").hexdigest()}
        self.assertEqual(self.client.call("GET", "once", headers=headers).status, 304)

    def test_two_conditional_writes_at_once(self):
        headers = self.client.signed("PUT", "/bucket/race", "", {"if-none-match": "*"},
                                     sha256(b"body"))
        first = http.client.HTTPConnection("127.0.0.1", self.server.port)
        first.putrequest("PUT", "/bucket/race", skip_host=True)
        for name, value in headers.items():
            first.putheader(name, value)
        first.putheader("content-length", "4")
        first.endheaders()
        first.send(b"bo")
        time.sleep(1)
        self.refused(self.client.put("race", headers={"if-none-match": "*"}),
                     409, "ConditionalRequestConflict")
        first.send(b"dy")
        self.assertEqual(first.getresponse().status, 200)
        first.close()

    def test_delete_many(self):
        for number in range(3):
            self.ok(self.client.put("many/%d & <x>" % number))
        entries = [b"<Object><Key>many/%d &amp; &lt;x&gt;</Key></Object>" % number
                   for number in range(3)]
        body = b"<Delete>" + b"".join(entries) + b"</Delete>"
        self.refused(self.client.call("POST", query={"delete": ""}, body=body),
                     400, "InvalidRequest")
        answer = self.ok(self.client.call("POST", query={"delete": ""}, body=body,
                                          headers={"x-amz-checksum-sha256": b64_sha256(body)}))
        self.assertEqual(len(answer.texts("Deleted/Key")), 3)
        listed = self.client.call("GET", query={"prefix": "many/", "list-type": 2})
        self.assertEqual(listed.text("KeyCount"), "0")

    def test_capacity(self):
        used = self.server.control("state")["stored"]
        self.server.control("options", {"capacity": used + 100})
        self.refused(self.client.put("large", b"x" * 200), 403, "QuotaExceeded")
        self.ok(self.client.put("small", b"x" * 50))
        self.server.control("options", {"capacity": 0})

    def test_expect(self):
        wrong = Client(self.server, secret="wrong")
        headers = wrong.signed("PUT", "/bucket/key", "", {}, sha256(b"x" * 1000))
        headers.update({"expect": "100-continue", "content-length": "1000"})
        answer = self.client.send("PUT", "/bucket/key", headers, b"")
        self.refused(answer, 403, "SignatureDoesNotMatch")
        self.assertEqual(answer.headers["connection"], "close")


class Multipart(Case):
    bodies = [os.urandom(5 * MIB), os.urandom(5 * MIB + 17), b"tail"]

    def test_whole(self):
        headers = {"x-amz-storage-class": "GLACIER_IR", "x-amz-meta-a": "b"}
        upload, parts = self.whole_upload("big", self.bodies, headers)
        answer = self.ok(self.client.complete("big", upload, parts))
        digests = b"".join(hashlib.sha256(body).digest() for body in self.bodies)
        composite = b64(hashlib.sha256(digests).digest()) + "-3"
        self.assertEqual(answer.text("ChecksumSHA256"), composite)
        digests = b"".join(hashlib.md5(body).digest() for body in self.bodies)
        self.assertEqual(answer.text("ETag"), '"%s-3"' % hashlib.md5(digests).hexdigest())
        whole = self.ok(self.client.call("GET", "big", headers={"x-amz-checksum-mode": "ENABLED"}))
        self.assertEqual((whole.body, whole.headers["x-amz-checksum-sha256"]),
                         (b"".join(self.bodies), composite))
        part = self.ok(self.client.call("GET", "big", {"partNumber": 2},
                                        {"x-amz-checksum-mode": "ENABLED"}), 206)
        self.assertEqual((part.body, part.headers["x-amz-mp-parts-count"]), (self.bodies[1], "3"))
        self.assertEqual(part.headers["x-amz-checksum-sha256"], b64_sha256(self.bodies[1]))
        stored = [entry for entry in self.server.objects() if entry["key"] == "big"][0]
        self.assertEqual((stored["sha256"], stored["class"]),
                         (sha256(b"".join(self.bodies)), "GLACIER_IR"))
        self.refused(self.client.complete("big", upload, parts), 404, "NoSuchUpload")
        self.server.control("options", {"repeat_complete": True})
        self.assertEqual(self.ok(self.client.complete("big", upload, parts)).text("ETag"),
                         answer.text("ETag"))
        self.server.control("options", {"repeat_complete": False})
        self.attributes(composite)

    def attributes(self, composite):
        wanted = {"x-amz-object-attributes": "ETag,Checksum,ObjectParts,StorageClass,ObjectSize",
                  "x-amz-max-parts": "2"}
        answer = self.ok(self.client.call("GET", "big", {"attributes": ""}, wanted))
        self.assertEqual(answer.text("ObjectSize"), str(sum(map(len, self.bodies))))
        self.assertEqual(answer.text("Checksum/ChecksumSHA256"), composite[:-2])
        self.assertEqual(answer.texts("ObjectParts/Part/ChecksumSHA256"),
                         [b64_sha256(body) for body in self.bodies[:2]])
        self.assertEqual([answer.text("ObjectParts/" + name)
                          for name in ("PartsCount", "IsTruncated", "NextPartNumberMarker")],
                         ["3", "true", "2"])
        answer = self.ok(self.client.call("GET", "big", {"attributes": ""},
                                          {**wanted, "x-amz-part-number-marker": "2"}))
        self.assertEqual((answer.texts("ObjectParts/Part/PartNumber"),
                          answer.text("ObjectParts/IsTruncated")),
                         (["3"], "false"))
        self.refused(self.client.call("GET", "big", {"attributes": ""}), 400, "InvalidArgument")

    def test_rules_of_parts(self):
        upload, parts = self.whole_upload("key", self.bodies)
        self.refused(self.client.part("key", upload, 4, b"x"), 400, "InvalidRequest")
        checksum = {"x-amz-checksum-sha256": b64_sha256(b"x")}
        for number in (0, 10001, "x"):
            self.refused(self.client.part("key", upload, number, b"x", checksum),
                         400, "InvalidArgument")
        self.refused(self.client.part("key", "no-such", 1, b"x", checksum), 404, "NoSuchUpload")
        self.refused(self.client.part("other", upload, 1, b"x", checksum), 404, "NoSuchUpload")
        self.refused(self.client.complete("key", upload, parts[::-1]), 400, "InvalidPartOrder")
        self.refused(self.client.complete("key", upload, []), 400, "MalformedXML")
        self.refused(self.client.complete("key", upload, [(n, etag, None) for n, etag, _ in parts]),
                     400, "InvalidRequest")
        self.refused(self.client.complete("key", upload, [(1, parts[1][1], parts[0][2])]),
                     400, "InvalidPart")
        self.refused(self.client.complete("key", upload, [(1, parts[0][1], parts[1][2])]),
                     400, "InvalidPart")
        self.refused(self.client.complete("key", upload, parts + [(9, parts[0][1], parts[0][2])]),
                     400, "InvalidPart")
        self.refused(self.client.complete("key", upload, parts, {"x-amz-mp-object-size": "7"}),
                     400, "InvalidRequest")
        self.refused(self.client.complete("key", upload, parts[1:]), 500, "InternalError")
        size = {"x-amz-mp-object-size": str(len(self.bodies[0] + self.bodies[1]))}
        self.ok(self.client.complete("key", upload, parts[:2], size))
        self.assertEqual(self.server.control("state")["buckets"]["bucket"]["uploads"], [])

    def test_small_parts_and_gaps(self):
        upload, parts = self.whole_upload("key", [b"small", b"last"])
        answer = self.refused(self.client.complete("key", upload, parts), 400, "EntityTooSmall")
        self.assertEqual(answer.text("ProposedSize"), "5")
        self.ok(self.client.call("DELETE", "key", {"uploadId": upload}), 204)
        upload = self.client.create("gaps")
        first, second = (self.client.part("gaps", upload, number, body).headers["etag"]
                         for number, body in ((3, self.bodies[0]), (700, b"x")))
        self.ok(self.client.complete("gaps", upload, [(3, first, None), (700, second, None)]))
        self.assertEqual(self.client.call("HEAD", "gaps").headers["content-length"],
                         str(5 * MIB + 1))

    def test_condition(self):
        self.ok(self.client.put("there"))
        upload, parts = self.whole_upload("there", [b"x"])
        self.refused(self.client.complete("there", upload, parts, {"if-none-match": "*"}),
                     412, "PreconditionFailed")
        self.ok(self.client.call("GET", "there", {"uploadId": upload}))
        self.ok(self.client.complete("there", upload, parts))

    def test_checksum_choice(self):
        for headers in ({"x-amz-checksum-algorithm": "SHA256",
                         "x-amz-checksum-type": "FULL_OBJECT"},
                        {"x-amz-checksum-algorithm": "MD4"}, {"x-amz-checksum-type": "COMPOSITE"}):
            self.refused(self.client.call("POST", "key", {"uploads": ""}, headers=headers),
                         400, "InvalidRequest")
