"""test_overlap: of runs that begin at once one publishes, nobody waits for the dead or writes nowhere."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.faults.held import hold_first, let_go
from tests.faults.judge import data_files, make_judge
from tests.faults.starter import Ended, Starter
from tests.faults.worlds import LAYOUTS, Layout, arguments, make_world

LOCKED = 75
LEADS = 5_000
"""So many that the first run holds its lock for a while."""

REPLACING, DATED = LAYOUTS[1], LAYOUTS[2]


def start_together(starter: Starter, folder: Path, layout: Layout, count: int) -> dict[int, Path]:
    """So many runs that were let go at once: process id -> the file of what it says."""
    runs = {}
    for number in range(count):
        said = folder / f"said {number}"
        runs[starter.prepare(folder, said, arguments(layout))] = said
    starter.let_go(count)
    return runs


@pytest.mark.parametrize(
    ("layout", "count"),
    [
        (DATED, 8),
        pytest.param(DATED, 50, marks=pytest.mark.slow),
        pytest.param(REPLACING, 50, marks=pytest.mark.slow),
    ],
    ids=["dated", "dated, many", "replacing, many"],
)
def test_one_run_publishes_and_the_others_end_at_once(
    starter: Starter, tmp_path: Path, layout: Layout, count: int
) -> None:
    world = tmp_path / "world"
    make_world(world, layout, starter, LEADS)
    judge = make_judge(layout, world, starter)
    runs = start_together(starter, world, layout, count)
    holder = hold_first(runs)  # until everybody else has ended: none of them waits for it
    ended = {process: starter.wait(process, runs[process]) for process in runs if process != holder}
    let_go(holder)
    assert [end for end in ended.values() if end.code != LOCKED] == []
    assert {end.said.count("another run") for end in ended.values()} == {1}
    assert judge.verdict_of_next(world, starter.wait(holder, runs[holder])) == ""


@pytest.mark.parametrize("layout", [REPLACING, DATED], ids=["replacing", "dated"])
def test_a_lock_of_a_dead_run_holds_nobody_up(starter: Starter, tmp_path: Path, layout: Layout) -> None:
    world = tmp_path / "world"
    make_world(world, layout, starter, LEADS)
    judge = make_judge(layout, world, starter)
    runs = start_together(starter, world, layout, 1)
    holder = hold_first(runs)
    os.kill(holder, signal.SIGKILL)
    killed = starter.wait(holder, runs[holder])
    assert killed == Ended(-signal.SIGKILL, "")
    assert judge.verdict(world, killed) == ""
    assert list((world / "place").glob(".*.lock")) != []
    assert judge.verdict_of_next(world, starter.run(world, world / "said", arguments(layout))) == ""


@pytest.mark.parametrize("gone", ["place", "place/out"])
def test_a_folder_that_is_removed_during_the_run(starter: Starter, tmp_path: Path, gone: str) -> None:
    layout, world = REPLACING, tmp_path / "world"
    make_world(world, layout, starter, LEADS)
    new = make_judge(layout, world, starter).new
    runs = start_together(starter, world, layout, 1)
    holder = hold_first(runs)
    shutil.rmtree(world / gone)
    let_go(holder)
    ended = starter.wait(holder, runs[holder])
    if ended.code == 6:  # there is nowhere to write, and nothing is made up
        assert gone == "place"
        assert not (world / "place").exists()
    else:
        assert ended == Ended(0, "")
        assert data_files(world / "place" / "out") == new
