"""schema: what a config may say, as frozen pydantic models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Self

from pydantic import Field as Setting, PrivateAttr, model_validator

from leadscore.fields import Use, under
from leadscore.measures import BestOf, Heat, Scale, Value
from leadscore.model.accounts import Accounts
from leadscore.model.arms import Arms
from leadscore.model.columns import FieldConfig as FieldConfig
from leadscore.model.digest import digest
from leadscore.model.events import EventLog
from leadscore.model.extend import Extends
from leadscore.model.group import Group as Group, ScoreConfig as ScoreConfig, within as within
from leadscore.model.input import Input
from leadscore.model.join import Join, uses_of_joins
from leadscore.model.nurture import Nurture
from leadscore.model.order import Keys, key_name
from leadscore.model.outcome import Outcome
from leadscore.model.output import Checks as Checks, Output as Output
from leadscore.model.screen import Disqualifier as Disqualifier, Screen, uses_of
from leadscore.model.segments import Segments, uses_of_segments
from leadscore.model.write_back import WriteBackNames
from leadscore.part import Part, refuse_key
from leadscore.scalars import Name, NoTwins, Points, Text, Texts

TIER_LIMIT = 100
"""Each tier is a file, and all of them are open at a time."""


class Axis(Part):
    """One letter of a grade: the highest cut the group's points reach; below all of them, the lowest."""

    group: Text
    cuts: Annotated[dict[Name, Points], NoTwins] = Setting(min_length=1)

    @model_validator(mode="after")
    def _refuse_equal_cuts(self) -> Self:
        if len(set(self.cuts.values())) < len(self.cuts):
            raise refuse_key("cuts", "has the same cut twice; one of the two could never be given")
        return self


class Grade(Part):
    """Two letters side by side: A1."""

    rows: Axis
    columns: Axis


class Tier(Part):
    """A part of the ranking; the cut belongs to its tier."""

    name: Name
    min_score: Points | None = None
    high: Texts | None = None
    """The axes of the matrix that are high in it."""


class Model(Part):
    """A scoring model: a config that was read, checked and whose fields all have a type."""

    name: Name
    extends: Extends = None
    id: Text
    preset: Text | None = None
    input: Input = Input()
    fields: Annotated[dict[Name, FieldConfig], NoTwins] = Setting(default={})
    screen: Screen | None = None
    disqualify: tuple[Disqualifier, ...] = ()
    segments: Segments = ()
    groups: Annotated[dict[Name, Group], NoTwins] = Setting(min_length=1)
    score: ScoreConfig = ScoreConfig()
    grade: Grade | None = None
    value: Value | None = None
    scales: Annotated[dict[Name, Scale], NoTwins] = Setting(default={})
    heat: Heat | None = None
    best_of: BestOf | None = None
    matrix: Annotated[dict[Name, Points], NoTwins] | None = None
    tiers: tuple[Tier, ...] = Setting(min_length=1, max_length=TIER_LIMIT)
    nurture: Nurture | None = None
    accounts: Accounts | None = None
    rank_by: Keys = ("score",)
    arms: Arms | None = None
    outcome: Outcome | None = None
    events: EventLog = EventLog()
    join: Annotated[dict[Name, Join], NoTwins] = Setting(default={})
    output: Output = Output()
    checks: Checks = Checks()
    write_back: WriteBackNames | None = None
    _models: tuple[Model, ...] = PrivateAttr(default=())

    def with_segments(self, models: Sequence[Model]) -> Model:
        """The same with the model of each segment; without a ``rank_by``, leads go by percent."""
        fields = {name: field for model in models for name, field in model.fields.items()}
        rank_by = self.rank_by if "rank_by" in self.model_fields_set else ("percent", "score")
        model = self.model_copy(update={"fields": fields | self.fields, "rank_by": rank_by})
        model._models = tuple(models)
        return model

    @property
    def models(self) -> tuple[Model, ...]:
        """The models leads are scored by: one per segment, or this one."""
        return self._models or (self,)

    @property
    def group_names(self) -> tuple[str, ...]:
        """The groups of all segments."""
        return tuple(dict.fromkeys(name for model in self.models for name in model.groups))

    def bounds(self) -> tuple[int, int]:
        """The least and the most points (hundredths) a lead can score, in any segment; models.md E18."""
        if self._models:
            each = [model.bounds() for model in self._models]
            return min(low for low, _ in each), max(high for _, high in each)
        low, high = self.sums()
        return within(low, self.score.floor, self.score.cap), within(high, self.score.floor, self.score.cap)

    def sums(self) -> tuple[int, int]:
        """The same before the score's floor and cap."""
        low, high = self._own_sums()
        part = self.accounts.in_score if self.accounts else None
        return (low + part.floor, high + part.cap) if part else (low, high)

    def own_bounds(self) -> tuple[int, int]:
        """The least and the most points a lead can have by itself, its account's part aside."""
        low, high = self._own_sums()
        return within(low, self.score.floor, self.score.cap), within(high, self.score.floor, self.score.cap)

    def _own_sums(self) -> tuple[int, int]:
        groups = [group.bounds() for group in self.groups.values()]
        combine = max if self.score.combine == "max" else sum
        return combine(low for low, _ in groups), combine(high for _, high in groups)

    def uses(self) -> Iterator[Use]:
        """Every field the config reads, in the order of the file, with the type it needs it to be."""
        yield Use(self.id, "text", ("id",))
        yield from under("screen", self.screen.uses() if self.screen else iter(()))
        yield from under("disqualify", uses_of(self.disqualify))
        yield from uses_of_segments(self.segments)
        for name, group in self.groups.items():
            yield from under("groups", under(name, group.uses()))
        if self.value:
            yield from under("value", self.value.uses())
        for index, key in enumerate(self.rank_by):
            if key_name(key) not in self.columns:
                yield Use(key_name(key), None, ("rank_by", index))
        yield from under("nurture", self.nurture.uses() if self.nurture else iter(()))
        yield from self.accounts.uses() if self.accounts else ()
        if self.outcome:
            yield Use(self.outcome.field, None, ("outcome", "field"), self.outcome.won)
        yield from uses_of_joins(self.join)

    @property
    def measures(self) -> tuple[str, ...]:
        """The columns that measures add, in the order of the output; the same in every segment."""
        if self._models:
            return self._models[0].measures
        value, product = ("expected_value",) * bool(self.value), ("product",) * bool(self.matrix)
        heat = ("heat", "heat_colour") if self.heat else ()
        return (*(self.best_of.columns if self.best_of else ()), *value, *product, *heat, *self.scales)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its own that leads can be ranked by."""
        segment = ("segment", "percent") if self.segments else ()
        return ("score", "tier", "coverage", *segment, *self.group_names, *self.measures)

    @property
    def digest(self) -> str:
        """SHA-256 of what the config means: the same for other comments, spacing and order of keys."""
        told = {"segments": {"__all__": {"override", "config"}}}
        return digest({**self.model_dump(exclude=told), "models": [model.digest for model in self._models]})
