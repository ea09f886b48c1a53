"""Everything that depends on the thaw clock."""

import datetime

from .client import Case


class Thaws(Case):
    def setUp(self):
        self.key = self.id()
        self.ok(self.client.put(self.key, b"cold", {"x-amz-storage-class": "DEEP_ARCHIVE"}))

    def advance(self, hours):
        self.server.control("clock", {"advance": hours * 3600})

    def test_cold(self):
        answer = self.refused(self.client.call("GET", self.key), 403, "InvalidObjectState")
        self.assertEqual(answer.text("StorageClass"), "DEEP_ARCHIVE")
        head = self.client.call("HEAD", self.key)
        self.assertEqual((head.status, "x-amz-restore" in head.headers), (200, False))

    def test_life_of_a_thaw(self):
        self.server.control("clock", {"set": "2031-05-01T10:30:00Z"})
        self.ok(self.client.restore(self.key, 3), 202)
        self.refused(self.client.restore(self.key, 3), 409, "RestoreAlreadyInProgress")
        self.assertEqual(self.client.call("HEAD", self.key).headers["x-amz-restore"],
                         'ongoing-request="true"')
        self.advance(11.9)
        self.refused(self.client.call("GET", self.key), 403, "InvalidObjectState")
        self.advance(0.2)
        # Ready on 1 May at 22:30, three days, and then to the next midnight.
        self.assertEqual(self.client.call("HEAD", self.key).headers["x-amz-restore"],
                         'ongoing-request="false", expiry-date="Mon, 05 May 2031 00:00:00 GMT"')
        self.assertEqual(self.ok(self.client.call("GET", self.key)).body, b"cold")
        listed = self.client.call("GET", query={"list-type": 2, "prefix": self.key},
                                  headers={"x-amz-optional-object-attributes": "RestoreStatus"})
        self.assertEqual(listed.text("Contents/RestoreStatus/RestoreExpiryDate"),
                         "2031-05-05T00:00:00.000Z")
        self.ok(self.client.restore(self.key, 10), 200)
        self.assertIn("Mon, 12 May 2031",
                      self.client.call("HEAD", self.key).headers["x-amz-restore"])
        self.advance(24 * 12)
        self.assertNotIn("x-amz-restore", self.client.call("HEAD", self.key).headers)
        self.refused(self.client.call("GET", self.key), 403, "InvalidObjectState")

    def test_tiers(self):
        self.refused(self.client.restore(self.key, tier="Expedited"), 400, "InvalidArgument")
        self.refused(self.client.restore(self.key, tier="Warp"), 400, "MalformedXML")
        self.refused(self.client.restore(self.key, 0), 400, "InvalidArgument")
        self.ok(self.client.restore(self.key, tier="Bulk"), 202)
        self.ok(self.client.restore(self.key, tier="Standard"), 202)
        self.advance(12.1)
        self.ok(self.client.call("GET", self.key))
        self.ok(self.client.put("hot"))
        self.refused(self.client.restore("hot"), 403, "InvalidObjectState")
        for tier, hours in (("Expedited", 0.1), ("Standard", 5), ("Bulk", 12)):
            self.ok(self.client.put("glacier", b"x", {"x-amz-storage-class": "GLACIER"}))
            self.ok(self.client.restore("glacier", tier=tier), 202)
            self.advance(hours - 0.05)
            self.refused(self.client.call("GET", "glacier"), 403, "InvalidObjectState")
            self.advance(0.1)
            self.ok(self.client.call("GET", "glacier"))


class Locks(Case):
    arguments = ("--bucket", "bucket:lock")

    def until(self, days):
        moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def put(self, key, mode, days=2):
        return self.client.put(key,
                               headers={"x-amz-object-lock-mode": mode,
                                        "x-amz-object-lock-retain-until-date": self.until(days)})

    def test_locked_versions_stay(self):
        for mode, bypass in (("COMPLIANCE", 403), ("GOVERNANCE", 204)):
            version = self.ok(self.put(mode, mode)).headers["x-amz-version-id"]
            head = self.client.call("HEAD", mode).headers
            self.assertEqual(head["x-amz-object-lock-mode"], mode)
            self.assertEqual(self.client.call("GET", mode, {"retention": ""}).text("Mode"), mode)
            self.refused(self.client.call("DELETE", mode, {"versionId": version}),
                         403, "AccessDenied")
            answer = self.ok(self.client.call("DELETE", mode), 204)
            self.assertEqual(answer.headers["x-amz-delete-marker"], "true")
            headers = {"x-amz-bypass-governance-retention": "true"}
            self.ok(self.client.call("DELETE", mode, {"versionId": version}, headers), bypass)

    def test_a_lock_ends(self):
        version = self.ok(self.put("key", "COMPLIANCE")).headers["x-amz-version-id"]
        self.server.control("clock", {"advance": 2 * 86400 + 10})
        self.ok(self.client.call("DELETE", "key", {"versionId": version}), 204)
        self.server.control("clock", {"advance": -2 * 86400 - 10})

    def test_rules(self):
        headers = {"x-amz-object-lock-mode": "COMPLIANCE",
                   "x-amz-object-lock-retain-until-date": self.until(2)}
        self.refused(self.client.call("PUT", "key", headers=headers, body=b"x"),
                     400, "InvalidRequest")
        self.refused(self.put("key", "FOREVER"), 400, "InvalidArgument")
        self.refused(self.put("key", "COMPLIANCE", -1), 400, "InvalidArgument")
        self.refused(self.client.put("key", headers={"x-amz-object-lock-mode": "COMPLIANCE"}),
                     400, "InvalidArgument")
        self.ok(self.client.put("free"))
        self.refused(self.client.call("GET", "free", {"retention": ""}),
                     404, "NoSuchObjectLockConfiguration")
