"""check: a finished scoring against the limits its config sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from leadscore.errors import InputError, Problem
from leadscore.model.resolve import file_name
from leadscore.model.schema import Model
from leadscore.pipeline.export import Export
from leadscore.pipeline.files import files_of, title_of
from leadscore.pipeline.sheet_names import WORKBOOK, XLSX
from leadscore.pipeline.target import Target, last_manifest

INCOMPLETE = 5


def refuse_too_few(
    file: str,
    scored: int,
    read: int,
    model: Model,
    last: dict[str, Any] | None,
    set_aside: Sequence[Problem] = (),
) -> None:
    """Raise InputError where the export holds too few leads to be whole; the old result then stands.

    ``set_aside``: the first lines that were set aside, which may say why.
    """
    if scored < model.checks.min_rows:
        what = f"holds {scored:,} leads that can be scored; checks.min_rows is {model.checks.min_rows:,}"
        few = Problem(file, what=what, hint="export it again, or lower checks.min_rows")
        raise InputError([few, *set_aside])
    if last is None or model.checks.max_row_drop is None:
        return
    before = int(last.get("counts", {}).get("in", 0))
    if before - read > _allowed(model.checks.max_row_drop, before):
        what = (
            f"holds {read:,} leads, the last run {before:,}: more of a drop than checks.max_row_drop allows"
        )
        raise InputError(Problem(file, what=what, hint="export it again, or raise checks.max_row_drop"))


def last_run(target: Target) -> dict[str, Any] | None:
    """The manifest of the last run; with a folder per day that of an earlier day, if there is any."""
    return last_manifest(target.before() or target.folder)


def refuse_same_input(
    inputs: Sequence[Export], model: Model, last: dict[str, Any] | None, as_of: date
) -> None:
    """Raise InputError where a new input is required and each file is one that the last run had."""
    if last is None or not model.checks.require_new_input:
        return
    had = {file.get("sha256") for file in last.get("inputs", ()) if isinstance(file, dict)}
    if all(file.digest in had for each in inputs for file in files_of(each).values()):
        what = f"is the same input for {as_of} as the run for {last.get('as_of')} had"
        hint = "export it again; checks.require_new_input refuses what was scored before"
        raise InputError(Problem(title_of(inputs[0]), what=what, hint=hint))


def reconcile(read: int, counts: dict[str, int]) -> None:
    """Every row that was read is in exactly one file; anything else is a bug, and is not published."""
    if read != sum(count for name, count in counts.items() if name != "in"):
        raise AssertionError("rows in are not rows out")


def reconcile_files(files: Mapping[str, dict[str, Any]], summary: dict[str, Any], model: Model) -> None:
    """Every lead is in the file of its part, and every ranked one in that of its tier; else it is a bug."""
    counts = {name: count for name, count in summary["leads"].items() if name != "in"}
    tiers = {f"tiers/{file_name(tier['name'])}": tier["leads"] for tier in summary["tiers"]}
    of_leads = {name: count for name, count in {**counts, **tiers}.items() if name != "set_aside"}
    expected = {
        f"{name}.{suffix}": count
        for name, count in of_leads.items()
        for suffix in model.output.formats
        if suffix != XLSX
    }
    if XLSX in model.output.formats:
        expected[WORKBOOK] = sum(count for name, count in counts.items() if name != "set_aside")
    expected["set_aside.csv"] = counts["set_aside"]
    written = {name: files[name]["rows"] for name in expected}
    if written != expected or sum(tiers.values()) != counts["ranked"]:
        raise AssertionError("the files have not the rows the summary says")


def exit_code(leads: int, set_aside: int, unreadable: int, model: Model, beyond: bool = False) -> int:
    """0 if the result is complete, 5 if more was left out than the config's checks allow.

    ``beyond``: whether it is too far from the run before.
    """
    too_many_rows = set_aside > _allowed(model.checks.max_rows_set_aside, leads)
    too_many_cells = unreadable > _allowed(model.checks.max_unreadable_cells, leads)
    return INCOMPLETE if too_many_rows or too_many_cells or beyond else 0


def _allowed(limit: int | Decimal, of: int) -> int:
    return int(limit * of) if isinstance(limit, Decimal) else limit
