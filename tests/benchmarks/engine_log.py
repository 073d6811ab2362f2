"""engine_log: the event log of a Spark program -> what each of its stages did."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

# What a step of a stage is called here, by what Spark calls it. All others take next to nothing.
_STEPS = {"MapInArrow": "Python", "Exchange": "shuffle", "SortAggregate": "sort", "Sort": "sort"}
_TO_PYTHON, _FROM_PYTHON = "data sent to Python workers", "data returned from Python workers"


@dataclass
class Stage:
    """Tasks that do the same on parts of the rows. Times in seconds, amounts in bytes."""

    place: str
    """The file and line that asked for it."""
    steps: tuple[str, ...]
    """First to last: a shuffle first in it was written by another stage, one last in it is written."""
    begun: float = 0.0
    ended: float = 0.0
    """Seconds of the clock that all tasks of a program are told by."""
    tasks: int = 0
    failed: int = 0
    seconds: float = 0.0
    """Of all its tasks together, Python included; ``longest`` of one."""
    longest: float = 0.0
    cpu: float = 0.0
    """Processor time of the JVM."""
    collecting: float = 0.0
    """Of garbage."""
    shuffled: int = 0
    """Written to be fetched by other stages."""
    shuffled_rows: int = 0
    spilled: int = 0
    """Written to a disk because memory was short."""
    python: int = 0
    """Sent to Python and back."""

    def add(self, other: Stage) -> None:
        """Add up what both took together; when they were is another matter."""
        self.longest = max(self.longest, other.longest)
        for name in _ADDED:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_ADDED = (
    "tasks", "failed", "seconds", "cpu", "collecting",
    "shuffled", "shuffled_rows", "spilled", "python",
)  # fmt: skip


def read_stages(log: Path) -> list[Stage]:
    """The stages of one program, as they ended."""
    with log.open(encoding="utf-8") as lines:
        return list(_stages(json.loads(line) for line in lines))


def join_alike(stages: Iterable[Stage]) -> list[Stage]:
    """One for those next to each other with the same place and steps: a stage per part that is fetched."""
    found = []
    for _, alike in groupby(stages, key=lambda stage: (stage.place, stage.steps)):
        first, *others = alike
        whole = replace(first)
        for stage in others:
            whole.add(stage)
            whole.ended = max(whole.ended, stage.ended)
        found.append(whole)
    return found


def seconds_at_work(stages: Iterable[Stage]) -> float:
    """How long at least one of them ran; for the rest of the time only the driver was at work."""
    total, until = 0.0, 0.0
    for stage in sorted(stages, key=lambda stage: stage.begun):
        total += max(0.0, stage.ended - max(stage.begun, until))
        until = max(until, stage.ended)
    return total


@dataclass
class _Tasks:
    """What tasks said of stages that have not ended, and which rows are on disks already."""

    sums: dict[int, Stage] = field(default_factory=dict)
    kept: set[int] = field(default_factory=set)


def _stages(events: Iterable[Mapping[str, Any]]) -> Iterator[Stage]:
    tasks = _Tasks()
    for event in events:
        if event["Event"] == "SparkListenerTaskEnd":
            tasks.sums.setdefault(event["Stage ID"], Stage("", ())).add(_task(event))
        elif event["Event"] == "SparkListenerStageCompleted":
            info = event["Stage Info"]
            times = info["Submission Time"] / 1e3, info["Completion Time"] / 1e3
            stage = Stage(_place(info["Stage Name"]), tuple(_steps(info["RDD Info"], tasks.kept)), *times)
            stage.add(tasks.sums.pop(info["Stage ID"], Stage("", ())))
            yield stage


def _task(event: Mapping[str, Any]) -> Stage:
    failed = int(event["Task End Reason"]["Reason"] != "Success")
    took = event.get("Task Metrics")
    if took is None:  # its worker was lost
        return Stage("", (), tasks=1, failed=failed)
    seconds = took["Executor Run Time"] / 1e3
    wrote = took["Shuffle Write Metrics"]
    python = Counter[str]()
    for said in event["Task Info"]["Accumulables"]:
        if said.get("Name") in (_TO_PYTHON, _FROM_PYTHON):
            python[said["Name"]] += int(said["Update"])
    return Stage(
        "",
        (),
        tasks=1,
        failed=failed,
        seconds=seconds,
        longest=seconds,
        cpu=took["Executor CPU Time"] / 1e9,
        collecting=took["JVM GC Time"] / 1e3,
        shuffled=wrote["Shuffle Bytes Written"],
        shuffled_rows=wrote["Shuffle Records Written"],
        spilled=took["Disk Bytes Spilled"],
        python=python.total(),
    )


def _place(name: str) -> str:
    """``collect at /some/where/order.py:85``, without the folders."""
    return name.rpartition(" at ")[2].rpartition("/")[2]


def _steps(frames: Iterable[Mapping[str, Any]], kept: set[int]) -> Iterator[str]:
    """What a stage did to its rows, first to last. ``kept``: frames on disks, to which its own are added."""
    by_number = {frame["RDD ID"]: frame for frame in frames}
    parents = {parent for frame in by_number.values() for parent in frame["Parent IDs"]}
    waiting = sorted(by_number.keys() - parents)
    found: list[tuple[int, str]] = []
    seen: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number in seen or number not in by_number:
            continue
        seen.add(number)
        frame = by_number[number]
        if number in kept:
            found.append((number, "fetch"))
            continue
        if frame["Storage Level"]["Use Disk"]:
            kept.add(number)
            found.append((number, "keep"))
        name = json.loads(frame["Scope"])["name"] if "Scope" in frame else ""
        found += [(number, _STEPS[name])] if name in _STEPS else []
        waiting += frame["Parent IDs"]
    steps = [step for _, step in sorted(found)]
    yield from (step for step, _ in groupby(steps))
