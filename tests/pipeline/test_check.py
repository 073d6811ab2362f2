"""test_check: what a run may leave out, what it may lack, and that every lead is in exactly one file."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from leadscore.errors import InputError, Problem
from leadscore.model.load import load_content
from leadscore.model.schema import Model
from leadscore.pipeline.check import (
    exit_code,
    reconcile,
    reconcile_files,
    refuse_same_input,
    refuse_too_few,
)
from leadscore.pipeline.export import Export
from tests.running import match, model_of


def model(head: str = "") -> Model:
    return load_content("model.yml", model_of(match("visits: {at_least: 50}", 10), head=head).encode())


def checked(checks: str) -> Model:
    return model(f"checks: {{{checks}}}")


@pytest.mark.parametrize(
    ("checks", "set_aside", "unreadable", "code"),
    [
        ("", 0, 0, 0),
        ("", 1, 0, 5),
        ("", 0, 1, 5),
        ("max_rows_set_aside: 2", 2, 0, 0),
        ("max_rows_set_aside: 2", 3, 0, 5),
        ("max_rows_set_aside: 2", 2, 1, 5),
        ("max_unreadable_cells: 2", 0, 2, 0),
        ("max_unreadable_cells: 2", 0, 3, 5),
        ("max_rows_set_aside: 1%", 2, 0, 0),  # of 299 leads: 2.99, so 2 are within it
        ("max_rows_set_aside: 1%", 3, 0, 5),
        ("max_unreadable_cells: 1%", 0, 2, 0),
        ("max_unreadable_cells: 1%", 0, 3, 5),
    ],
)
def test_a_run_is_complete_up_to_its_limits_and_no_further(
    checks: str, set_aside: int, unreadable: int, code: int
) -> None:
    assert exit_code(299, set_aside, unreadable, checked(checks)) == code


def too_few(checks: str, scored: int, read: int, before: int | None, why: tuple[Problem, ...] = ()) -> str:
    last = None if before is None else {"counts": {"in": before}}
    try:
        refuse_too_few("leads.csv", scored, read, checked(checks), last, why)
    except InputError as error:
        return str(error)
    return ""


def test_fewer_leads_than_min_rows_are_refused_and_lines_set_aside_say_why() -> None:
    why = Problem("leads.csv", 3, what="1 field, the header has 2")
    assert too_few("min_rows: 2", 2, 9, None, (why,)) == ""
    assert too_few("min_rows: 2000", 1_999, 9_999, None, (why,)).splitlines() == [
        "leads.csv: holds 1,999 leads that can be scored; checks.min_rows is 2,000; "
        "export it again, or lower checks.min_rows",
        str(why),
    ]
    assert "holds 0 leads" in too_few("", 0, 0, None)
    assert too_few("", 1, 1, None) == ""


def test_a_drop_is_measured_in_rows_read_against_the_last_run() -> None:
    assert too_few("max_row_drop: 50%", 1, 50, 100) == ""
    assert too_few("max_row_drop: 50%", 49, 49, 100) == (
        "leads.csv: holds 49 leads, the last run 100: more of a drop than checks.max_row_drop allows; "
        "export it again, or raise checks.max_row_drop"
    )
    assert too_few("max_row_drop: 10", 90, 90, 100) == ""
    assert "holds 89 leads" in too_few("max_row_drop: 10", 89, 89, 100)
    assert too_few("max_row_drop: 0", 101, 101, 100) == ""
    assert too_few("max_row_drop: 0", 1, 1, None) == ""  # the first run drops nothing
    assert too_few("", 1, 1, 100) == ""


class File:
    """An export of which only its digest and name are asked."""

    def __init__(self, digest: str) -> None:
        self.digest, self.path = digest, Path(f"{digest}.csv")


def same_input(checks: str, digests: list[str], last: dict[str, Any] | None) -> str:
    files = cast("list[Export]", [File(digest) for digest in digests])
    try:
        refuse_same_input(files, checked(checks), last, date(2026, 6, 30))
    except InputError as error:
        return str(error)
    return ""


def test_an_input_is_new_if_any_of_its_files_is() -> None:
    new = "require_new_input: true"
    last = {"as_of": "2026-06-29", "inputs": [{"sha256": "a"}, {"sha256": "b"}]}
    assert same_input(new, ["a", "b"], last) == (
        "a.csv: is the same input for 2026-06-30 as the run for 2026-06-29 had; "
        "export it again; checks.require_new_input refuses what was scored before"
    )
    assert "is the same input" in same_input(new, ["b"], last)
    assert same_input(new, ["a", "c"], last) == ""
    assert same_input("", ["a", "b"], last) == ""
    assert same_input(new, ["a"], None) == ""
    assert same_input(new, ["a"], {"inputs": ["a"]}) == ""
    assert same_input(new, ["a"], {}) == ""


def test_a_row_that_is_in_no_part_or_in_two_is_a_bug() -> None:
    reconcile(9, {"in": 9, "ranked": 5, "disqualified": 3, "set_aside": 1})
    for ranked in (4, 6):
        with pytest.raises(AssertionError, match="rows in are not rows out"):
            reconcile(9, {"in": 9, "ranked": ranked, "disqualified": 3, "set_aside": 1})


SUMMARY: dict[str, Any] = {
    "leads": {"in": 9, "ranked": 5, "disqualified": 3, "set_aside": 1},
    "tiers": [{"name": "Hot", "leads": 2}, {"name": "Cold", "leads": 3}],
}
ROWS = {"ranked": 5, "disqualified": 3, "tiers/Hot": 2, "tiers/Cold": 3}
FILES: dict[str, dict[str, Any]] = {
    f"{name}.{suffix}": {"rows": rows} for name, rows in ROWS.items() for suffix in ("csv", "parquet")
}
FILES |= {"set_aside.csv": {"rows": 1}, "unreadable.csv": {"rows": 7}, "summary.json": {}}


def both() -> Model:
    return model(yaml.safe_dump({"output": {"formats": ["csv", "parquet"]}}))


def test_files_have_the_rows_of_the_summary() -> None:
    reconcile_files(FILES, SUMMARY, both())


@pytest.mark.parametrize("name", [name for name in FILES if name not in {"unreadable.csv", "summary.json"}])
@pytest.mark.parametrize("more", [-1, 1])
def test_a_row_too_few_or_too_many_in_any_file_of_leads_is_a_bug(name: str, more: int) -> None:
    files = copy.deepcopy(FILES)
    files[name]["rows"] += more
    with pytest.raises(AssertionError, match="the files have not the rows the summary says"):
        reconcile_files(files, SUMMARY, both())


def test_tiers_that_are_not_the_ranking_are_a_bug_though_each_file_is_as_the_summary_says() -> None:
    files, summary = copy.deepcopy(FILES), copy.deepcopy(SUMMARY)
    for suffix in ("csv", "parquet"):
        files[f"tiers/Hot.{suffix}"]["rows"] = 1
    summary["tiers"][0]["leads"] = 1
    with pytest.raises(AssertionError, match="the files have not the rows"):
        reconcile_files(files, summary, both())
