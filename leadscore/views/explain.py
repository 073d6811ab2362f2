"""explain: one lead's arithmetic -> a table whose last line is the sum of the others, and what could be."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

import pyarrow as pa
from rich import box
from rich.console import RenderableType
from rich.table import Table

from leadscore.analysis.explain.explain import Explanation
from leadscore.analysis.explain.explained import ExplainedLine
from leadscore.analysis.explain.tried import Change
from leadscore.pipeline.guard import guard_texts
from leadscore.points import LIMIT, format_points
from leadscore.views.screen import plain


def explain_view(lead: Explanation) -> Iterator[RenderableType]:
    """The renderables of an explanation."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("Group")
    table.add_column("Contribution")
    table.add_column("Points", justify="right", no_wrap=True)
    table.add_column("Because")
    for line in lead.lines:
        if line.points or line.kind == "rule":
            style = "" if line.points else "dim"
            cells = (line.group, line.name, _points(line), _because(line))
            table.add_row(*(plain(cell, style) for cell in cells))
    table.add_section()
    table.add_row("", plain("score", "bold"), plain(format_points(lead.score), "bold"), plain(_verdict(lead)))
    rank = f"rank {lead.rank}, " if lead.rank else ""
    yield plain(f"{lead.id} ({rank}{lead.file and f'{lead.file}, '}line {lead.line})", "bold")
    yield table
    yield plain(f"coverage {lead.coverage} %: the share of the attainable points that known fields decided")
    for name, value in lead.measures:
        yield plain(f"{name}: {'unknown' if value is None else value}")
    if lead.screen:
        yield plain(f"screen: {lead.screen}{f' ({lead.signs})' if lead.signs else ''}")
    if lead.unknown:
        yield plain(f"unknown: {', '.join(lead.unknown)}")
    yield from _prospects(lead)


def _prospects(lead: Explanation) -> Iterator[RenderableType]:
    could = lead.prospects
    if could.low is not None and could.high is not None and (could.low, could.high) != (lead.score,) * 2:
        low, high = (_end(*end) for end in ((could.low, could.lowest_tier), (could.high, could.highest_tier)))
        yield plain(f"whatever the unknown is, the score is from {low} to {high}")
    for lift in could.lifts:
        yield plain(f"would be {lift.tier} if known: {_steps(lift)}")
    if could.next_tier:
        lacks = could.missing_points
        yield plain(
            f"next tier {could.next_tier}" + (f": {format_points(lacks)} points missing" if lacks else "")
        )
        for change in could.changes:
            yield plain(f"  {_steps(change)}")
        if not could.changes:
            yield plain("  no one or two fields that can change reach it")


def _end(points: int, tier: str) -> str:
    text = "any height" if points >= LIMIT else "any depth" if points <= -LIMIT else format_points(points)
    return f"{text} ({tier})" if tier else text


def _steps(change: Change) -> str:
    steps = (
        f"{step.field}: {step.after}" + ("" if step.event else f" instead of {step.before or 'nothing'}")
        for step in change.steps
    )
    points = f"{format_points(change.gain, signed=True)} to {format_points(change.score)}"
    return f"{' and '.join(steps)}: {points}, {change.tier}"


def _points(line: ExplainedLine) -> str:
    return format_points(line.points, signed=True) if line.known or line.points else "unknown"


def _because(line: ExplainedLine) -> str:
    if line.kind != "rule":
        return line.looked_at
    return ", ".join(f"{name}: {'missing' if value is None else value}" for name, value in line.values)


def _verdict(lead: Explanation) -> str:
    tier = f"tier {lead.tier}" + (f", grade {lead.grade}" if lead.grade else "")
    why = {"screened": f"screened as {lead.screen}", "disqualified": f"disqualified ({lead.disqualified_by})"}
    if lead.percent is not None:
        tier = f"{tier}, {format_points(lead.percent)} % of the most in segment {lead.segment}"
    return f"{why[lead.part]}; would be {tier}" if lead.part in why else tier


def explain_json(leads: Sequence[Explanation]) -> dict[str, object]:
    """The same content for machines; points as numbers of points."""
    return {"leads": [_lead_json(lead) for lead in leads]}


def _lead_json(lead: Explanation) -> dict[str, object]:
    lines = [
        {
            "name": line.name,
            "kind": line.kind,
            "group": line.group,
            "points": line.points / 100,
            "known": line.known,
            "looked_at": line.looked_at,
            "values": dict(line.values),
        }
        for line in lead.lines
    ]
    could = lead.prospects
    return {
        "id": lead.id,
        "rank": lead.rank or None,
        **({"file": lead.file} if lead.file else {}),
        "line": lead.line,
        "score": lead.score / 100,
        "tier": lead.tier,
        "segment": lead.segment or None,
        "percent": None if lead.percent is None else lead.percent / 100,
        "grade": lead.grade or None,
        "coverage": lead.coverage / 100,
        "disqualified_by": lead.disqualified_by or None,
        "part": lead.part,
        "screen": lead.screen or None,
        "signs": lead.signs or None,
        "measures": dict(lead.measures),
        "unknown": lead.unknown,
        "lowest": _end_json(could.low, could.lowest_tier),
        "highest": _end_json(could.high, could.highest_tier),
        "lifts": [_change_json(change) for change in could.lifts],
        "next_tier": could.next_tier or None,
        "missing_points": None if could.missing_points is None else could.missing_points / 100,
        "changes": [_change_json(change) for change in could.changes],
        "lines": lines,
    }


def _end_json(points: int | None, tier: str) -> dict[str, object] | None:
    return None if points is None else {"score": points / 100, "tier": tier or None}


def _change_json(change: Change) -> dict[str, object]:
    return {
        "fields": [{"field": step.field, "from": step.before, "to": step.after} for step in change.steps],
        "points": change.gain / 100,
        "score": change.score / 100,
        "tier": change.tier,
    }


_COLUMNS = ("id", "rank", "score", "tier", "group", "line", "kind", "points", "known", "values")
"""Of the CSV form: a row per line of each lead."""


def explain_csv(leads: Sequence[Explanation]) -> str:
    """A row per line; the points of a lead's rows add up to its score. Live cells are disarmed."""
    rows = [_COLUMNS, *(row for lead in leads for row in _rows(lead))]
    cells, _ = guard_texts(pa.array([cell for row in rows for cell in row], pa.large_string()))
    texts, written = cells.to_pylist(), io.StringIO()
    width = len(_COLUMNS)
    csv.writer(written, lineterminator="\n").writerows(
        texts[first : first + width] for first in range(0, len(texts), width)
    )
    return written.getvalue()


def _rows(lead: Explanation) -> Iterator[tuple[str, ...]]:
    for line in lead.lines:
        rank, score = str(lead.rank or ""), format_points(lead.score)
        points, known = format_points(line.points), "yes" if line.known else "no"
        yield lead.id, rank, score, lead.tier, line.group, line.name, line.kind, points, known, _because(line)
