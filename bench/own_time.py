#!/usr/bin/python3
"""own_time.py FILE COMMAND...: runs it and writes to FILE: wall seconds, CPU seconds of the process
itself without its children (with those that it has waited for where CHILDREN=yes is in the
environment), peak memory in KiB."""

import os
import sys
import time

TICK = os.sysconf("SC_CLK_TCK")


def cpu_of(pid):
    with open("/proc/%d/stat" % pid, encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def main():
    begun = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    own, usage = 0.0, None
    while usage is None:
        own = cpu_of(pid)
        time.sleep(0.01)
        # The times of a process are available until it is waited for.
        state = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if state is not None:
            own = cpu_of(pid)
            _, status, usage = os.wait4(pid, 0)
    if os.environ.get("CHILDREN") == "yes":
        own = usage.ru_utime + usage.ru_stime
    with open(sys.argv[1], "w", encoding="ascii") as file:
        file.write("%.2f %.2f %d\n" % (time.monotonic() - begun, own, usage.ru_maxrss))
    sys.exit(os.waitstatus_to_exitcode(status))


main()
