"""nurture: which ranked leads are nearly there, and worth a push."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from pydantic import model_validator

from leadscore.fields import Use
from leadscore.part import Part, refuse_key
from leadscore.scalars import Days, Points, Text

NURTURE_COLUMNS = ("next_tier", "missing_points", "days_idle")
"""What the nurture list tells of a lead."""


class EnoughPoints(Part):
    """Points a group must have given."""

    group: Text
    at_least: Points


class Idle(Part):
    """So many days, or more, since a date."""

    since: Text
    days: Days


class Nurture(Part):
    """The list of leads below a tier's cut by no more than a margin (models.md E24)."""

    tier: Text
    margin: Points
    fit: EnoughPoints | None = None
    idle: Idle | None = None

    @model_validator(mode="after")
    def _refuse_no_margin(self) -> Self:
        if self.margin <= 0:
            raise refuse_key("margin", "must be above 0; write for example 10")
        return self

    def uses(self) -> Iterator[Use]:
        """The date of the last touch, where it counts."""
        if self.idle:
            yield Use(self.idle.since, "date", ("idle", "since"))
