"""engine_watch: a program on a cluster, and what its processes took, looked at while they run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.timing import ROOT, ProgramFailedError
from tests.cluster import Cluster, processes_of

EVERY = 0.25
"""Seconds between two looks."""
_PAGE, _TICK = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


@dataclass
class Used:
    """What a worker or a driver took, of all its processes together."""

    peak: int = 0
    """The most bytes that were resident in one look. What processes share counts in each of them."""
    jvm: dict[int, float] = field(default_factory=dict)
    """Process -> its processor seconds when it was last seen."""
    python: dict[int, float] = field(default_factory=dict)
    moved: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Process -> bytes it had read from disks and written to them."""

    @property
    def read(self) -> int:
        """Bytes that came from disks."""
        return sum(read for read, _ in self.moved.values())

    @property
    def written(self) -> int:
        """Bytes that went to disks."""
        return sum(written for _, written in self.moved.values())

    def look(self, jvm: Iterable[int], python: Iterable[int]) -> None:
        """Look at the processes that run now."""
        resident = 0
        for seen, processes in ((self.jvm, jvm), (self.python, python)):
            for process in processes:
                with suppress(OSError):  # it has ended meanwhile
                    memory, seen[process], self.moved[process] = _look_at(Path("/proc", str(process)))
                    resident += memory
        self.peak = max(self.peak, resident)


@dataclass(frozen=True)
class Watched:
    """A program that has run, and what it took."""

    wall: float
    driver: Used
    workers: Sequence[Used]


def watch(arguments: Sequence[str], environment: Mapping[str, str], cluster: Cluster, log: Path) -> Watched:
    """Run Python with these arguments, and look at it and the cluster's workers until it ends.

    What it prints goes to ``log``. Raises ProgramFailedError where it ends with another code than 0.
    """
    driver, workers = Used(), [Used() for _ in cluster.workers]
    os.sync()  # or it waits for what was written before
    with log.open("wb") as output:
        start = time.perf_counter()
        program = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
        try:
            while program.poll() is None:
                _look(program.pid, driver, cluster, workers)
                with suppress(subprocess.TimeoutExpired):
                    program.wait(EVERY)
        finally:
            program.kill()
    wall = time.perf_counter() - start
    if program.returncode:
        raise ProgramFailedError(log.read_text(encoding="utf-8", errors="replace")[-3000:])
    return Watched(wall, driver, workers)


def _look(program: int, driver: Used, cluster: Cluster, workers: Sequence[Used]) -> None:
    driver.look([each for each in processes_of(program) if each != program], [program])
    for used, jvm, python in zip(workers, cluster.executors(), cluster.python_workers(), strict=True):
        used.look(jvm, python)


def _look_at(process: Path) -> tuple[int, float, tuple[int, int]]:
    """Bytes resident, processor seconds, bytes read and written: what Linux says of a process."""
    resident = int((process / "statm").read_text(encoding="ascii").split()[1]) * _PAGE
    stat = (process / "stat").read_bytes().rpartition(b")")[2].split()
    lines = (process / "io").read_text(encoding="ascii").splitlines()
    moved = {name: int(count) for name, count in (line.split(": ") for line in lines)}
    return resident, (int(stat[11]) + int(stat[12])) / _TICK, (moved["read_bytes"], moved["write_bytes"])
