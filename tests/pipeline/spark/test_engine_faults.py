"""test_engine_faults: what befalls an engine in the middle of a run leaves the old result or the new one."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.engine_world import (
    BAD_WORDS,
    CANARY,
    World,
    below,
    ended,
    in_one_sentence,
    is_whole,
    python_workers,
    stages,
    started,
    wait_for,
)
from tests.running import Ended, files_in, run_alone

REFUSED = [
    (["--engine", "local", "--master", "local[2]", "--partitions", 3], ["--master", "--partitions"]),
    (["--join", "a.csv", "--previous", "b", "--write-back", "--format", "xlsx"],
     ["--join", "--previous", "--write-back", "--format xlsx"]),
    (["--master", "spark://127.0.0.1:1"], ["--master"]),
    (["--master", "spark://127.0.0.1:1,127.0.0.1:2"], ["--master"]),
    (["--master", f"sc://127.0.0.1:1/;token={CANARY}"], ["--master"]),
]  # fmt: skip


@pytest.mark.parametrize(("options", "named"), REFUSED, ids=lambda value: " ".join(map(str, value)))
def test_what_cannot_be_meant_is_said_at_once(fresh: World, options: list[object], named: list[str]) -> None:
    old = files_in(fresh.out)
    end = run_alone(*fresh.command(*options), timeout=60, TMPDIR=str(fresh.folder / "tmp"))
    assert end.code == 2, end
    assert [line.partition(":")[0] for line in end.stderr.splitlines()] == named
    assert not [word for word in BAD_WORDS if word in end.said]
    assert files_in(fresh.out) == old
    assert fresh.logs() == []


@pytest.mark.parametrize(
    "environment", [{"PATH": "", "JAVA_HOME": ""}, {"JAVA_HOME": "/nowhere"}], ids=["no PATH", "wrong home"]
)
def test_missing_java_is_one_sentence(fresh: World, environment: dict[str, str]) -> None:
    said = in_one_sentence(run_alone(*fresh.command(), timeout=60, **environment), 2)
    assert "Java" in said
    assert fresh.hidden() == []


def test_missing_pyspark_is_one_sentence(fresh: World, tmp_path: Path) -> None:
    (tmp_path / "pyspark.py").write_text("raise ImportError('not here')")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    assert 'pip install "leadscore[spark]"' in in_one_sentence(
        run_alone(*fresh.command(), PYTHONPATH=path), 2
    )


@pytest.mark.parametrize(
    "writing", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["while it writes", "while it scores"]
)
def test_a_killed_python_worker_leaves_the_old_result_or_the_new_one(fresh: World, writing: bool) -> None:
    old = files_in(fresh.out)
    with started(fresh, "--master", "local[2,4]") as process:
        if writing:
            wait_for(lambda: stages(fresh), process)
        os.kill(wait_for(lambda: python_workers(process), process)[-1], signal.SIGKILL)
        end = ended(process)
    if end.code:
        assert str(fresh.logs()[0]) in in_one_sentence(end, 6)
    else:
        assert fresh.logs() == []
    assert is_whole(fresh, old) == ("old" if end.code else "new")
    assert fresh.hidden() == []


@pytest.mark.slow
def test_a_folder_taken_away_while_tasks_write_is_one_sentence(fresh: World) -> None:
    old = files_in(fresh.out)
    with started(fresh, "--master", "local[2,4]") as process:
        shutil.rmtree(wait_for(lambda: stages(fresh), process)[0])
        said = in_one_sentence(ended(process), 6)
    assert said.startswith(f"{fresh.out}: cannot be written: No such file or directory; the old result")
    assert files_in(fresh.out) == old
    assert fresh.hidden() == []
    assert fresh.logs() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda each: each.name
)
def test_a_stopped_run_publishes_nothing_and_the_next_one_clears_up(
    fresh: World, number: signal.Signals
) -> None:
    old = files_in(fresh.out)
    with started(fresh, "--master", "local[2,4]") as process:
        wait_for(lambda: stages(fresh), process)
        engine = below(process.pid)
        os.kill(process.pid, number)
        end = ended(process)
        killed = number == signal.SIGKILL
        assert end == Ended(-number if killed else 128 + number, "", "")
        deadline = time.monotonic() + 30
        while any(Path("/proc", str(each)).exists() for each in engine):
            assert time.monotonic() < deadline, "the engine outlives the run that started it"
            time.sleep(0.1)
    assert files_in(fresh.out) == old
    if not killed:
        assert fresh.hidden() == []
        assert fresh.logs() == []
    with started(fresh, "--master", "local[2,4]") as process:
        assert ended(process).code == 0
    assert is_whole(fresh, old) == "new"
    assert fresh.hidden() == []
