"""strace: the calls of a run that change files, and a fault put into one of them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.faults.starter import Ended, Starter

CALLS = (
    "open openat creat write writev pwrite64 fsync fdatasync sync_file_range rename renameat renameat2"
    " link linkat symlink symlinkat mkdir mkdirat unlink unlinkat rmdir ftruncate fallocate"
    " chmod fchmod fchmodat flock close"
).split()
"""Calls that make, change, lock or remove files, and those that must work for that."""

TRACED = ",".join(f"?{call}" for call in CALLS)  # ?: some machines lack some of these calls
KILL = "SIGKILL"
ERRORS = ("ENOSPC", "EIO", "EDQUOT", "EROFS", "EACCES", "EMFILE", "EINTR")

_CALL = re.compile(r"^(?P<thread>\d+) +(?P<call>\w+)\((?P<rest>.*)$")
_OURS = re.compile(r"[/\"]\.[^/\"]+\.(stage-|lock\b)")
"""The names of stage folders and locks; the first call with one of them is where faults begin."""


@dataclass(frozen=True)
class Call:
    """The ``number``-th time (from 1) that a thread of a run makes this call."""

    name: str
    number: int
    text: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.number} {self.text[:90]}"


def why_not() -> str:
    """Why faults cannot be put into calls here, or '' where they can."""
    if shutil.which("strace") is None:
        return "strace is not installed: no fault can be put into a system call"
    tried = subprocess.run(
        ["strace", "-o", os.devnull, "-e", "inject=chdir:error=EIO", "true"], capture_output=True, text=True
    )
    return f"strace may not trace here: {tried.stderr.strip()[:100]}" if tried.returncode else ""


def run_traced(
    starter: Starter, folder: Path, said: Path, arguments: list[str], log: Path, *injections: str
) -> Ended:
    """A run whose calls are logged, with faults as strace's ``inject`` writes them."""
    process = starter.prepare(folder, said, arguments)
    faults = [option for injection in injections for option in ("-e", f"inject={injection}")]
    command = ["strace", "-f", "-y", "-o", str(log), "-e", f"trace={TRACED}", "-e", "signal=none", *faults]
    with subprocess.Popen([*command, "-p", str(process)], stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr is not None
        first = strace.stderr.readline()
        starter.let_go()
        ended = starter.wait(process, said)
        assert "attached" in first, first + strace.stderr.read()
    return ended


def strike(call: Call, fault: str) -> str:
    """This fault at this call, as strace writes it."""
    what = f"signal={fault}" if fault == KILL else f"error={fault}"
    return f"{call.name}:{what}:when={call.number}"


def struck(log: Path, ended: Ended, fault: str) -> bool:
    """Whether the fault came about."""
    return ended.code == -9 if fault == KILL else "(INJECTED)" in log.read_text(errors="replace")


def calls_in(log: Path) -> list[tuple[int, Call]]:
    """Every call of a log in its order, with its thread."""
    counts: Counter[tuple[int, str]] = Counter()
    found = []
    for line in log.read_text(errors="replace").splitlines():
        if match := _CALL.match(line):
            thread, name = int(match["thread"]), match["call"]
            counts[thread, name] += 1
            found.append((thread, Call(name, counts[thread, name], match["rest"])))
    return found


def calls_that_publish(log: Path) -> list[Call]:
    """Every call from the first that names a lock or a stage folder; a call is counted by its own thread.

    A thread's few calls that have the number of an earlier call of another are left out: a fault at that
    number would strike the other first.
    """
    calls = calls_in(log)
    start = next(place for place, (_, call) in enumerate(calls) if _OURS.search(call.text))
    earlier = {(call.name, call.number) for _, call in calls[:start]}
    found = {(call.name, call.number): call for _, call in calls[start:]}
    return [call for key, call in found.items() if key not in earlier]
