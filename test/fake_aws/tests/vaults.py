"""Vaults, archives, uploads in parts, locks; authentication."""

import json
import os

from .client import MIB, Client, sha256
from .glacier_client import GlacierClient, VaultCase, root_over, tree_hash


class VaultSignatures(VaultCase):
    def test_credentials(self):
        self.ok(self.client.call("GET"))
        self.refused(GlacierClient(self.server, secret="wrong").call("GET"),
                     403, "InvalidSignatureException")
        self.refused(GlacierClient(self.server, "NOBODY").call("GET"),
                     400, "UnrecognizedClientException")
        self.refused(GlacierClient(self.server, token="odd").call("GET"),
                     400, "UnrecognizedClientException")
        self.refused(self.client.call("GET", service="s3"), 403, "InvalidSignatureException")
        self.refused(self.client.call("GET", leave_out=["x-amz-glacier-version"]),
                     403, "InvalidSignatureException")
        self.refused(self.client.send("GET", "/-/vaults", {"host": "x"}),
                     400, "MissingAuthenticationTokenException")
        late = GlacierClient(self.server)
        late.skew = -1000
        self.refused(late.call("GET"), 403, "InvalidSignatureException")

    def test_version_account_and_permission(self):
        self.refused(self.client.call("GET", without=["x-amz-glacier-version"]),
                     400, "MissingParameterValueException")
        self.invalid(self.client.call("GET", headers={"x-amz-glacier-version": "2013-01-01"}))
        self.ok(self.client.call("GET", account="111122223333"))
        self.refused(self.client.call("GET", account="999999999999"), 403, "AccessDeniedException")
        self.server.control("key", {"key": "WEAK:secret"})
        self.server.control("deny", {"key": "WEAK", "actions": ["glacier:Delete*"]})
        self.refused(GlacierClient(self.server, "WEAK").call("DELETE", "vault"),
                     403, "AccessDeniedException")

    def test_paths_are_encoded_twice(self):
        self.invalid(self.client.call("GET", "odd name+%"))
        self.refused(self.client.call("DELETE", "vault/archives/-a b%~"),
                     404, "ResourceNotFoundException")

    def test_payload(self):
        headers = {"x-amz-sha256-tree-hash": tree_hash(b"x")}
        self.invalid(self.client.call("POST", "vault/archives", headers=headers, body=b"x",
                                      payload=sha256(b"y")))
        self.invalid(self.client.call("POST", "vault/archives", headers=headers, body=b"x",
                                      payload="UNSIGNED-PAYLOAD"))
        self.refused(self.client.call("POST", "vault/archives", headers=headers, body=b"x",
                                      without=["x-amz-content-sha256"]),
                     400, "MissingParameterValueException")
        # Documents are signed by their digest even if it is not sent.
        body = json.dumps({"Tags": {"a": "b"}}).encode()
        self.ok(self.client.call("POST", "vault/tags", {"operation": "add"}, body=body,
                                 without=["x-amz-content-sha256"]), 204)
        self.refused(self.client.call("POST", "vault/tags", {"operation": "add"}, body=body,
                                      payload=sha256(b""), without=["x-amz-content-sha256"]),
                     403, "InvalidSignatureException")

    def test_new_account(self):
        self.server.control("glacier", {"new_account": True})
        self.refused(self.client.call("GET"), 400, "NoLongerSupportedException")
        self.server.control("glacier", {"new_account": False})

    def test_s3_is_still_there(self):
        self.server.control("bucket", {"bucket": "vaults"})
        self.ok(Client(self.server, bucket="vaults").put("vaults/key"))


class Vaults(VaultCase):
    def test_life_of_a_vault(self):
        self.refused(self.client.call("GET", "new"), 404, "ResourceNotFoundException")
        for _ in range(2):
            self.assertEqual(self.ok(self.client.call("PUT", "new"), 201).headers["location"],
                             "/111122223333/vaults/new")
        vault = self.json(self.client.call("GET", "new"))
        self.assertEqual((vault["VaultARN"], vault["LastInventoryDate"]),
                         ("arn:aws:glacier:us-east-1:111122223333:vaults/new", None))
        self.refused(GlacierClient(self.server, region="eu-west-1").call("GET", "new"),
                     404, "ResourceNotFoundException")
        for _ in range(2):
            self.ok(self.client.call("DELETE", "new"), 204)
        self.refused(self.client.call("DELETE", "never"), 404, "ResourceNotFoundException")

    def test_a_vault_that_was_written_to(self):
        self.client.call("PUT", "used")
        archive = self.archive(b"x", vault="used")
        self.invalid(self.client.call("DELETE", "used"))
        self.advance(24)
        self.assertEqual(self.json(self.client.call("GET", "used"))["NumberOfArchives"], 1)
        self.ok(self.client.call("DELETE", "used/archives/" + archive), 204)
        answer = self.invalid(self.client.call("DELETE", "used"))
        self.assertIn(b"Vault not empty", answer.body)
        self.server.control("inventory", {"vault": "used"})
        self.ok(self.client.call("DELETE", "used"), 204)

    def test_pages(self):
        client = GlacierClient(self.server, region="us-west-2")
        for number in range(12):
            client.call("PUT", "v%02d" % number)
        first = self.json(client.call("GET"))
        self.assertEqual((len(first["VaultList"]), first["Marker"]),
                         (10, "arn:aws:glacier:us-west-2:111122223333:vaults/v10"))
        second = self.json(client.call("GET", query={"marker": first["Marker"]}))
        self.assertEqual(([vault["VaultName"] for vault in second["VaultList"]], second["Marker"]),
                         (["v10", "v11"], None))
        for query in ({"limit": 0}, {"limit": "x"}, {"marker": "nobody"}):
            self.invalid(client.call("GET", query=query))

    def test_tags(self):
        self.ok(self.client.call("POST", "vault/tags", {"operation": "add"},
                                 body={"Tags": {"a": "1", "b": ""}}), 204)
        self.ok(self.client.call("POST", "vault/tags", {"operation": "remove"},
                                 body={"TagKeys": ["a", "c"]}), 204)
        self.assertEqual(self.json(self.client.call("GET", "vault/tags")), {"Tags": {"b": ""}})
        self.refused(self.client.call("POST", "vault/tags", {"operation": "add"},
                                      body={"Tags": {str(n): "" for n in range(51)}}),
                     400, "LimitExceededException")
        self.refused(self.client.call("POST", "vault/tags", {"operation": "add"}, body=b"{"),
                     400, "SerializationException")

    def policy(self, days, vault="locked"):
        return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [{
            "Effect": "Deny", "Principal": "*", "Action": ["glacier:DeleteArchive"],
            "Resource": "arn:aws:glacier:us-east-1:111122223333:vaults/" + vault,
            "Condition": {"NumericLessThan": {"glacier:ArchiveAgeInDays": str(days)}}}]})}

    def test_lock(self):
        self.client.call("PUT", "locked")
        archive, path = self.archive(b"x", vault="locked"), "locked/lock-policy"
        self.refused(self.client.call("GET", path), 404, "ResourceNotFoundException")
        self.invalid(self.client.call("POST", path, body={"Policy": "{}"}))
        answer = self.ok(self.client.call("POST", path, body=self.policy(3)), 201)
        lock = answer.headers["x-amz-lock-id"]
        self.refused(self.client.call("POST", path, body=self.policy(3)),
                     403, "AccessDeniedException")
        self.assertEqual(self.json(self.client.call("GET", path))["State"], "InProgress")
        self.advance(24.1)
        self.refused(self.client.call("POST", path + "/" + lock), 404, "ResourceNotFoundException")
        self.ok(self.client.call("POST", path, body=self.policy(3)), 201)
        self.ok(self.client.call("DELETE", path), 204)
        answer = self.ok(self.client.call("POST", path, body=self.policy(3)), 201)
        lock = answer.headers["x-amz-lock-id"]
        self.invalid(self.client.call("POST", path + "/other"))
        for _ in range(2):
            self.ok(self.client.call("POST", path + "/" + lock), 204)
        self.refused(self.client.call("POST", path + "/other"), 403, "AccessDeniedException")
        self.refused(self.client.call("DELETE", path), 403, "AccessDeniedException")
        self.assertEqual(self.json(self.client.call("GET", path))["ExpirationDate"], None)
        self.refused(self.client.call("DELETE", "locked/archives/" + archive),
                     403, "AccessDeniedException")
        self.advance(48)
        self.ok(self.client.call("DELETE", "locked/archives/" + archive), 204)

    def test_access_policy(self):
        self.client.call("PUT", "guarded")
        self.refused(self.client.call("GET", "guarded/access-policy"),
                     404, "ResourceNotFoundException")
        self.ok(self.client.call("PUT", "guarded/access-policy", body=self.policy(3, "guarded")),
                204)
        self.assertEqual(self.json(self.client.call("GET", "guarded/access-policy")),
                         self.policy(3, "guarded"))
        archive = self.archive(b"x", vault="guarded")
        self.refused(self.client.call("DELETE", "guarded/archives/" + archive),
                     403, "AccessDeniedException")
        self.ok(self.client.call("DELETE", "guarded/access-policy"), 204)
        self.ok(self.client.call("DELETE", "guarded/archives/" + archive), 204)


class Archives(VaultCase):
    def test_upload_and_delete(self):
        data = os.urandom(3 * MIB + 5)
        answer = self.ok(self.client.upload("vault", data, "words"), 201)
        archive = answer.headers["x-amz-archive-id"]
        self.assertEqual(answer.headers["x-amz-sha256-tree-hash"], tree_hash(data))
        self.assertEqual(answer.headers["location"],
                         "/111122223333/vaults/vault/archives/" + archive)
        self.assertEqual(len(archive), 138)
        for _ in range(2):
            self.ok(self.client.call("DELETE", "vault/archives/" + archive), 204)
        self.refused(self.client.call("DELETE", "vault/archives/nothing"),
                     404, "ResourceNotFoundException")

    def test_some_ids_begin_with_a_dash(self):
        self.assertIn("-", {self.archive(b"x")[0] for _ in range(3)})

    def test_refusals(self):
        self.invalid(self.client.upload("vault", b""))
        self.invalid(self.client.upload("vault", b"x",
                                        **{"x-amz-sha256-tree-hash": tree_hash(b"y")}))
        self.refused(self.client.call("POST", "vault/archives", body=b"x"),
                     400, "MissingParameterValueException")
        self.invalid(self.client.upload("vault", b"x", "x" * 1025))
        self.invalid(self.client.upload("vault", b"x", "\u00e9"))
        self.refused(self.client.upload("nowhere", b"x"), 404, "ResourceNotFoundException")
        self.ok(self.client.upload("vault", b"x", "x" * 1024), 201)


class Uploads(VaultCase):
    def test_whole(self):
        data, upload = os.urandom(2 * MIB + 7), self.upload()
        for begin in (2 * MIB, 0, MIB, 0):
            answer = self.ok(self.client.part("vault", upload, begin, data[begin:begin + MIB]), 204)
            self.assertEqual(answer.headers["x-amz-sha256-tree-hash"],
                             tree_hash(data[begin:begin + MIB]))
        self.invalid(self.client.complete("vault", upload, len(data) - 1, tree_hash(data)))
        self.invalid(self.client.complete("vault", upload, len(data), tree_hash(data[1:])))
        ids = set()
        for _ in range(2):
            answer = self.client.complete("vault", upload, len(data), tree_hash(data))
            ids.add(self.ok(answer, 201).headers["x-amz-archive-id"])
        self.assertEqual(len(ids), 1)
        self.refused(self.client.call("GET", "vault/multipart-uploads/" + upload),
                     404, "ResourceNotFoundException")
        self.refused(self.client.call("DELETE", "vault/multipart-uploads/" + upload),
                     404, "ResourceNotFoundException")
        self.assertNotIn(upload, self.client.call("GET", "vault/multipart-uploads").body.decode())
        self.assertEqual(self.client.output("vault", self.retrieved(ids.pop())).body, data)
        self.advance(2)
        self.refused(self.client.complete("vault", upload, len(data), tree_hash(data)),
                     404, "ResourceNotFoundException")

    def test_gaps_and_short_parts(self):
        upload = self.upload()
        self.ok(self.client.part("vault", upload, 0, b"short"), 204)
        self.ok(self.client.part("vault", upload, MIB, b"x" * MIB), 204)
        self.invalid(self.client.complete("vault", upload, MIB + 5, "0" * 64))
        data = b"y" * MIB + b"x" * MIB
        self.ok(self.client.part("vault", upload, 0, b"y" * MIB), 204)
        self.ok(self.client.part("vault", upload, 3 * MIB, b"z"), 204)
        self.invalid(self.client.complete("vault", upload, len(data), tree_hash(data)))
        self.ok(self.client.part("vault", upload, 2 * MIB, b"y" * MIB), 204)
        data += b"y" * MIB + b"z"
        self.ok(self.client.complete("vault", upload, len(data), tree_hash(data)), 201)

    def test_refusals(self):
        for size in (MIB - 1, 3 * MIB, 8 << 30, "x"):
            self.invalid(self.client.initiate("vault", size))
        self.refused(self.client.call("POST", "vault/multipart-uploads"),
                     400, "MissingParameterValueException")
        upload = self.upload()
        for text in ("bytes 0-3/*", "bytes 5-9/*", "bytes 0-4/5", "0-4",
                     "bytes %d-%d/*" % (10000 * MIB, 10000 * MIB + 4)):
            self.invalid(self.client.part("vault", upload, 0, b"12345", **{"content-range": text}))
        self.invalid(self.client.part("vault", upload, 0, b"x" * (MIB + 1)))
        self.invalid(self.client.part("vault", upload, 0, b"x",
                                      **{"x-amz-sha256-tree-hash": tree_hash(b"y")}))
        self.refused(self.client.part("vault", "nothing", 0, b"x"),
                     404, "ResourceNotFoundException")
        self.invalid(self.client.complete("vault", upload, 0, "0" * 64))

    def test_abort(self):
        upload = self.upload()
        self.client.part("vault", upload, 0, b"x")
        for _ in range(2):
            self.ok(self.client.call("DELETE", "vault/multipart-uploads/" + upload), 204)
        self.refused(self.client.part("vault", upload, 0, b"x"), 404, "ResourceNotFoundException")

    def test_pages(self):
        upload = self.upload()
        for number in range(5):
            self.client.part("vault", upload, number * MIB, b"x" * MIB)
        self.upload()
        self.server.control("options", {"page_size": 2})
        ranges, marker = [], None
        while True:
            page = self.json(self.client.call("GET", "vault/multipart-uploads/" + upload,
                                              {"marker": marker} if marker else None))
            ranges += [part["RangeInBytes"] for part in page["Parts"]]
            marker = page["Marker"]
            if marker is None:
                break
        self.assertEqual(ranges,
                         ["%d-%d" % (number * MIB, number * MIB + MIB - 1) for number in range(5)])
        self.assertEqual(page["PartSizeInBytes"], MIB)
        first = self.json(self.client.call("GET", "vault/multipart-uploads", {"limit": 1}))
        second = self.json(self.client.call("GET", "vault/multipart-uploads",
                                            {"limit": 1, "marker": first["Marker"]}))
        self.assertNotEqual(first["UploadsList"], second["UploadsList"])
        self.server.control("options", {"page_size": 1000})

    def test_silent_uploads(self):
        upload = self.upload()
        self.advance(25)
        self.ok(self.client.part("vault", upload, 0, b"x"), 204)
        self.server.control("glacier", {"upload_seconds": 86400})
        self.advance(23)
        self.ok(self.client.part("vault", upload, 0, b"x"), 204)
        self.advance(23)
        self.ok(self.client.call("GET", "vault/multipart-uploads/" + upload))
        self.advance(2)
        self.refused(self.client.part("vault", upload, 0, b"x"), 404, "ResourceNotFoundException")
        self.server.control("glacier", {"upload_seconds": None})

    def test_forgotten(self):
        """The largest possible archive, 39 TiB."""
        upload, size = self.upload(4 << 30), 4 << 30
        self.server.control("glacier", {"forget": True})
        self.ok(self.client.part("vault", upload, 9999 * size, b"the end" * 100000), 204)
        self.server.control("glacier", {"forget": False})
        self.server.control("put-parts", {"vault": "vault", "upload": upload, "count": 9999,
                                          "tree_hash": "ab" * 32})
        level = [bytes.fromhex("ab" * 32)] * 9999 + [bytes.fromhex(tree_hash(b"the end" * 100000))]
        whole = 9999 * size + 700000
        answer = self.ok(self.client.complete("vault", upload, whole, root_over(level)), 201)
        archive = answer.headers["x-amz-archive-id"]
        entries = self.server.control("vaults")["vaults"]["us-east-1:vault"]["archives"]
        self.assertEqual([entry["size"] for entry in entries if entry["id"] == archive], [whole])
        self.invalid(self.client.output("vault", self.retrieved(archive), "bytes=0-1"))
