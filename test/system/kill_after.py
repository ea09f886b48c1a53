#!/usr/bin/env python3
"""kill_after.py read|written BYTES COMMAND...: runs COMMAND, kills it (SIGKILL) when it has read or
written BYTES bytes (0: never), of files and pipes, and prints its exit code (137 when killed) and
how many bytes that were. What COMMAND writes to its standard output goes to standard error."""
import os
import signal
import subprocess
import sys
import time

LINE = ["read", "written"].index(sys.argv[1])


def counted(pid):
    try:
        with open(f"/proc/{pid}/io") as io:
            return int(io.readlines()[LINE].split()[1])
    except (OSError, IndexError):
        return None


def children_of(pid):
    found = set()
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as children:
                found.update(int(child) for child in children.read().split())
    except OSError:
        pass
    return found


most = int(sys.argv[2])
child = subprocess.Popen(sys.argv[3:], stdout=sys.stderr)
# A process's counts include those of its children once it has waited for them: subtract them.
theirs = {}
done = 0
while True:
    ended = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    own = counted(child.pid)
    running = children_of(child.pid)
    done = own - sum(bytes for pid, bytes in theirs.items() if pid not in running)
    if ended:
        break
    for pid in running:
        theirs[pid] = counted(pid) or theirs.get(pid, 0)
    if most and done >= most:
        os.kill(child.pid, signal.SIGKILL)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        # It has not waited for any child yet.
        theirs = {pid: bytes for pid, bytes in theirs.items() if pid not in running}
        continue
    time.sleep(0.003)
code = child.wait()
print(137 if code < 0 else code, done)
