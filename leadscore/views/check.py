"""check: what a model can give and what is doubtful about it -> lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from leadscore.analysis.check import Checked, Looked
from leadscore.model.schema import Model
from leadscore.points import format_points
from leadscore.views.screen import figures, plain


def check_view(checked: Checked) -> Iterator[RenderableType]:
    """The renderables of a checked config."""
    names = [segment.name for segment in checked.model.segments] or [""]
    tables = [_reach(model, name) for name, model in zip(names, checked.model.models, strict=True)]
    accounts = checked.model.accounts
    if accounts and accounts.rules:
        of_rules = map(format_points, accounts.bounds())
        tables[-1].add_row(plain("account points"), str(len(accounts.rules)), *of_rules)
    yield from tables
    for finding in checked.findings:
        yield plain(f"{finding.problem} [{finding.code}]", "yellow")
    if checked.looked is not None:
        yield from _of_export(checked.looked)
    count = len(checked.findings)
    yield plain("no doubts" if not count else f"{count} doubt{'s' if count > 1 else ''}; "
                "leadscore check --explain CODE says more")  # fmt: skip


def _reach(model: Model, segment: str) -> Table:
    """What each group, and the score, can be."""
    table = figures("Group", "Rules", "Minimum", "Maximum")
    for name, group in model.groups.items():
        table.add_row(plain(name), str(len(group.rules)), *map(format_points, group.bounds()))
    table.add_section()
    score = f"score of {segment}" if segment else "score"
    table.add_row(plain(score, "bold"), "", *map(format_points, model.bounds()))
    return table


def _of_export(looked: Looked) -> Iterator[RenderableType]:
    for (column, reason), cells in sorted(looked.tally.unreadable.items()):
        yield plain(f"unreadable, column {column!r}, {reason}: {cells:,}", "yellow")
    if looked.set_aside:
        yield plain(f"lines that cannot be read: {looked.set_aside:,}", "yellow")
    for note in looked.notes:
        yield plain(f"note: {note}")
    yield plain(f"{looked.read:,} leads, every column the config reads is there")


def check_lines(checked: Checked) -> Iterator[str]:
    """A line per doubt, as compilers write them: file:line:column: key: what [code]."""
    for finding in checked.findings:
        yield f"{replace(finding.problem, hint='')} [{finding.code}]"


def check_json(checked: Checked) -> dict[str, Any]:
    """The same content for machines; points as numbers of points."""
    segments = zip(checked.model.segments, checked.model.models, strict=False)
    return {
        **_ranges(checked.model),
        "segments": {segment.name: _ranges(model) for segment, model in segments},
        **_of_accounts(checked),
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


def _ranges(model: Model) -> dict[str, Any]:
    groups = {name: _range(group.bounds()) for name, group in model.groups.items()}
    return {**_range(model.bounds()), "groups": groups}


def _range(bounds: tuple[int, int]) -> dict[str, float]:
    return {"minimum": bounds[0] / 100, "maximum": bounds[1] / 100}


def _of_accounts(checked: Checked) -> dict[str, Any]:
    """The bounds of the points that accounts get for themselves, where there are any."""
    accounts = checked.model.accounts
    if accounts is None or not accounts.rules:
        return {}
    low, high = accounts.bounds()
    return {"account_points": {"minimum": low / 100, "maximum": high / 100}}
