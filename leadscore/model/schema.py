"""schema: what a config may say, as frozen pydantic models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field as Setting, model_validator

from leadscore.criteria import Criteria, Test
from leadscore.decays import Decay
from leadscore.fields import Use, under
from leadscore.model.columns import FieldConfig as FieldConfig
from leadscore.model.digest import digest
from leadscore.part import Part, refuse_key
from leadscore.rules import AnyRule
from leadscore.scalars import Count, CountOrShare, Flag, Name, NoTwins, Points, Text, Texts, Values, Word


class Group(Part):
    """Rules whose points add up, within a floor and a cap."""

    cap: Points | None = None
    floor: Points | None = None
    decay: Decay | None = None
    rules: tuple[AnyRule, ...] = Setting(min_length=1)

    @model_validator(mode="after")
    def _refuse_crossed_bounds(self) -> Self:
        _refuse_crossed(self.floor, self.cap)
        return self

    def bounds(self) -> tuple[int, int]:
        """The least and the most points (hundredths) the group can give."""
        low, high = self.sums()
        return within(low, self.floor, self.cap), within(high, self.floor, self.cap)

    def sums(self) -> tuple[int, int]:
        """The same before floor and cap."""
        each = [rule.bounds() for rule in self.rules]
        low, high = sum(low for low, _ in each), sum(high for _, high in each)
        if self.decay:
            # What was earned may fade to nothing; what was lost stays.
            low = sum(min(low, 0) for low, _ in each)
        return low, high

    def uses(self) -> Iterator[Use]:
        """Every field the group reads."""
        for index, rule in enumerate(self.rules):
            yield from under("rules", under(index, rule.uses()))
        if self.decay:
            yield from under("decay", self.decay.uses())


def within(points: int, floor: int | None, cap: int | None) -> int:
    """The points, held between floor and cap where there are any."""
    points = points if floor is None else max(points, floor)
    return points if cap is None else min(points, cap)


def _refuse_crossed(floor: int | None, cap: int | None) -> None:
    if floor is not None and cap is not None and floor > cap:
        raise refuse_key("cap", "is below floor; swap them")


class ScoreConfig(Part):
    """How group points become the score."""

    combine: Literal["sum"] = "sum"
    floor: Points | None = None
    cap: Points | None = None

    @model_validator(mode="after")
    def _refuse_crossed_bounds(self) -> Self:
        _refuse_crossed(self.floor, self.cap)
        return self


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


class Disqualifier(Part):
    """Takes a lead out of the ranking; it keeps its score."""

    name: Name
    when: Criteria


class Outcome(Part):
    """Which leads were won, as far as the export knows."""

    field: Text
    won: Values
    at: Text | None = None
    """When; nothing reads it yet, so the export need not have it."""

    @property
    def test(self) -> Test:
        """The test that a won lead passes."""
        return Test.model_validate({"in": self.won})


class Output(Part):
    """What is written."""

    formats: tuple[Literal["csv", "parquet"], ...] = Setting(default=("csv",), min_length=1)
    reasons: Count = 3
    contributions: Flag = False
    formula_guard: Flag = True
    prefix: Word = ""
    """Put before the names of the columns leadscore adds, for exports that have a `score` of their own."""


class Checks(Part):
    """What a run may not exceed before it stops being complete."""

    max_rows_set_aside: CountOrShare = 0
    max_unreadable_cells: CountOrShare = 0
    min_rows: Count = 1
    max_row_drop: CountOrShare | None = None


class Model(Part):
    """A scoring model: a config that was read, checked and whose fields all have a type."""

    name: Name
    id: Text
    preset: Text | None = None
    fields: Annotated[dict[Name, FieldConfig], NoTwins] = Setting(default={})
    disqualify: tuple[Disqualifier, ...] = ()
    groups: Annotated[dict[Name, Group], NoTwins] = Setting(min_length=1)
    score: ScoreConfig = ScoreConfig()
    grade: Grade | None = None
    tiers: tuple[Tier, ...] = Setting(min_length=1)
    rank_by: Texts = ("score",)
    outcome: Outcome | None = None
    output: Output = Output()
    checks: Checks = Checks()

    def bounds(self) -> tuple[int, int]:
        """The least and the most points (hundredths) a lead can score; models.md E18."""
        low, high = self.sums()
        return within(low, self.score.floor, self.score.cap), within(high, self.score.floor, self.score.cap)

    def sums(self) -> tuple[int, int]:
        """The same before the score's floor and cap."""
        groups = [group.bounds() for group in self.groups.values()]
        return sum(low for low, _ in groups), sum(high for _, high in groups)

    def uses(self) -> Iterator[Use]:
        """Every field the config reads, in the order of the file, with the type it needs it to be."""
        yield Use(self.id, "text", ("id",))
        for index, disqualifier in enumerate(self.disqualify):
            yield from under("disqualify", under(index, under("when", disqualifier.when.uses())))
        for name, group in self.groups.items():
            yield from under("groups", under(name, group.uses()))
        for index, name in enumerate(self.rank_by):
            if name != "score":
                yield Use(name, None, ("rank_by", index))
        if self.outcome:
            yield Use(self.outcome.field, None, ("outcome", "field"), self.outcome.won)

    @property
    def digest(self) -> str:
        """SHA-256 of what the config means: the same for other comments, spacing and order of keys."""
        return digest(self.model_dump(mode="python"))
