"""launch: one program from start to end, and what it took, written as JSON.

    python -S launch.py REPORT ARGUMENTS_OF_PYTHON...

A process of its own that imports next to nothing: what the kernel gives as a child's peak memory begins
with what its parent had when it started the child.
"""

import json
import os
import sys
import time


def main() -> None:
    """Run Python with the arguments; write seconds, processor seconds, peak bytes and exit code."""
    report, *arguments = sys.argv[1:]
    start = time.perf_counter()
    child = os.posix_spawn(sys.executable, [sys.executable, *arguments], os.environ)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - start
    took = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss * 1024}
    with open(report, "w", encoding="utf-8") as file:  # noqa: PTH123  pathlib would be another megabyte
        json.dump({"took": took, "code": os.waitstatus_to_exitcode(status)}, file)


if __name__ == "__main__":
    main()
