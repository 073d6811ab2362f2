"""test_timing: what is measured of a program, in which order, and when a goal counts as met."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from tests.benchmarks.cases import DUCKDB, FLOOR, OURS, RERUN, Case
from tests.benchmarks.goals import Measure, measures
from tests.benchmarks.report import show
from tests.benchmarks.timing import Cost, Costs, Program, ProgramFailedError, run, take_turns


def _costs(*walls: float, memory: int = 0) -> Costs:
    return Costs([Cost(wall, wall, memory) for wall in walls])


def _results(
    name: str, costs: dict[str, Costs], export: Path | None = None
) -> dict[str, tuple[Case, dict[str, Costs]]]:
    return {name: (Case(name, [], export), costs)}


def _said(found: list[Measure]) -> list[tuple[str, float, str]]:
    return [(measure.what, round(measure.value, 3), measure.met) for measure in found]


def test_the_memory_of_a_program_is_its_own(tmp_path: Path) -> None:
    small, large = (
        run(Program("made up", ["-c", f"x = b'x' * {size}"]), tmp_path / "cache").memory
        for size in (1, 300_000_000)
    )
    assert small < 100_000_000 < 300_000_000 < large


def test_the_memory_of_whoever_measures_is_none_of_it(tmp_path: Path) -> None:
    held = b"x" * 300_000_000
    assert run(Program("made up", ["-c", "pass"]), tmp_path / "cache").memory < 100_000_000 < len(held)


def test_a_program_that_fails_ends_it_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailedError, match=r"made up: .*no such lead"):
        run(Program("made up", ["-c", "raise SystemExit('no such lead')"]), tmp_path / "cache")


def test_programs_take_turns_after_their_rankings_agreed(tmp_path: Path) -> None:
    told: list[str] = []
    programs = [Program("a", ["-c", ""]), Program("b", ["-c", ""]), Program("c", ["-c", ""], once=True)]
    costs = take_turns(programs, 2, tmp_path / "cache", lambda: told.append("agreed"), told.append)
    assert "".join(words.split()[-1][0] for words in told) == "abc" + "a" + "abab"
    assert [len(costs[name].runs) for name in "abc"] == [2, 2, 1]


def test_folders_of_the_last_run_are_gone_when_a_program_starts(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    run(Program("made up", ["-c", f"import os; os.mkdir({str(old)!r})"], old), tmp_path)
    run(Program("made up", ["-c", f"import os; os.mkdir({str(old)!r})"], fresh=[old]), tmp_path)


def test_the_median_counts() -> None:
    assert (_costs(5, 1, 2).wall, _costs(5, 1, 2).spread) == (2, (1, 5))


def test_a_ratio_up_to_its_goal_is_met(tmp_path: Path) -> None:
    export = tmp_path / "leads.csv"
    export.write_bytes(b"x" * 1000)
    results = _results(
        "csv 1000000",
        {
            OURS: _costs(4, memory=1201),
            RERUN: _costs(2.01),
            DUCKDB: _costs(8),
            FLOOR: _costs(4),
            "pandas": _costs(80),
        },
        export,
    )
    assert _said(list(measures(results))) == [
        ("csv, 1,000,000 leads: config edited, against the first run", 0.502, "not met"),
        ("csv, 1,000,000 leads: against duckdb", 0.5, "met"),
        ("csv, 1,000,000 leads: against floor", 1.0, "not met"),
        ("csv, 1,000,000 leads: against pandas", 0.05, ""),
        ("csv, 1,000,000 leads: peak memory, sizes of the file", 1.201, "not met"),
    ]


def test_ten_million_are_measured_against_one(tmp_path: Path) -> None:
    export = tmp_path / "leads.csv"
    export.write_bytes(b"x")
    results = _results("csv 1000000", {OURS: _costs(4)}, export)
    results |= _results("csv 10000000", {OURS: _costs(44.1, memory=3_999_000_000)}, export)
    *_, memory, times = _said(list(measures(results)))
    assert memory == ("csv, 10,000,000 leads: peak memory", 3.999, "met")
    assert times == ("csv: 10,000,000 leads against 1,000,000", 11.025, "not met")


def test_what_500_leads_take_beyond_the_imports_is_a_difference() -> None:
    found = list(measures(_results("500 leads", {OURS: _costs(0.8), "imports": _costs(0.55)})))
    assert _said(found) == [("500 leads, whole command, more than the imports", 0.25, "met")]


def test_both_tables_are_printed() -> None:
    console = Console(file=io.StringIO(), width=110)
    show(_results("start", {OURS: _costs(0.09), "pass": _costs(0.01)}), console)
    assert isinstance(console.file, io.StringIO)
    assert "--help: against pass" in console.file.getvalue()
    assert "not met" in console.file.getvalue()
