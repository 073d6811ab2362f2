"""summary: the figures of a run -> the table people see after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from leadscore.views.screen import plain

_RULES_SHOWN = 5


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
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Tier", "From", "Leads", "Share", "Scores", "Mean", *(("Won", "Rate", "Lift") if with_outcome else ())):
        table.add_column(heading, justify="left" if heading == "Tier" else "right", no_wrap=heading != "Tier")
    for tier in summary["tiers"]:
        table.add_row(*_tier_cells(tier, with_outcome))
    if with_outcome and summary["leads"]["ranked"]:
        outcome = summary["outcome"]
        table.add_section()
        table.add_row(plain("all ranked"), "", f"{summary['leads']['ranked']:,}", "100 %", "", "", *_won(outcome), "1")
    return table


def _tier_cells(tier: dict[str, Any], with_outcome: bool) -> list[Text | str]:
    scores = "" if tier["lowest"] is None else f"{tier['lowest']:g} to {tier['highest']:g}"
    cells: list[Text | str] = [
        plain(tier["name"], "bold"),
        "" if tier["min_score"] is None else f"{tier['min_score']:g}",
        f"{tier['leads']:,}",
        _percent(tier["share"]),
        scores,
        "" if tier["mean"] is None else f"{tier['mean']:g}",
    ]
    if with_outcome:
        cells += [*_won(tier["outcome"]), "" if tier["lift"] is None else f"{tier['lift']:.2f}"]
    return cells


def _won(outcome: dict[str, Any]) -> tuple[str, str]:
    return f"{outcome['won']:,} of {outcome['known']:,}", _percent(outcome["rate"])


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.1f} %"


def _rules(rules: list[dict[str, Any]], leads: int) -> Iterator[RenderableType]:
    most = sorted((rule for rule in rules if rule["fired"]), key=lambda rule: -rule["fired"])[:_RULES_SHOWN]
    if most:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column("Rules that fired most")
        for heading in ("Leads", "Share", "Points each", "Unknown"):
            table.add_column(heading, justify="right", no_wrap=True)
        for rule in most:
            each = rule["points"] / rule["fired"]
            table.add_row(plain(rule["name"]), f"{rule['fired']:,}", _percent(rule["fired"] / leads), f"{each:+.1f}", f"{rule['unknown']:,}")
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
        yield plain(f"unreadable, column {cells['column']!r}, {cells['reason']}: {cells['cells']:,} (see unreadable.csv)", "yellow")
    if summary["disarmed"]:
        yield plain(f"{summary['disarmed']:,} cells that a spreadsheet would run got a leading apostrophe")
    for note in summary["notes"]:
        yield plain(f"note: {note}")
