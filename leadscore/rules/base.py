"""base: what every rule kind has, and what it gives: points per lead, and whether they are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, Self, get_args

import numpy as np
from pydantic import model_validator

from leadscore.decays import Decay
from leadscore.fields import Field, Leads, Turn, Use, under
from leadscore.part import Part, refuse_key
from leadscore.points import Flags, Hundredths
from leadscore.rules.levers import FALLBACKS, Lever, LeverPath, list_levers, put_points
from leadscore.scalars import Name, Points

Stage = Literal["awareness", "consideration", "decision"]

STAGES: tuple[Stage, ...] = get_args(Stage)
"""The stages of the funnel, from the first to the last; models.md E26."""


@dataclass(frozen=True)
class Award:
    """What a rule gives each lead: points (0 where unknown), and which leads it could decide on."""

    points: Hundredths
    known: Flags
    faded: Hundredths | None = None
    """What is left of the points where they fade by themselves, event by event."""
    share: Hundredths | None = None
    """How much of the rule known fields decided, in hundredths of a percent; None: all of it where known."""


class Rule(Part):
    """The settings all kinds share; a kind adds its own and says in ``award`` how points come about."""

    PAYS: ClassVar[tuple[str, ...]] = ()
    """The kind's own settings that are points, or mappings or lists of such."""
    PAYS_EACH: ClassVar[tuple[str, ...]] = ()
    """Those of them a lead gets as often, or as far, as a number says."""

    name: Name
    stage: Stage | None = None
    """How near to a purchase a lead is that shows this. Changes no points; ``check`` looks at their order."""
    otherwise: Points = 0
    """Points when nothing matched."""
    missing: Points | None = None
    """Points when it is unknown whether anything matches; without it, unknown earns nothing."""
    effect: Literal["positive", "negative"] | None = None
    """Its points may only be of this sign when they are calibrated. Changes no points."""
    decay: Decay | None = None

    @model_validator(mode="after")
    def _refuse_decay_without_date(self) -> Self:
        if self.decay and self.decay.since is None and getattr(self, "event", None) is None:
            raise refuse_key("decay", "has no date to count from; add since: a date field")
        return self

    def uses(self) -> Iterator[Use]:
        """Every field the rule reads, the decay's date included."""
        yield from self.reads()
        if self.decay:
            yield from under("decay", self.decay.uses())

    def reads(self) -> Iterator[Use]:
        """The fields that decide the points."""
        raise NotImplementedError

    def turns(self) -> Iterator[Turn]:
        """The values of its fields around which the points turn."""
        raise NotImplementedError

    def award(self, leads: Leads) -> Award:
        """The points each lead gets, before any decay."""
        raise NotImplementedError

    def choices(self) -> list[int]:
        """The points (hundredths) a lead can get when nothing is unknown; their range if they have one."""
        raise NotImplementedError

    def levers(self) -> Iterator[Lever]:
        """Every setting of the rule that is points; of its fallbacks those that give any."""
        for key in self.PAYS:
            yield from list_levers(key, getattr(self, key), key in self.PAYS_EACH)
        yield from (lever for key in FALLBACKS for lever in list_levers(key, getattr(self, key) or None))

    def with_points(self, points: Mapping[LeverPath, int]) -> Self:
        """The same rule with other points for some of its levers."""
        keys = {str(path[0]) for path in points}
        return self.model_copy(update={key: put_points(getattr(self, key), key, points) for key in keys})

    def bounds(self) -> tuple[int, int]:
        """The least and the most the rule can give, unknown and decay included."""
        choices = [*self.choices(), self.missing or 0]
        if self.decay:
            choices.append(0)
        return min(choices), max(choices)

    def weight(self) -> int:
        """How much the rule can move a score: its share in a lead's coverage."""
        choices = [*self.choices(), 0]
        return max(choices) - min(choices)

    def describe(self) -> str:
        """What the rule looks at, in words."""
        raise NotImplementedError

    def unless_missing(self, points: Hundredths, known: Flags) -> Award:
        """The award with unknown leads given what ``missing`` says."""
        return Award(np.where(known, points, self.missing or 0).astype(np.int64), known)


def spread(points: Hundredths, field: Field) -> Hundredths:
    """Points per distinct value -> points per lead, 0 where missing."""
    return np.append(points, 0).astype(np.int64)[field.codes]
