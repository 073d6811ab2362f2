"""summary: the figures of a run -> the table people see after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from leadscore.views.screen import figures, plain

_RULES_SHOWN = 5
_OUTCOME = ("Won/known", "Rate", "Lift")


def summary_view(summary: dict[str, Any], out: str) -> Iterator[RenderableType]:
    """The renderables of a finished run, most important first."""
    leads = summary["leads"]
    yield plain(f"{summary['name']}, as of {summary['as_of']}", "bold")
    yield plain(
        f"{leads['in']:,} leads = {leads['ranked']:,} ranked + {leads['disqualified']:,} disqualified"
        f" + {leads['set_aside']:,} set aside"
    )
    yield _tiers(summary)
    yield from _rules(summary["rules"], leads["ranked"] + leads["disqualified"])
    yield from _doubts(summary)
    yield plain(f"written to {out}")


def _tiers(summary: dict[str, Any]) -> Table:
    with_outcome = summary["outcome"] is not None
    table = figures("Tier", "From", "Leads", "Share", "Scores", "Mean", *(_OUTCOME if with_outcome else ()))
    for tier in summary["tiers"]:
        table.add_row(*_tier_cells(tier, with_outcome))
    if with_outcome and summary["leads"]["ranked"]:
        table.add_section()
        ranked = f"{summary['leads']['ranked']:,}"
        table.add_row(plain("all ranked"), "", ranked, "100 %", "", "", *_won(summary["outcome"]), "1.00")
    return table


def _tier_cells(tier: dict[str, Any], with_outcome: bool) -> list[Text | str]:
    cells: list[Text | str] = [
        plain(tier["name"], "bold"),
        "" if tier["min_score"] is None else f"{tier['min_score']:g}",
        f"{tier['leads']:,}",
        _percent(tier["share"]),
        "" if tier["lowest"] is None else f"{tier['lowest']:g}–{tier['highest']:g}",
        "" if tier["mean"] is None else f"{tier['mean']:.1f}",
    ]
    if with_outcome:
        cells += [*_won(tier["outcome"]), "" if tier["lift"] is None else f"{tier['lift']:.2f}"]
    return cells


def _won(outcome: dict[str, Any]) -> tuple[str, str]:
    return f"{outcome['won']:,}/{outcome['known']:,}", _percent(outcome["rate"])


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.1f} %"


def _rules(rules: list[dict[str, Any]], leads: int) -> Iterator[RenderableType]:
    most = sorted((rule for rule in rules if rule["fired"]), key=lambda rule: -rule["fired"])[:_RULES_SHOWN]
    if most:
        table = figures("Rules that fired most", "Leads", "Share", "Points each", "Unknown")
        for rule in most:
            each = rule["points"] / rule["fired"]
            fired, unknown = f"{rule['fired']:,}", f"{rule['unknown']:,}"
            table.add_row(
                plain(rule["name"]), fired, _percent(rule["fired"] / leads), f"{each:+.1f}", unknown
            )
        yield table
    never = [rule["name"] for rule in rules if not rule["fired"]]
    if never:
        yield plain(f"never fired: {', '.join(never)}", "yellow")


def _doubts(summary: dict[str, Any]) -> Iterator[RenderableType]:
    for reason, leads in summary["disqualified_by"].items():
        yield plain(f"disqualified, {reason}: {leads:,}")
    for reason, lines in summary["set_aside"].items():
        yield plain(f"set aside, {reason}: {lines:,} (see set_aside.csv)", "yellow")
    for cells in summary["unreadable"]:
        what = f"unreadable, column {cells['column']!r}, {cells['reason']}: {cells['cells']:,}"
        yield plain(f"{what} (see unreadable.csv)", "yellow")
    if summary["disarmed"]:
        yield plain(f"{summary['disarmed']:,} cells that a spreadsheet would run got a leading apostrophe")
    for note in summary["notes"]:
        yield plain(f"note: {note}")
