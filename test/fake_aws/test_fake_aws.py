#!/usr/bin/python3
"""Tests the server's rules. Arguments as for unittest:
`test_fake_aws.py -v tests.cold.Thaws`."""

import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from tests.buckets import *  # noqa: E402,F401,F403
from tests.cold import *  # noqa: E402,F401,F403
from tests.faults import *  # noqa: E402,F401,F403
from tests.jobs import *  # noqa: E402,F401,F403
from tests.objects import *  # noqa: E402,F401,F403
from tests.signatures import *  # noqa: E402,F401,F403
from tests.topics import *  # noqa: E402,F401,F403
from tests.vaults import *  # noqa: E402,F401,F403

if __name__ == "__main__":
    result = unittest.main(exit=False).result
    if not result.wasSuccessful():
        sys.exit(1)
    print("test_fake_aws.py: %d checks passed" % result.testsRun)
