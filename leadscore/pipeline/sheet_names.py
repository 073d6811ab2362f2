"""sheet_names: what sheets are called, and how many leads one can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leadscore.errors import InputError, Problem, UsageError

XLSX, WORKBOOK = "xlsx", "ranked.xlsx"
SUMMARY = "Summary"
MAX_LEADS = 1_048_575
"""Rows of a sheet below its header."""
_LONGEST = 31
_RESERVED = {"history", ""}
_FORBIDDEN = dict.fromkeys([*range(32), *map(ord, "[]:*?/\\\ufffe\uffff")], "_")


def need_writer() -> None:
    """Raise UsageError where what writes workbooks is not installed."""
    try:
        import xlsxwriter  # noqa: F401
    except ImportError:
        hint = "pip install 'leadscore[xlsx]'"
        raise UsageError(Problem("--format xlsx", what="needs the extra xlsx", hint=hint)) from None


def name_sheets(names: Iterable[str]) -> list[str]:
    """A name that spreadsheets take for each: short, without some letters, none twice whatever its case."""
    taken = {SUMMARY.casefold(), *_RESERVED}
    made = []
    for name in names:
        plain = name.translate(_FORBIDDEN).strip().strip("'") or "_"
        number, new = 1, _shorten(plain, "")
        while new.casefold() in taken:
            number += 1
            new = _shorten(plain, f" ({number})")
        taken.add(new.casefold())
        made.append(new)
    return made


def leads_per_sheet(summary: dict[str, Any]) -> dict[str, int]:
    """What the summary says of the leads of each tier and of the other parts."""
    tiers = {f"tier {tier['name']!r}": int(tier["leads"]) for tier in summary["tiers"]}
    others = summary["leads"].keys() - {"in", "ranked", "set_aside"}
    return tiers | {name: summary["leads"][name] for name in sorted(others)}


def refuse_long_sheets(file: str, counts: Mapping[str, int]) -> None:
    """Raise InputError where a tier, or another list of leads, has more of them than a sheet has rows."""
    hint = "write csv or parquet instead: --format csv"
    problems = [
        Problem(
            file,
            what=f"{count:,} leads are in {name}, and a sheet of a workbook holds {MAX_LEADS:,}",
            hint=hint,
        )
        for name, count in counts.items()
        if count > MAX_LEADS
    ]
    if problems:
        raise InputError(problems)


def _shorten(name: str, ending: str) -> str:
    """At most so many letters in UTF-16, as spreadsheets count, no apostrophe at the end."""
    units = name.encode("utf-16-le")[: 2 * (_LONGEST - len(ending))]
    return units.decode("utf-16-le", "ignore").rstrip("' ") + ending
