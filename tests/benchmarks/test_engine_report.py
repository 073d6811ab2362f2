"""test_engine_report: what is said of a run on an engine is what its processes and its event log say."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from tests.benchmarks.agree import differences
from tests.benchmarks.data import export_parts, log_parts
from tests.benchmarks.engine_log import Stage, join_alike, read_stages, seconds_at_work
from tests.benchmarks.engine_report import Run, show_run, show_runs
from tests.benchmarks.engine_watch import Used, Watched, watch
from tests.benchmarks.make_export import make_export
from tests.benchmarks.timing import Cost, ProgramFailedError
from tests.cluster import Cluster

NOBODY = Cluster("", [])


def _frame(number: int, name: str, *parents: int, disk: bool = False) -> dict[str, Any]:
    scope = json.dumps({"id": "1", "name": name})
    storage = {"Use Disk": disk, "Use Memory": False}
    return {"RDD ID": number, "Scope": scope, "Parent IDs": list(parents), "Storage Level": storage}


def _task(stage: int, milliseconds: int, shuffled: int = 0, python: int = 0) -> dict[str, Any]:
    said = [{"Name": "data sent to Python workers", "Update": str(python)}, {"ID": 7}]
    took = {
        "Executor Run Time": milliseconds,
        "Executor CPU Time": milliseconds * 500_000,
        "JVM GC Time": 100,
        "Disk Bytes Spilled": 3,
        "Shuffle Write Metrics": {
            "Shuffle Bytes Written": shuffled,
            "Shuffle Records Written": shuffled // 10,
        },
    }
    return _ended(stage, "Success") | {"Task Info": {"Accumulables": said}, "Task Metrics": took}


def _ended(stage: int, reason: str) -> dict[str, Any]:
    return {"Event": "SparkListenerTaskEnd", "Stage ID": stage, "Task End Reason": {"Reason": reason}}


def _completed(stage: int, name: str, begun: int, ended: int, *frames: dict[str, Any]) -> dict[str, Any]:
    info = {"Stage ID": stage, "Stage Name": name, "RDD Info": frames}
    times = {"Submission Time": begun, "Completion Time": ended}
    return {"Event": "SparkListenerStageCompleted", "Stage Info": info | times}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Of a program that scores in Python, keeps the leads on disk, and then sends them into a shuffle."""
    read, kept = _frame(1, "Range"), _frame(3, "InMemoryTableScan", 2, disk=True)
    python = _frame(2, "MapInArrow", 1)
    events = [
        {"Event": "SparkListenerApplicationStart"},
        _task(0, 2_000, python=400),
        _task(0, 1_000, python=600),
        _ended(0, "ExecutorLostFailure"),
        _completed(0, "collect at /some/where/run.py:87", 1_000, 4_000, read, python, kept),
        _task(1, 500, shuffled=50),
        _completed(1, "collect at order.py:85", 5_000, 6_000, _frame(4, "Exchange", 3), kept, python, read),
    ]
    path = tmp_path / "log"
    path.write_text("".join(f"{json.dumps(event)}\n" for event in events), encoding="utf-8")
    return path


def test_a_stage_took_what_its_tasks_took(log: Path) -> None:
    first, second = read_stages(log)
    assert (first.place, first.tasks, first.failed) == ("run.py:87", 3, 1)
    assert (first.seconds, first.longest, first.cpu, first.collecting) == (3.0, 2.0, 1.5, 0.2)
    assert (first.python, first.spilled, first.shuffled) == (1_000, 6, 0)
    assert (second.place, second.begun, second.ended) == ("order.py:85", 5.0, 6.0)
    assert (second.shuffled, second.shuffled_rows) == (50, 5)


def test_rows_on_a_disk_are_fetched_and_not_made_again(log: Path) -> None:
    first, second = read_stages(log)
    assert first.steps == ("Python", "keep")
    assert second.steps == ("fetch", "shuffle")


def test_stages_next_to_each_other_that_do_the_same_are_told_as_one() -> None:
    stages = [
        Stage("a", ("fetch",), 1.0, 2.0, tasks=1, longest=1.0),
        Stage("a", ("fetch",), 3.0, 5.0, tasks=1, longest=2.0),
        Stage("b", ("fetch",), 5.0, 6.0, tasks=1),
        Stage("a", ("fetch",), 6.0, 7.0, tasks=1),
    ]
    found = join_alike(stages)
    assert [(stage.place, stage.tasks, stage.begun, stage.ended) for stage in found] == [
        ("a", 2, 1.0, 5.0),
        ("b", 1, 5.0, 6.0),
        ("a", 1, 6.0, 7.0),
    ]
    assert (found[0].longest, stages[0].tasks) == (2.0, 1)


def test_time_in_which_two_stages_ran_counts_once() -> None:
    times = [(10.0, 14.0), (11.0, 12.0), (13.0, 16.0), (20.0, 21.5)]
    assert seconds_at_work([Stage("a", (), *each) for each in reversed(times)]) == 7.5


def test_what_a_program_took_is_seen_while_it_runs(tmp_path: Path) -> None:
    program = "import time; held = b'x' * 300_000_000; time.sleep(1.5)"
    watched = watch(["-c", program], {}, NOBODY, tmp_path / "said")
    assert 300_000_000 < watched.driver.peak < 400_000_000
    assert len(watched.driver.python) == 1
    assert sum(watched.driver.python.values()) > 0
    assert watched.driver.jvm == {}


def test_a_program_that_fails_on_an_engine_ends_it_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailedError, match="no such lead"):
        watch(["-c", "raise SystemExit('no such lead')"], {}, NOBODY, tmp_path / "said")


def test_a_process_that_has_ended_keeps_what_it_took_and_holds_no_memory() -> None:
    used = Used(peak=10, jvm={0: 2.5}, moved={0: (3, 4)})
    used.look([0], [])  # no process has this number
    assert (used.peak, used.jvm, used.read, used.written) == (10, {0: 2.5}, 3, 4)


def test_an_export_in_parts_has_the_leads_of_one_file(tmp_path: Path) -> None:
    make_export(1_000, tmp_path / "whole.parquet")
    parts = export_parts(1_000, 3, ".parquet", tmp_path)
    tables = [pq.read_table(part) for part in parts]
    assert [len(table) for table in tables] == [333, 333, 334]
    whole, together = pq.read_table(tmp_path / "whole.parquet"), pa.concat_tables(tables)
    assert together.schema == whole.schema
    assert together["lead_id"].equals(whole["lead_id"])


def test_the_parts_of_a_log_are_other_events_of_the_same_leads(tmp_path: Path) -> None:
    first, second = (pq.read_table(part) for part in log_parts(4_000, 100, 2, ".parquet", tmp_path))
    assert (len(first), len(second)) == (2_000, 2_000)
    assert set(first["lead_id"].to_pylist()) == set(second["lead_id"].to_pylist())
    assert not first.equals(second)


def test_the_parts_of_an_output_follow_each_other(tmp_path: Path) -> None:
    leads = pa.table({"lead_id": ["a", "b", "c"], "score": [3.25, 2.5, 1.0], "tier": ["Hot", "Hot", "Cold"]})
    _write(tmp_path / "whole", leads)
    _write(tmp_path / "parts", leads.slice(0, 1), leads.slice(1))
    _write(tmp_path / "turned", leads.slice(1), leads.slice(0, 1))
    assert differences(tmp_path / "whole", tmp_path / "parts") == []
    assert differences(tmp_path / "whole", tmp_path / "turned")[0] == "3 places have another lead_id"


def _write(out: Path, *parts: pa.Table) -> None:
    tiers = {
        name: [part.filter(pa.compute.equal(part["tier"], name)) for part in parts]
        for name in ("Hot", "Cold")
    }
    for output, tables in {
        "ranked": parts,
        **{f"tiers/{name}": found for name, found in tiers.items()},
    }.items():
        path = out / f"{output}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        if len(tables) == 1:
            pq.write_table(tables[0], path)
            continue
        path.mkdir()
        for number, table in enumerate(tables):
            pq.write_table(table, path / f"part-{number:05d}.parquet")


def test_every_run_has_a_row_and_the_largest_worker_counts(log: Path) -> None:
    workers = [Used(peak=700_000_000, python={1: 5.0}), Used(peak=900_000_000, jvm={2: 3.0})]
    runs = [
        Run(1_000, 5_000, Watched(10.0, Used(), workers), read_stages(log)),
        Run(1_000, 5_000, Cost(4.0, 6.0, 100_000_000)),
    ]
    console = Console(file=io.StringIO(), width=160)
    show_run(runs[0], console)
    show_runs(runs, console)
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    rows = [line.split() for line in said.splitlines()]
    assert ["1,000", "5,000", "2", "10.0", "100", "4", "3", "5", "900", "0", "0"] in rows
    assert ["1,000", "5,000", "none", "4.0", "250", "6", "100"] in rows
    assert "For 6.0 of 10.0 seconds no worker was at work." in said
    assert "3, 1 failed" in said
