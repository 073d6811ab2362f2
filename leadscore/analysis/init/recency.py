"""recency: dates that a rule could read, and does not: as comments, with what has to be decided first."""

from __future__ import annotations

from collections.abc import Iterator

from leadscore.analysis.init.draft import ENGAGEMENT, RuleDraft
from leadscore.analysis.init.names import told
from leadscore.analysis.init.survey import Column, Survey

_DATES = ("last_seen", "created_date")
_BANDS = {0: 15, 8: 10, 31: 5, 91: 0}


def recency_rules(survey: Survey, by_history: bool) -> Iterator[RuleDraft]:
    """A rule as a comment for a date in doubt, and for the last activity where points come from history."""
    for column in filter(None, map(survey.of, _DATES)):
        if not column.cells.filled:
            continue
        if column.reading.doubt:
            yield _off(
                column,
                f"Waits for you: {column.reading.doubt}. Give {column.field} the format that is right.",
            )
        elif by_history and column.meaning == "last_seen":
            why = "may be of the day of the sale. Is it the lead's own last visit? Then take the # out."
            yield _off(column, f"Left out: {told(column.header)} {why}")


def _off(column: Column, why: str) -> RuleDraft:
    settings = {"kind": "bands", "age_of": column.field, "bands": _BANDS}
    name = "how lately" if column.meaning == "last_seen" else "new"
    return RuleDraft(name, ENGAGEMENT, settings, (column.field,), (), {}, why)
