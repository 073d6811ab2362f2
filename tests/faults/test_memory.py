"""test_memory: a run with too little memory says so or is killed: no bug, no half result, no endless wait."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.faults.judge import Judge, make_judge
from tests.faults.starter import Ended, Starter
from tests.faults.worlds import LAYOUTS, arguments, copy_world, make_world

LAYOUT = LAYOUTS[1]
CEILINGS = range(100, 1300, 60)
"""MiB of address space, from too little to load the libraries to more than enough."""
EXTRA = range(0, 60, 3)
"""MiB beside the libraries, from nothing to more than enough."""

COUNTS, SECONDS = ("some", "many"), 60


@pytest.fixture(scope="module")
def world(starter: Starter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("prlimit") is None:
        pytest.skip("prlimit is not installed: memory cannot be refused")
    folder = tmp_path_factory.mktemp("memory") / "world"
    make_world(folder, LAYOUT, starter, leads=20_000)
    return folder


@pytest.fixture(scope="module")
def judge(starter: Starter, world: Path) -> Judge:
    return make_judge(LAYOUT, world, starter)


def run_within(folder: Path, mebibytes: int) -> Ended:
    """A run as a process of its own that gets no more memory than this."""
    command = ["prlimit", f"--as={mebibytes << 20}", sys.executable, "-m", "leadscore", *arguments(LAYOUT)]
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="backslashreplace",
        timeout=SECONDS,
    )
    return Ended(done.returncode, done.stdout)


def check(
    starter: Starter, judge: Judge, world: Path, run: Callable[[Path, int], Ended], ceilings: range
) -> str:
    """Counts, after a run under each ceiling that was followed by one without."""
    codes, wrong = Counter[int](), []
    for ceiling in ceilings:
        folder = copy_world(world, world.with_name("refused"))
        ended = run(folder, ceiling)
        codes[ended.code] += 1
        verdict = judge.verdict(folder, ended)
        followed = starter.run(folder, folder / "said", arguments(LAYOUT))
        if verdict := verdict or judge.verdict_of_next(folder, followed):
            wrong.append(f"{ceiling} MiB: {verdict}")
    assert wrong == []
    assert codes[0] > 0, "none was enough"
    assert codes.total() > codes[0], "all were enough"
    return f"{len(ceilings)} ceilings (exit {dict(codes)}), 0 wrong"


@pytest.mark.parametrize("ceilings", [EXTRA[::4], pytest.param(EXTRA, marks=pytest.mark.slow)], ids=COUNTS)
def test_memory_is_refused_while_leads_are_scored(
    starter: Starter,
    judge: Judge,
    world: Path,
    ceilings: range,
    record_property: Callable[[str, object], None],
) -> None:
    def run(folder: Path, mebibytes: int) -> Ended:
        return starter.run(folder, folder / "said", arguments(LAYOUT), mebibytes << 20)

    record_property("counted", check(starter, judge, world, run, ceilings))


@pytest.mark.parametrize(
    "ceilings", [CEILINGS[::10], pytest.param(CEILINGS, marks=pytest.mark.slow)], ids=COUNTS
)
def test_memory_is_refused_from_the_start(
    starter: Starter,
    judge: Judge,
    world: Path,
    ceilings: range,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("counted", check(starter, judge, world, run_within, ceilings))
