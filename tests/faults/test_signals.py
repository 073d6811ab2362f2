"""test_signals: a run that is stopped at any moment clears up behind it."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.judge import Judge, make_judge
from tests.faults.starter import Ended, Starter
from tests.faults.worlds import LAYOUTS, arguments, copy_world, make_world

SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
LAYOUT = LAYOUTS[2]
BEGUN = 0.02
"""Seconds after which a run has come so far that it can be stopped in its own way."""


@pytest.fixture(scope="module")
def world(starter: Starter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signals") / "world"
    make_world(folder, LAYOUT, starter, leads=500)
    return folder


@pytest.fixture(scope="module")
def judge(starter: Starter, world: Path) -> Judge:
    return make_judge(LAYOUT, world, starter)


@pytest.fixture(scope="module")
def seconds(starter: Starter, world: Path, judge: Judge) -> float:
    """How long a run takes here."""
    folder = copy_world(world, world.with_name("timed"))
    start = time.monotonic()
    starter.run(folder, folder / "said", arguments(LAYOUT))
    return time.monotonic() - start


def stop(starter: Starter, folder: Path, number: signal.Signals, after: float) -> Ended:
    """A run that gets a signal so many seconds after its start."""
    process = starter.prepare(folder, folder / "said", arguments(LAYOUT))
    starter.let_go()
    time.sleep(after)
    os.kill(process, number)  # one that has ended already is still known until it is waited for
    return starter.wait(process, folder / "said")


@pytest.mark.parametrize("times", [4, pytest.param(50, marks=pytest.mark.slow)])
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_run_stopped_at_any_moment(
    starter: Starter, world: Path, judge: Judge, seconds: float, number: signal.Signals, times: int,
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    moments = random.Random(number)
    codes, wrong = Counter[int](), []
    for _ in range(times):
        after = moments.uniform(BEGUN, seconds * 1.1)
        folder = copy_world(world, world.with_name("stopped"))
        ended = stop(starter, folder, number, after)
        codes[ended.code] += 1
        verdict = judge.verdict(folder, ended)
        hidden = [path.name for path in (folder / "place").iterdir() if path.name.startswith(".")]
        if verdict or hidden or ended.code not in {0, 128 + number}:
            wrong.append(f"after {after:.3f} s: exit {ended.code}, left over {hidden}, {verdict}")
        followed = starter.run(folder, folder / "said", arguments(LAYOUT))
        wrong += [text for text in [judge.verdict_of_next(folder, followed)] if text]
    record_property("counted", f"stopped {times} times (exit {dict(codes)}), {len(wrong)} wrong")
    assert wrong == []
    assert codes[128 + number] > 0
