"""schema: what a config may say, as frozen pydantic models."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import Field as Setting, model_validator

from leadscore.criteria import Criteria, Test
from leadscore.decays import Decay
from leadscore.fields import FieldType, Use, under
from leadscore.part import Part
from leadscore.rules import AnyRule
from leadscore.scalars import Count, CountOrShare, Flag, Name, Points, Text, Texts

Derivation = Literal["email_domain", "email_kind", "age"]
DERIVED_TYPES: dict[str, FieldType] = {"email_domain": "text", "email_kind": "text", "age": "number"}
DERIVED_FROM: dict[str, FieldType] = {"email_domain": "text", "email_kind": "text", "age": "date"}


class FieldConfig(Part):
    """Where a field comes from and how its cells are read."""

    columns: Texts = Setting((), alias="from")
    """Headers that may hold the field; the first one the export has is used, then the field's own name."""
    type: FieldType | None = None
    null: Texts = ()
    """Words that mean the cell is empty."""
    format: Text | None = None
    """How dates are written, in strptime's letters; ISO (2026-06-30) without it."""
    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " ", "'"] | None = None
    digits: Literal["ascii", "any"] = "ascii"
    exponent: Flag = False
    true: Texts = ("true", "yes", "1")
    false: Texts = ("false", "no", "0")
    derive: Derivation | None = None
    of: Text | None = None

    @model_validator(mode="after")
    def _refuse_contradictions(self) -> Self:
        if (self.derive is None) != (self.of is None):
            raise ValueError("derive and of go together: {derive: email_domain, of: email}")
        if self.derive and self.columns:
            raise ValueError("a derived field has no column of its own; remove from")
        if self.thousands == self.decimal:
            raise ValueError("decimal and thousands cannot be the same mark")
        if self.format is not None and "%d" not in self.format and "%j" not in self.format:
            raise ValueError("format has no day (%d); write for example %d/%m/%Y")
        return self


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
        each = [rule.bounds() for rule in self.rules]
        low, high = sum(low for low, _ in each), sum(high for _, high in each)
        if self.decay:
            # What was earned may fade to nothing; what was lost stays.
            low = sum(min(low, 0) for low, _ in each)
        return within(low, self.floor, self.cap), within(high, self.floor, self.cap)

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
        raise ValueError("floor is above cap")


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
    cuts: dict[Name, Points] = Setting(min_length=1)

    @model_validator(mode="after")
    def _refuse_equal_cuts(self) -> Self:
        if len(set(self.cuts.values())) < len(self.cuts):
            raise ValueError("two cuts are the same; one of them could never be given")
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
    won: Texts
    at: Text | None = None

    @property
    def test(self) -> Test:
        """The test that a won lead passes."""
        return Test.model_validate({"in": self.won})


class Output(Part):
    """What is written."""

    formats: tuple[Literal["csv", "parquet"], ...] = Setting(("csv",), min_length=1)
    reasons: Count = 3
    contributions: Flag = False
    formula_guard: Flag = True
    prefix: str = ""
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
    fields: dict[Name, FieldConfig] = {}
    disqualify: tuple[Disqualifier, ...] = ()
    groups: dict[Name, Group] = Setting(min_length=1)
    score: ScoreConfig = ScoreConfig()
    grade: Grade | None = None
    tiers: tuple[Tier, ...] = Setting(min_length=1)
    rank_by: Texts = ("score",)
    outcome: Outcome | None = None
    output: Output = Output()
    checks: Checks = Checks()

    def bounds(self) -> tuple[int, int]:
        """The least and the most points (hundredths) a lead can score; models.md E18."""
        groups = [group.bounds() for group in self.groups.values()]
        low, high = sum(low for low, _ in groups), sum(high for _, high in groups)
        return within(low, self.score.floor, self.score.cap), within(high, self.score.floor, self.score.cap)

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
        meaning = json.dumps(_plain_json(self.model_dump(mode="python")))
        return hashlib.sha256(meaning.encode()).hexdigest()


def _plain_json(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted([str(_plain_json(key)), _plain_json(item)] for key, item in value.items())
    if isinstance(value, list | tuple):
        return [_plain_json(item) for item in value]
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value
