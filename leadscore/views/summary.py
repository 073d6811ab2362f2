"""summary: the figures of a run -> the table people see after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from leadscore.views.dashboard import bars_of, heat_view, room_for_bars, score_line, tier_bars
from leadscore.views.dealt import dealt_view
from leadscore.views.figures import percent
from leadscore.views.measures import measures_view
from leadscore.views.screen import Look, figures, plain
from leadscore.views.watch import watch_view

PLAIN = Look()
_RULES_SHOWN = 5
_OUTCOME = ("Won/known", "Rate", "Lift")


def summary_view(summary: dict[str, Any], out: str, look: Look = PLAIN) -> Iterator[RenderableType]:
    """The renderables of a finished run, most important first."""
    leads = summary["leads"]
    yield plain(f"{summary['name']}, as of {summary['as_of']}", "bold")
    parts = {name.replace("_", " "): count for name, count in leads.items() if name != "in"}
    yield plain(
        f"{leads['in']:,} leads = " + " + ".join(f"{count:,} {name}" for name, count in parts.items())
    )
    yield from score_line(summary, look)
    yield _tiers(summary, look, bar := room_for_bars(_tiers(summary, look), look))
    yield from () if bar else tier_bars(summary, look)
    yield from heat_view(summary, look)
    if "segments" in summary:
        yield _segments(summary)
    yield from measures_view(summary)
    yield from dealt_view(summary)
    yield from _rules(summary["rules"], leads["in"] - leads["set_aside"])
    yield from _lists(summary)
    yield from _doubts(summary)
    yield plain(f"written to {out}")


def _tiers(summary: dict[str, Any], look: Look, bar: int = 0) -> Table:
    with_outcome = summary["outcome"] is not None
    begins = "High" if any(tier["high"] for tier in summary["tiers"]) else "From"
    table = figures("Tier", begins, "Leads", "Share", "Scores", "Mean", *(_OUTCOME if with_outcome else ()))
    if bar:
        table.add_column("", no_wrap=True)
    for tier, drawn in zip(summary["tiers"], bars_of(summary, bar, look), strict=True):
        table.add_row(*_tier_cells(tier, with_outcome), *drawn)
    if with_outcome and summary["leads"]["ranked"]:
        table.add_section()
        ranked = f"{summary['leads']['ranked']:,}"
        table.add_row(plain("all ranked"), "", ranked, "100 %", "", "", *_won(summary["outcome"]), "1.00")
    return table


def _tier_cells(tier: dict[str, Any], with_outcome: bool) -> list[Text | str]:
    cells: list[Text | str] = [
        plain(tier["name"], "bold"),
        _from(tier),
        f"{tier['leads']:,}",
        percent(tier["share"]),
        "" if tier["lowest"] is None else f"{tier['lowest']:g}–{tier['highest']:g}",
        "" if tier["mean"] is None else f"{tier['mean']:.1f}",
    ]
    if with_outcome:
        cells += [*_won(tier["outcome"]), _lift(tier)]
    return cells


def _segments(summary: dict[str, Any]) -> Table:
    with_outcome = summary["outcome"] is not None
    names = [plain(tier["name"]).plain.replace(" ", "\n") for tier in summary["tiers"]]
    table = figures("Segment", "Leads", "Share", "Maximum", *names, *(_OUTCOME[1:] if with_outcome else ()))
    for segment in summary["segments"]:
        figures_ = (f"{segment['leads']:,}", percent(segment["share"]), f"{segment['maximum']:g}")
        tiers = (f"{leads:,}" for leads in segment["tiers"].values())
        rate = (_won(segment["outcome"])[1], _lift(segment)) if with_outcome else ()
        table.add_row(plain(segment["name"], "bold"), *figures_, *tiers, *rate)
    return table


def _lift(part: dict[str, Any]) -> str:
    return "" if part["lift"] is None else f"{part['lift']:.2f}"


def _from(tier: dict[str, Any]) -> str:
    """The cut a tier begins at, or the axes of the matrix that are high in it, one below the other."""
    if tier["high"]:
        return "\n".join(plain(axis).plain for axis in tier["high"])
    return "" if tier["min_score"] is None else f"{tier['min_score']:g}"


def _won(outcome: dict[str, Any]) -> tuple[str, str]:
    return f"{outcome['won']:,}/{outcome['known']:,}", percent(outcome["rate"])


def _rules(rules: list[dict[str, Any]], leads: int) -> Iterator[RenderableType]:
    most = sorted((rule for rule in rules if rule["fired"]), key=lambda rule: -rule["fired"])[:_RULES_SHOWN]
    if most:
        table = figures("Rules that fired most", "Leads", "Share", "Points each", "Unknown")
        for rule in most:
            each = rule["points"] / rule["fired"]
            fired, unknown = f"{rule['fired']:,}", f"{rule['unknown']:,}"
            share = percent(rule["fired"] / leads if leads else None)  # none is left where no id is known
            table.add_row(plain(_rule(rule)), fired, share, f"{each:+.1f}", unknown)
        yield table
    never = [_rule(rule) for rule in rules if not rule["fired"]]
    if never:
        yield plain(f"never fired: {', '.join(never)}", "yellow")


def _rule(rule: dict[str, Any]) -> str:
    return f"{rule['name']} ({rule['segment']})" if "segment" in rule else str(rule["name"])


def _lists(summary: dict[str, Any]) -> Iterator[RenderableType]:
    if "screen" in summary:
        verdicts = ", ".join(
            f"{leads:,} {verdict}" for verdict, leads in summary["screen"]["verdicts"].items()
        )
        signs = ", ".join(f"{sign['name']} {sign['holds']:,}" for sign in summary["screen"]["signs"])
        yield plain(f"screen: {verdicts} (signs: {signs})")
    if "nurture" in summary:
        unknown = summary["nurture"]["unknown"]
        more = f"; {unknown:,} more if the date of their last touch were known" if unknown else ""
        yield plain(f"to nurture: {summary['nurture']['leads']:,} (see nurture.csv{more})")


def _doubts(summary: dict[str, Any]) -> Iterator[RenderableType]:
    for reason, leads in summary["disqualified_by"].items():
        yield plain(f"disqualified, {reason}: {leads:,}")
    for reason, lines in summary["set_aside"].items():
        yield plain(f"set aside, {reason}: {lines:,} (see set_aside.csv)", "yellow")
    for cells in summary["unreadable"]:
        what = f"unreadable, column {cells['column']!r}, {cells['reason']}: {cells['cells']:,}"
        yield plain(f"{what} (see unreadable.csv)", "yellow")
    if "accounts" in summary:
        yield plain(f"{summary['accounts']:,} accounts (see accounts.csv)")
    yield from _events(summary["events"])
    yield from _joined(summary.get("joined", ()))
    yield from _write_back(summary.get("write_back"))
    if "moved" in summary:
        yield plain(_moved(summary["moved"]))
    yield from watch_view(summary.get("watch"))
    if summary["disarmed"]:
        yield plain(f"{summary['disarmed']:,} cells that a spreadsheet would run got a leading apostrophe")
    for note in summary["notes"]:
        yield plain(f"note: {note}")


def _events(events: dict[str, int] | None) -> Iterator[RenderableType]:
    if events is None:
        return
    yield plain(f"{events['read']:,} events read")
    doubts = {
        "of leads the export does not have": events["of_unknown_leads"],
        "after the day scored for, not counted": events["after_as_of"],
        "with a time or value that cannot be read (see events_set_aside.csv)": events["unreadable"],
        "on lines that cannot be read (see events_set_aside.csv)": events["set_aside"],
    }
    for what, count in doubts.items():
        if count:
            yield plain(f"events {what}: {count:,}", "yellow")


def _joined(tables: Sequence[dict[str, Any]]) -> Iterator[RenderableType]:
    for table in tables:
        counts = ", ".join(
            f"{leads:,} {name.replace('_', ' ')}" for name, leads in table["leads"].items() if leads
        )
        matched = table["leads"]["matched"]
        yield plain(f"joined {table['file']}: leads {counts or 'none'}", "" if matched else "yellow")
        if table["set_aside"]:
            lines = f"{table['set_aside']:,} (see joined_set_aside.csv)"
            yield plain(f"lines of {table['file']} that cannot be read: {lines}", "yellow")


def _write_back(written: dict[str, Any] | None) -> Iterator[RenderableType]:
    if written is None:
        return
    leads = f"{written['leads']:,} lead{'' if written['leads'] == 1 else 's'}"
    unchanged = f", {written['unchanged']:,} unchanged" if "unchanged" in written else ""
    gone = f", {written['vanished']:,} no longer in the export" if written.get("vanished") else ""
    yield plain(f"crm_import.csv: {leads}{unchanged}{gone}")


def _moved(moved: dict[str, int] | None) -> str:
    if moved is None:
        return "nothing to compare with yet: this is the first run here"
    counts = [f"{leads:,} {change}" for change, leads in moved.items() if leads]
    since = "since the run before"
    return f"{since}: {', '.join(counts)} (see moved.csv, gone.csv)" if counts else f"{since}: nobody moved"
