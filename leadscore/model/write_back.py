"""write_back: what an import of the CRM calls the scores that are brought back to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from leadscore.model.tree import Fault
from leadscore.part import Part
from leadscore.scalars import Name, Text, Word

if TYPE_CHECKING:
    from leadscore.model.schema import Model


class WriteBackNames(Part):
    """Names over those of the preset. A column whose name is empty is left out."""

    id: Text | None = None
    score: Word | None = None
    tier: Word | None = None
    reasons: Word | None = None
    segment: Word | None = None
    grade: Word | None = None
    percent: Word | None = None
    win_probability: Word | None = None
    arm: Word | None = None
    disqualified: Name = "Disqualified"
    """The tier of a lead that is disqualified; without one, the CRM would keep the last."""
    screened: Name = "Screened"
    """The same of a lead that the screen took out."""


COLUMNS = ("score", "tier", "reasons", "segment", "grade", "percent", "win_probability", "arm")
"""What may be brought back, in the order of the file."""

_NEEDS = {"grade": "grade", "segment": "segments", "percent": "segments", "arm": "arms"}


def check_write_back(model: Model) -> Iterator[Fault]:
    """Columns that no lead has a value for."""
    names = model.write_back
    # With segments, each of them may bring a grade of its own.
    has = {"grade": model.grade is not None or bool(model.segments), "segments": bool(model.segments)}
    has["arms"] = model.arms is not None
    for column, key in _NEEDS.items():
        if names is not None and getattr(names, column) and not has[key]:
            hint = f"remove it, or add {key} to the config"
            yield Fault(("write_back", column), f"leads have no {column} without {key}", hint)
