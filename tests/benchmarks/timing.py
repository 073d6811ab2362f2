"""timing: whole programs, one after the other, again and again: wall time, processor time, peak memory."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAUNCH = Path(__file__).parent / "launch.py"


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds on the clock, seconds of processors, bytes at its largest."""

    wall: float
    cpu: float
    memory: int


@dataclass(frozen=True)
class Program:
    """Something that is run: its name and what Python is given."""

    name: str
    arguments: Sequence[str]
    out: Path | None = None
    """The folder it writes, removed before it starts."""
    fresh: Sequence[Path] = ()
    """Other folders that are removed before it starts."""
    once: bool = False
    """Too slow to be run as often as the others: its first run is the only one."""


@dataclass
class Costs:
    """The runs of one program."""

    runs: list[Cost] = field(default_factory=list)

    @property
    def wall(self) -> float:
        """The median, in seconds."""
        return statistics.median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        """The median, in seconds."""
        return statistics.median(run.cpu for run in self.runs)

    @property
    def memory(self) -> int:
        """The most of any run, in bytes."""
        return max(run.memory for run in self.runs)

    @property
    def spread(self) -> tuple[float, float]:
        """The fastest and the slowest, in seconds."""
        walls = [run.wall for run in self.runs]
        return min(walls), max(walls)


class ProgramFailedError(Exception):
    """A program ended with another code than 0."""


def take_turns(
    programs: Sequence[Program],
    runs: int,
    cache: Path,
    agree: Callable[[], None],
    tell: Callable[[str], None],
) -> dict[str, Costs]:
    """Each program's runs: first one that is not counted, then ``agree``, then A B C A B C ...

    The first run fills the disk's cache and Python's, and writes what ``agree`` compares. Only of a
    program that is run once it counts.
    """
    costs = {program.name: Costs() for program in programs}
    for program in programs:
        tell(f"first run of {program.name}")
        first = run(program, cache)
        if program.once:
            costs[program.name].runs.append(first)
    agree()
    for program in programs:
        _remove(program.out)
    for turn in range(runs):
        for program in programs:
            if not program.once:
                tell(f"run {turn + 1} of {runs}: {program.name}")
                costs[program.name].runs.append(run(program, cache))
                _remove(program.out)  # ten million leads are 6 GB written by each
    return costs


def run(program: Program, cache: Path) -> Cost:
    """One run as a process of its own, on a quiet disk."""
    for folder in (program.out, *program.fresh):
        _remove(folder)
    os.sync()  # or the next one waits for what the last one wrote
    with tempfile.TemporaryDirectory() as passing:
        report, said = Path(passing, "report"), Path(passing, "said")
        command = [sys.executable, "-S", str(LAUNCH), str(report), *program.arguments]
        with said.open("wb") as output:
            subprocess.run(
                command, cwd=ROOT, env=environment(cache), stdout=output, stderr=output, check=True
            )
        found = json.loads(report.read_text(encoding="utf-8"))
        if found["code"]:
            raise ProgramFailedError(
                f"{program.name}: {said.read_text(encoding='utf-8', errors='replace')[-3000:]}"
            )
    return Cost(**found["took"])


def _remove(folder: Path | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def environment(cache: Path) -> dict[str, str]:
    """The environment of each program: caches of their own, and bytecode kept, as where it is installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    bytecode = str(cache.parent / "bytecode")
    return {**kept, "XDG_CACHE_HOME": str(cache), "PYTHONPYCACHEPREFIX": bytecode}
