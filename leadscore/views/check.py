"""check: what a model can give and what is doubtful about it -> lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType

from leadscore.analysis.check import Checked
from leadscore.points import format_points
from leadscore.views.screen import figures, plain


def check_view(checked: Checked) -> Iterator[RenderableType]:
    """The renderables of a checked config."""
    table = figures("Group", "Rules", "Minimum", "Maximum")
    for name, group in checked.model.groups.items():
        table.add_row(plain(name), str(len(group.rules)), *map(format_points, group.bounds()))
    table.add_section()
    table.add_row(plain("score", "bold"), "", *map(format_points, checked.model.bounds()))
    yield table
    for finding in checked.findings:
        yield plain(f"{finding.problem} [{finding.code}]", "yellow")
    if checked.collected is not None:
        yield from _of_export(checked)
    count = len(checked.findings)
    yield plain("no doubts" if not count else f"{count} doubt{'s' if count > 1 else ''}; "
                "leadscore check --explain CODE says more")  # fmt: skip


def _of_export(checked: Checked) -> Iterator[RenderableType]:
    assert checked.collected is not None
    for (column, reason), cells in sorted(checked.collected.tally.unreadable.items()):
        yield plain(f"unreadable, column {column!r}, {reason}: {cells:,}", "yellow")
    if checked.collected.set_aside:
        yield plain(f"lines that cannot be read: {len(checked.collected.set_aside):,}", "yellow")
    yield plain(f"{checked.collected.read:,} leads, every column the config reads is there")


def check_json(checked: Checked) -> dict[str, Any]:
    """The same content for machines; points as numbers of points."""
    low, high = checked.model.bounds()
    groups = {name: group.bounds() for name, group in checked.model.groups.items()}
    return {
        "minimum": low / 100,
        "maximum": high / 100,
        "groups": {
            name: {"minimum": low / 100, "maximum": high / 100} for name, (low, high) in groups.items()
        },
        "doubts": [
            {
                "code": finding.code,
                "file": finding.problem.file,
                "line": finding.problem.line,
                "column": finding.problem.column,
                "key": finding.problem.key,
                "what": finding.problem.what,
                "hint": finding.problem.hint,
            }
            for finding in checked.findings
        ],
    }
