"""explain: one lead's arithmetic -> a table whose last line is the sum of the others."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import RenderableType
from rich.table import Table

from leadscore.analysis.explain import ExplainedLine, Explanation
from leadscore.points import format_points
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
    yield plain(f"{lead.id} ({lead.file and f'{lead.file}, '}line {lead.line})", "bold")
    yield table
    yield plain(f"coverage {lead.coverage} %: the share of the attainable points that known fields decided")
    for name, value in lead.measures:
        yield plain(f"{name}: {'unknown' if value is None else value}")
    if lead.screen:
        yield plain(f"screen: {lead.screen}{f' ({lead.signs})' if lead.signs else ''}")
    if lead.unknown:
        yield plain(f"unknown: {', '.join(lead.unknown)}")


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


def explain_json(lead: Explanation) -> dict[str, object]:
    """The same content for machines; points as numbers of points."""
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
    return {
        "id": lead.id,
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
        "lines": lines,
    }
