"""calibrate: points from history -> what would change, and what it is worth on the leads held out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table

from leadscore.analysis.calibrate.figures import Figures
from leadscore.analysis.calibrate.result import Result
from leadscore.analysis.calibrate.suggested import Row, Scale
from leadscore.analysis.statistics import Estimate
from leadscore.points import format_points
from leadscore.views.chances import chances_view
from leadscore.views.evaluate_tables import interval, shares_table
from leadscore.views.figures import from_to, percent
from leadscore.views.screen import figures, plain

_CHANGES_SHOWN, _ROWS_SHOWN = 60, 100


def calibrate_view(result: Result, as_of: date, written: Sequence[Path] = ()) -> Iterator[RenderableType]:
    """The renderables of a calibration. ``written``: the files that were."""
    yield from _head(result, as_of)
    if result.verdict:
        yield plain(result.verdict, "bold yellow")
    if result.rows:
        yield _rows(result.rows[:_ROWS_SHOWN])
        if len(result.rows) > _ROWS_SHOWN:
            yield plain(f"and {len(result.rows) - _ROWS_SHOWN:,} more; --json has all of them")
    if result.scale is not None:
        yield plain(_scale(result.scale))
    for sentence in result.told:
        yield plain(f"note: {sentence}", "yellow")
    yield from _changes(result)
    yield from _before_and_after(result)
    for path in written:
        yield plain(f"written to {path}")
    if result.rewritten is not None and written:
        yield plain("nothing is applied: look at it with leadscore compare, then use it")


def _head(result: Result, as_of: date) -> Iterator[RenderableType]:
    parts, judged = result.parts, result.judged
    won = int(judged.flags(parts.learning).sum())
    held = f"{len(parts.held_out):,} held out"
    how = "those with the latest outcomes" if parts.by_date else "by a hash of their ids"
    yield plain(
        f"learned from {len(parts.learning):,} leads ({won:,} won), {held}, {how}; as of {as_of}", "bold"
    )
    for why, leads in judged.left_out.items():
        yield plain(f"  left out {leads:,}: {why}")


def _rows(rows: Sequence[Row]) -> Table:
    """A row for each lever, with the columns that any of them has."""
    columns = {
        "Points": [_points(row) for row in rows],
        "Leads": [f"{row.leads:,}" for row in rows],
        "Won": ["" if row.rate is None else percent(row.rate.value) for row in rows],
        "95 %": [interval(row.rate) for row in rows],
        "Of won": [percent(row.frequency) for row in rows],
        "Lift": ["" if row.lift is None else f"{row.lift.value:.2f}" for row in rows],
        "95 % ": [_interval(row.lift) for row in rows],
        "Influence": [row.influence for row in rows],
        "": [row.note for row in rows],
    }
    shown = {name: cells for name, cells in columns.items() if any(cells)}
    table = figures("Rule", *shown)
    for place, row in enumerate(rows):
        name = ": ".join(filter(None, (row.rule, row.lever)))
        table.add_row(plain(name), *(each[place] for each in shown.values()))
    return table


def _points(row: Row) -> str:
    return from_to("" if row.before is None else format_points(row.before), format_points(row.after))


def _interval(lift: Estimate | None) -> str:
    return "" if lift is None else f"{lift.low:.2f} to {lift.high:.2f}"


def _scale(scale: Scale) -> str:
    strength = "" if scale.strength is None else f", C {scale.strength:g}"
    line = f"score = {scale.offset:.1f} + {scale.factor:.2f} x ln(odds)"
    return f"{scale.pdo:,} points double the odds: {line}{strength}"


def _changes(result: Result) -> Iterator[RenderableType]:
    if result.rewritten is None:
        return
    yield plain("what changes in the config", "bold")
    for change in result.changes[:_CHANGES_SHOWN]:
        yield plain(f"  {change}")
    more = len(result.changes) - _CHANGES_SHOWN
    if more > 0:
        yield plain(f"  and {more:,} more changes")
    if not result.changes:
        yield plain("  nothing")


def _before_and_after(result: Result) -> Iterator[RenderableType]:
    before, after = result.before, result.after
    yield plain(f"on the {before.leads:,} leads held out, {before.won:,} of them won", "bold")
    table = figures("", "AUC", "95 %", "Top tenth", "95 %", "Lift", "Brier")
    for name, each in (("before", before), ("after", after)):
        if each is not None:
            table.add_row(plain(name, "bold"), *_cells(each))
    yield table
    for name, each in (("before", before), ("after", after)):
        if each is not None and (name == "after" or after is None):
            yield plain(f"{name}: chances by the score against what came")
            yield from chances_view(each.chances)
        if each is not None:
            yield plain(f"{name}: by tier")
            yield shares_table("Tier", each.tiers)


def _cells(each: Figures) -> list[str]:
    rate, lift = each.top.rate, each.top.lift
    return [
        f"{each.area.value:.3f}",
        f"{each.area.low:.3f} to {each.area.high:.3f}",
        percent(rate.value) if rate else "",
        interval(rate),
        "" if lift is None else f"{lift:.2f}",
        f"{each.chances.brier:.4f}",
    ]
