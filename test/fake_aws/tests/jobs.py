"""Jobs: retrievals, inventories, notifications; faults of vaults."""

import csv
import http.client
import json
import os
import time

from .client import MIB, Server
from .glacier_client import GlacierClient, Listener, VaultCase, tree_hash


class Retrievals(VaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = os.urandom(5 * MIB + 100)
        answer = cls.client.upload("vault", cls.data, "five and a bit")
        cls.archive_id = answer.headers["x-amz-archive-id"]

    def test_tiers(self):
        for tier, hours in (("Expedited", 5 / 60), ("Standard", 5), ("Bulk", 12)):
            job = self.retrieved(self.archive_id, hours - 0.02, Tier=tier)
            self.invalid(self.client.output("vault", job))
            self.assertEqual(self.json(self.client.call("GET", "vault/jobs/" + job))["StatusCode"],
                             "InProgress")
            self.advance(0.03)
            self.assertEqual(self.ok(self.client.output("vault", job)).body, self.data)

    def test_life_of_a_job(self):
        job = self.retrieved(self.archive_id, Description="please")
        status = self.json(self.client.call("GET", "vault/jobs/" + job))
        names = ("Action", "StatusCode", "Completed", "ArchiveSizeInBytes", "RetrievalByteRange",
                 "JobDescription", "Tier")
        self.assertEqual([status[name] for name in names],
                         ["ArchiveRetrieval", "Succeeded", True, len(self.data),
                          "0-%d" % (len(self.data) - 1), "please", "Standard"])
        self.assertEqual((status["SHA256TreeHash"], status["ArchiveSHA256TreeHash"]),
                         (tree_hash(self.data),) * 2)
        answer = self.client.output("vault", job)
        self.assertEqual((answer.headers["x-amz-sha256-tree-hash"],
                          answer.headers["x-amz-archive-description"]),
                         (tree_hash(self.data), "five and a bit"))
        self.advance(24)
        self.refused(self.client.output("vault", job), 404, "ResourceNotFoundException")
        self.refused(self.client.call("GET", "vault/jobs/" + job), 404, "ResourceNotFoundException")

    def test_ranges_of_output(self):
        job, size = self.retrieved(self.archive_id), len(self.data)
        for begin, end, hashed in (
                (0, MIB, True), (MIB, 2 * MIB, True), (0, 2 * MIB, True), (MIB, 3 * MIB, False),
                (2 * MIB, 4 * MIB, True), (4 * MIB, size, True), (5 * MIB, size, True),
                (3 * MIB, size, False), (0, 3 * MIB, False), (0, 100, False), (7, 9, False)):
            asked = "bytes=%d-%d" % (begin, end - 1)
            answer = self.ok(self.client.output("vault", job, asked), 206)
            self.assertEqual((answer.body, answer.headers["content-range"]),
                             (self.data[begin:end], "bytes %d-%d/%d" % (begin, end - 1, size)))
            self.assertEqual(answer.headers.get("x-amz-sha256-tree-hash"),
                             tree_hash(self.data[begin:end]) if hashed else None, (begin, end))
        for text in ("bytes=0-%d" % size, "bytes=9-7", "0-1", "bytes=-5"):
            self.invalid(self.client.output("vault", job, text))

    def test_ranges_of_archives(self):
        size = len(self.data)
        for begin, end, hashed in ((0, 4 * MIB, True), (4 * MIB, size, True),
                                   (MIB, 3 * MIB, False)):
            job = self.retrieved(self.archive_id, RetrievalByteRange="%d-%d" % (begin, end - 1))
            answer = self.ok(self.client.output("vault", job))
            self.assertEqual(answer.body, self.data[begin:end])
            self.assertEqual(answer.headers.get("x-amz-sha256-tree-hash"),
                             tree_hash(self.data[begin:end]) if hashed else None)
            self.assertEqual(
                self.json(self.client.call("GET", "vault/jobs/" + job))["SHA256TreeHash"],
                tree_hash(self.data[begin:end]) if hashed else None)
            answer = self.ok(self.client.output("vault", job, "bytes=0-%d" % (MIB - 1)), 206)
            self.assertEqual("x-amz-sha256-tree-hash" in answer.headers, hashed)
        for text in ("1-1048575", "0-1048576", "0-%d" % size, "5", "1048576-0"):
            self.invalid(self.client.job("vault", Type="archive-retrieval",
                                         ArchiveId=self.archive_id, RetrievalByteRange=text))

    def test_refusals(self):
        whole = {"Type": "archive-retrieval", "ArchiveId": self.archive_id}
        ask = lambda **more: self.client.job("vault", **{**whole, **more})
        self.refused(ask(ArchiveId="nothing"), 404, "ResourceNotFoundException")
        self.refused(self.client.job("vault", Type="archive-retrieval"),
                     400, "MissingParameterValueException")
        self.refused(self.client.job("vault"), 400, "MissingParameterValueException")
        for more in ({"Type": "select"}, {"Tier": "Warp"}, {"Format": "JSON"},
                     {"SNSTopic": "arn:aws:sns:us-east-1:111122223333:nobody"}, {"Typ": "x"}):
            self.invalid(ask(**more))
        self.server.control("glacier", {"no_capacity": True})
        self.refused(ask(Tier="Expedited"), 503, "InsufficientCapacityException")
        self.ok(self.client.call("POST", "/provisioned-capacity"), 201)
        self.ok(ask(Tier="Expedited"), 202)
        listed = self.json(self.client.call("GET", "/provisioned-capacity"))
        self.assertEqual(len(listed["ProvisionedCapacityList"]), 1)
        self.server.control("glacier", {"no_capacity": False})

    def test_policy(self):
        path, region = "/policies/data-retrieval", GlacierClient(self.server, region="eu-west-1")
        region.call("PUT", "vault")
        archive = region.upload("vault", b"x" * 1000).headers["x-amz-archive-id"]
        ask = lambda: region.job("vault", Type="archive-retrieval", ArchiveId=archive)
        self.assertEqual(self.json(region.call("GET", path))["Policy"]["Rules"][0]["Strategy"],
                         "None")
        rule = {"Strategy": "BytesPerHour", "BytesPerHour": 1500}
        self.ok(region.call("PUT", path, body={"Policy": {"Rules": [rule]}}), 204)
        self.ok(ask(), 202)
        self.refused(ask(), 400, "PolicyEnforcedException")
        self.advance(1.1)
        self.ok(ask(), 202)
        rule = {"Strategy": "BytesPerHour"}
        self.invalid(region.call("PUT", path, body={"Policy": {"Rules": [rule]}}))
        rule = {"Strategy": "FreeTier"}
        self.ok(region.call("PUT", path, body={"Policy": {"Rules": [rule]}}), 204)
        self.ok(ask(), 202)

    def test_lists(self):
        self.client.call("PUT", "listed")
        archive = self.archive(b"x", vault="listed")
        fast, slow = (self.job("listed", Type="archive-retrieval", ArchiveId=archive, Tier=tier)
                      for tier in ("Expedited", "Bulk"))
        self.advance(0.1)
        listed = lambda **query: [
            job["JobId"]
            for job in self.json(self.client.call("GET", "listed/jobs", query))["JobList"]]
        self.assertEqual(listed(), [fast, slow])
        self.assertEqual((listed(completed="true"), listed(completed="false"),
                          listed(statuscode="InProgress"), listed(statuscode="Failed")),
                         ([fast], [slow], [slow], []))
        page = self.json(self.client.call("GET", "listed/jobs", {"limit": 1}))
        self.assertEqual((page["Marker"], listed(marker=page["Marker"])), (slow, [slow]))
        for query in ({"completed": "yes"}, {"statuscode": "Done"}, {"marker": "nobody"}):
            self.invalid(self.client.call("GET", "listed/jobs", query))
        self.server.control("job", {"job": slow, "do": "fail", "message": "oh"})
        status = self.json(self.client.call("GET", "listed/jobs/" + slow))
        self.assertEqual((status["StatusCode"], status["StatusMessage"]), ("Failed", "oh"))
        self.invalid(self.client.output("listed", slow))

    def test_corruption_and_deletion(self):
        archive = self.archive(b"x" * 1000)
        job = self.retrieved(archive)
        self.server.control("corrupt-archive", {"vault": "vault", "archive": archive, "offset": 3})
        answer = self.client.output("vault", job)
        self.assertNotEqual(answer.headers["x-amz-sha256-tree-hash"], tree_hash(answer.body))
        self.ok(self.client.call("DELETE", "vault/archives/" + archive), 204)
        self.assertEqual(len(self.ok(self.client.output("vault", job)).body), 1000)

    def test_jobs_complete(self):
        self.server.control("glacier", {"job_seconds": {"Expedited": 0.3}})
        job = self.job(Type="archive-retrieval", ArchiveId=self.archive_id, Tier="Expedited")
        self.server.control("glacier", {"job_seconds": {"Expedited": 300}})
        other = self.job(Type="archive-retrieval", ArchiveId=self.archive_id)
        self.server.control("job", {"job": other, "do": "finish"})
        for _ in range(1500):
            if self.client.output("vault", job).status == 200:
                return
            time.sleep(0.02)
        self.fail("the job does not end")


class Inventories(VaultCase):
    def test_once_a_day(self):
        self.client.call("PUT", "daily")
        described = lambda: self.json(self.client.call("GET", "daily"))
        ask = lambda **more: self.client.job("daily", Type="inventory-retrieval", **more)
        self.refused(ask(), 404, "ResourceNotFoundException")
        first = self.archive(b"one", "the first", "daily")
        self.advance(23)
        self.refused(ask(), 404, "ResourceNotFoundException")
        self.advance(1.1)
        second = self.archive(b"two!", 'a "second", one', "daily")
        vault = described()
        self.assertEqual((vault["NumberOfArchives"], vault["SizeInBytes"]), (1, 3))
        self.assertIsNotNone(vault["LastInventoryDate"])
        job = self.ok(ask(), 202).headers["x-amz-job-id"]
        self.advance(24)
        again = described()
        self.assertEqual((again["NumberOfArchives"], again["SizeInBytes"]), (2, 7))
        output = self.json(self.client.output("daily", job))
        self.assertEqual(([entry["ArchiveId"] for entry in output["ArchiveList"]],
                          output["InventoryDate"]),
                         ([first], vault["LastInventoryDate"]))
        columns = ["ArchiveId", "ArchiveDescription", "CreationDate", "Size", "SHA256TreeHash"]
        self.assertEqual(set(output["ArchiveList"][0]), set(columns))
        # Nothing has changed since: the date stays.
        self.advance(48)
        self.assertEqual(described(), again)
        job = self.ok(ask(Format="CSV"), 202).headers["x-amz-job-id"]
        self.server.control("job", {"job": job, "do": "finish"})
        answer = self.ok(self.client.output("daily", job))
        rows = list(csv.reader(answer.body.decode().splitlines()))
        self.assertEqual((answer.headers["content-type"], rows[0]), ("text/csv", columns))
        self.assertEqual([row[:2] for row in rows[1:]],
                         [[first, "the first"], [second, 'a "second", one']])
        self.assertNotIn("x-amz-sha256-tree-hash", answer.headers)

    def output(self, **parameters):
        job = self.job("paged", Type="inventory-retrieval", InventoryRetrievalParameters=parameters)
        self.advance(5)
        status = self.json(self.client.call("GET", "paged/jobs/" + job))
        listed = self.json(self.client.output("paged", job))
        self.assertEqual(status["InventorySizeInBytes"], len(self.client.output("paged", job).body))
        return ([entry["ArchiveId"] for entry in listed["ArchiveList"]],
                status["InventoryRetrievalParameters"]["Marker"])

    def test_pages_and_dates(self):
        self.client.call("PUT", "paged")
        ids = []
        for day in (1, 2, 3):
            wanted = {"vault": "paged", "text": "x", "created": "2020-01-0%dT00:00:00Z" % day}
            ids.append(self.server.control("put-archive", wanted)["archive"])
        self.server.control("inventory", {"vault": "paged"})
        self.assertEqual(self.output(), (ids, None))
        self.assertEqual(self.output(Limit="2"), (ids[:2], ids[2]))
        self.assertEqual(self.output(Limit="2", Marker=ids[2]), (ids[2:], None))
        self.assertEqual(self.output(StartDate="2020-01-02T00:00:00Z",
                                     EndDate="2020-01-03T00:00:00Z"),
                         (ids[1:2], None))
        for parameters in ({"Limit": "0"}, {"StartDate": "yesterday"}, {"Marker": "nobody"}):
            self.invalid(self.client.job("paged", Type="inventory-retrieval",
                                         InventoryRetrievalParameters=parameters))


class Notices(VaultCase):
    def test_topics_are_notified(self):
        listener = Listener()
        topics = [self.client.sns("CreateTopic", Name=name).text("CreateTopicResult/TopicArn")
                  for name in ("vault", "job")]
        self.server.control("sns", {"auto_confirm": True})
        for topic in topics:
            self.ok(self.client.sns("Subscribe", TopicArn=topic, Protocol="http",
                                    Endpoint=listener.url))
        listener.wait(2)
        path = "vault/notification-configuration"
        self.refused(self.client.call("GET", path), 404, "ResourceNotFoundException")
        for wanted in ({"SNSTopic": topics[0], "Events": ["Party"]},
                       {"SNSTopic": topics[0] + "x", "Events": ["ArchiveRetrievalCompleted"]}):
            self.invalid(self.client.call("PUT", path, body=wanted))
        wanted = {"SNSTopic": topics[0], "Events": ["ArchiveRetrievalCompleted"]}
        self.ok(self.client.call("PUT", path, body=wanted), 204)
        self.assertEqual(self.json(self.client.call("GET", path)), wanted)
        archive = self.archive(b"x")
        job = self.retrieved(archive, SNSTopic=topics[1])
        heard = listener.wait(4)[2:]
        self.assertEqual([headers["x-amz-sns-topic-arn"] for headers, _ in heard], topics)
        described = self.json(self.client.call("GET", "vault/jobs/" + job))
        for _, envelope in heard:
            self.assertEqual(json.loads(envelope["Message"]), described)
        self.server.control("inventory", {"vault": "vault"})
        self.job(Type="inventory-retrieval")
        self.advance(5)
        self.ok(self.client.call("DELETE", path), 204)
        self.retrieved(archive)
        self.job(Type="inventory-retrieval", SNSTopic=topics[1])
        self.advance(5)
        self.assertIn("InventoryRetrieval", listener.wait(5)[4][1]["Message"])
        self.assertEqual((self.server.control("sns")["waiting"], len(listener.heard)), (0, 5))
        listener.stop()


class VaultFaults(VaultCase):
    arguments = ("--vault", "vault", "--stall-seconds", "0.3")

    def fail(self, kind, **match):
        self.server.control("faults", {"match": {"path": "/vaults/", **match}, "kind": kind})

    def count(self):
        return len(self.server.control("vaults")["vaults"]["us-east-1:vault"]["archives"])

    def test_errors(self):
        for kind, status, code in (("500", 500, "ServiceUnavailableException"),
                                   ("throttle", 400, "ThrottlingException"),
                                   ("408", 408, "RequestTimeoutException")):
            self.fail(kind)
            before = self.count()
            self.refused(self.client.upload("vault", b"x"), status, code)
            self.assertEqual(self.count(), before)
        self.fail("500-after")
        self.refused(self.client.upload("vault", b"x"), 500, "ServiceUnavailableException")
        self.assertEqual(self.count(), before + 1)

    def test_cuts(self):
        for kind, acted in (("cut-request", 0), ("stall", 0), ("lost-answer", 1)):
            before = self.count()
            self.fail(kind)
            with self.assertRaises((http.client.HTTPException, OSError)):
                self.client.upload("vault", b"x" * 100000)
            self.assertEqual(self.count(), before + acted, kind)

    def test_lies(self):
        self.fail("wrong-tree-hash", method="POST")
        answer = self.ok(self.client.upload("vault", b"x"), 201)
        self.assertNotEqual(answer.headers["x-amz-sha256-tree-hash"], tree_hash(b"x"))
        job = self.retrieved(self.archive(b"x" * 1000))
        self.fail("flip", method="GET")
        answer = self.client.output("vault", job)
        self.assertEqual(sum(byte != ord("x") for byte in answer.body), 1)
        self.assertNotEqual(tree_hash(answer.body), answer.headers["x-amz-sha256-tree-hash"])
        self.fail("cut-answer", method="GET")
        with self.assertRaises(http.client.IncompleteRead):
            self.client.output("vault", job)
        self.assertEqual(self.client.output("vault", job).body, b"x" * 1000)

    def test_seeds_repeat(self):
        def run(server):
            client = GlacierClient(server)
            server.control("faults",
                           {"seed": 3, "rate": 0.5, "kinds": ["500", "throttle", "408", "503"]})
            return [client.call("GET", "vault").status for _ in range(40)]
        other = Server(*self.arguments)
        first = run(other)
        self.assertTrue({500, 400, 408} <= set(first) and 503 not in first, first)
        self.assertEqual(first, run(other))
        other.stop()
