"""Faults, and the control calls."""

import http.client
import json
import os

from .client import Case, Client, Server, sha256


class Faults(Case):
    arguments = ("--bucket", "bucket", "--stall-seconds", "0.3", "--min-part-size", "1")

    def fail(self, kind, method="PUT", query="", times=1):
        self.server.control("faults",
                            {"match": {"method": method, "path": "/bucket/", "query": query},
                             "kind": kind, "times": times})

    def there(self, key):
        return key in {entry["key"] for entry in self.server.objects()}

    def test_errors(self):
        for kind, status, code in (("500", 500, "InternalError"), ("503", 503, "SlowDown"),
                                   ("408", 408, "RequestTimeout"),
                                   ("400-timeout", 400, "RequestTimeout")):
            self.fail(kind)
            self.refused(self.client.put(kind), status, code)
            self.assertFalse(self.there(kind))
            self.ok(self.client.put(kind))
        self.fail("500-after")
        self.refused(self.client.put("after"), 500, "InternalError")
        self.assertTrue(self.there("after"))

    def test_cuts(self):
        for kind, acted in (("cut-request", False), ("stall", False), ("lost-answer", True)):
            self.fail(kind)
            with self.assertRaises((http.client.HTTPException, OSError)):
                self.client.put(kind, b"x" * 100000)
            self.assertEqual(self.there(kind), acted)
        self.ok(self.client.put("body", b"x" * 1000))
        self.fail("cut-answer", "GET")
        with self.assertRaises(http.client.IncompleteRead):
            self.client.call("GET", "body")

    def test_lies(self):
        self.ok(self.client.put("key", b"x" * 1000))
        self.fail("flip", "GET")
        body = self.client.call("GET", "key").body
        self.assertEqual(sum(a != b for a, b in zip(body, b"x" * 1000)), 1)
        self.assertEqual(self.client.call("GET", "key").body, b"x" * 1000)
        self.fail("wrong-etag")
        self.assertNotEqual(self.client.put("key").headers["etag"],
                            self.client.put("key").headers["etag"])
        upload, parts = self.whole_upload("multi", [b"x"])
        self.fail("complete-error", "POST", "uploadId")
        answer = self.ok(self.client.complete("multi", upload, parts))
        self.assertEqual((answer.xml.tag, answer.code), ("Error", "InternalError"))

    def test_seeds_repeat(self):
        def run():
            self.server.control("faults", {"seed": 7, "rate": 0.5, "kinds": ["500", "503"]})
            return [self.client.call("HEAD", "seeds").status for _ in range(40)]
        first = run()
        self.assertEqual(first, run())
        self.assertTrue({500, 503} <= set(first) and len(set(first)) > 2)
        self.server.control("faults", {"seed": 7, "rate": 1, "count": 2})
        self.server.control("faults", {"rate": 0})
        self.assertTrue(any("/bucket/seeds?: 50" in line
                            for line in self.server.control("fault-log")["faults"]))
        self.assertEqual(self.client.call("HEAD", "seeds").status, 404)


class Control(Case):
    def test_corrupt_and_put(self):
        self.server.control("put-object", {"bucket": "bucket", "key": "k", "text": "hello",
                                           "class": "GLACIER_IR"})
        self.assertEqual(self.ok(self.client.call("GET", "k")).body, b"hello")
        before = self.server.objects()[0]["sha256"]
        self.server.control("corrupt", {"bucket": "bucket", "key": "k", "offset": 1})
        self.assertNotEqual(self.client.call("GET", "k").body, b"hello")
        self.assertNotEqual(self.server.objects()[0]["sha256"], before)
        self.server.control("remove-object", {"bucket": "bucket", "key": "k"})
        self.refused(self.client.call("GET", "k"), 404, "NoSuchKey")

    def test_requests(self):
        since = self.server.control("requests")["next"]
        self.client.put("key", b"12345")
        entry, = self.server.control("requests?since=%d" % since)["requests"]
        names = ("method", "path", "status", "operation", "action", "bytes_in")
        self.assertEqual([entry[name] for name in names],
                         ["PUT", "/bucket/key", 200, "PutObject", "s3:PutObject", 5])
        self.assertNotIn("secret", json.dumps(entry))

    def test_keep_alive(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port)
        for _ in range(3):
            headers = self.client.signed("GET", "/bucket", "", {}, sha256(b""))
            connection.request("GET", "/bucket", headers=headers)
            response = connection.getresponse()
            self.assertEqual((response.status, len(response.read()) > 0), (200, True))
        connection.close()

    def test_end(self):
        server = Server("--bucket", "bucket")
        Client(server).put("key", b"x" * 200000)
        data = os.path.join(server.folder.name, "data")
        self.assertEqual(len(os.listdir(data)), 1)
        server.process.terminate()
        self.assertEqual(server.process.wait(), 0)
        self.assertEqual(os.listdir(data), [])
