#!/usr/bin/python3
"""A small server for tests and for practice that speaks S3, Glacier and SNS, stricter than
Amazon's. See README.md in this folder."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from server.app import App  # noqa: E402
from server.glacier.model import JOB_SECONDS  # noqa: E402
from server.model import THAW_SECONDS, parse_bucket, parse_key  # noqa: E402
from server.wire import Server  # noqa: E402

KEEPS = ("Nothing outlives the server: it starts empty, keeps objects' bytes in a new folder below "
         "--data, and removes that at its end.")


def thaw_rule(text):
    """CLASS:TIER=SECONDS"""
    name, _, seconds = text.partition("=")
    place = tuple(name.split(":"))
    if place not in THAW_SECONDS:
        raise argparse.ArgumentTypeError("CLASS:TIER is one of " +
                                         ", ".join(":".join(known) for known in THAW_SECONDS))
    return place, float(seconds)


def job_rule(text):
    """TIER=SECONDS"""
    tier, _, seconds = text.partition("=")
    if tier not in JOB_SECONDS:
        raise argparse.ArgumentTypeError("TIER is one of " + ", ".join(JOB_SECONDS))
    return tier, float(seconds)


def checked(parse):
    """`text` unchanged, if `parse` accepts it."""
    def check(text):
        parse(text)
        return text
    return check


def parse_options(arguments):
    parser = argparse.ArgumentParser(prog="fake_aws.py", description=" ".join(__doc__.split()),
                                     epilog=KEEPS)
    add = parser.add_argument
    add("--port", type=int, default=9000, help="on 127.0.0.1; 0: a free one (default 9000)")
    add("--port-file", help="the port is written to this file once requests are answered")
    add("--data", help="folder for the bytes of objects (default: a temporary one)")
    add("--key", action="append", type=checked(parse_key), metavar="ID:SECRET[:TOKEN[:SECONDS]]",
        help="an access key; with a token a session's, which ends after SECONDS "
             "(default practice:practice-secret)")
    add("--bucket", action="append", type=checked(parse_bucket), default=[],
        metavar="NAME[:REGION][:lock][:versioned][:requester-pays][:owner=ID]")
    add("--kms-key", action="append", default=[], metavar="ID",
        help="a KMS key that exists (default: every one)")
    add("--clock-skew", type=float, default=0, metavar="SECONDS",
        help="how far the clock that checks signatures is ahead")
    add("--time-scale", type=float, default=1, metavar="N",
        help="thaws, jobs and locks pass N times faster")
    add("--thaw", action="append", type=thaw_rule, default=[], metavar="CLASS:TIER=SECONDS",
        help="how long a thaw takes")
    add("--vault", action="append", default=[], metavar="NAME[:REGION]",
        help="a Glacier vault (default region us-east-1)")
    add("--job", action="append", type=job_rule, default=[], metavar="TIER=SECONDS",
        help="how long a Glacier job takes; TIER may be Inventory")
    add("--page-size", type=int, default=1000, metavar="N", help="items on a page of any listing")
    add("--min-part-size", type=int, default=5 << 20, metavar="BYTES",
        help="of all parts but the last (default 5 MiB)")
    add("--capacity", type=int, metavar="BYTES", help="beyond it: 403 QuotaExceeded")
    add("--no-unsigned-payload", action="store_true",
        help="every body must be signed by its SHA-256")
    add("--repeat-complete", action="store_true",
        help="a repeated CompleteMultipartUpload returns 200 again, not 404")
    add("--faults", default="", metavar="SEED:RATE[:KIND,KIND…]",
        help="requests that fail, at random but repeatably")
    add("--stall-seconds", type=float, default=2, metavar="N",
        help="how long a stalled connection stays open (default 2)")
    add("--idle-seconds", type=float, default=60, metavar="N",
        help="a silent connection ends after this (default 60)")
    add("--sts-seconds", type=float, default=3600, metavar="N",
        help="lifetime of sessions from STS and the metadata services")
    add("--container-token", metavar="TEXT",
        help="the Authorization that /container-credentials requires")
    add("--verbose", action="store_true", help="log each request to standard error")
    options = parser.parse_args(arguments)
    options.key = options.key or ["practice:practice-secret"]
    return options


def write_port(path, port):
    """Writes it atomically: a process that waits for the file never reads half of it."""
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write("%d\n" % port)
    os.rename(path + ".new", path)


def main():
    options = parse_options(sys.argv[1:])
    if options.data:
        os.makedirs(options.data, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="fake_aws.", dir=options.data)
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    try:
        app = App(options, folder)
        app.state.thaw_seconds.update(options.thaw)
        app.state.glacier.job_seconds.update(options.job)
        server = Server(options.port, app)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        port = server.server_address[1]
        print("http://127.0.0.1:%d" % port, flush=True)
        if options.port_file:
            write_port(options.port_file, port)
        while not end.wait(0.1):
            app.tick()
        server.shutdown()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
