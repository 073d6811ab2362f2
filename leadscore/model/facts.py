"""facts: what a model did with the leads of an export, as far as doubts are about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Tally(NamedTuple):
    """What a rule, or a sign of the screen, did with the leads of an export."""

    with_points: int
    """Leads it gave or took points, or that show the sign."""
    known: int
    leads: int
    points: int = 0
    """The points (hundredths) of a rule over all leads."""

    @property
    def mean(self) -> int:
        """The points (hundredths) of a rule, on average of the leads it gives or takes any."""
        return round(self.points / self.with_points) if self.with_points else 0


class Part(NamedTuple):
    """Some leads of those that are asked about."""

    some: int
    leads: int


class Unlisted(NamedTuple):
    """Values of an export that a rule has never heard of."""

    leads: int
    """Leads that have one of them."""
    values: int | None
    """Different values; None where there are too many to tell apart."""
    shown: tuple[tuple[str, int], ...] = ()
    """The most frequent ones and their leads, where they tell nobody's name."""


class Column(NamedTuple):
    """What one field of a model found in an export."""

    header: str
    known: int
    """Leads of whom the field is known."""
    leads: int


class Lost(NamedTuple):
    """A field without a column."""

    renamed: str = ""
    """The header, read by nothing, that is nearly called so; '' for none."""
    files: tuple[str, ...] = ()
    """The files that lack it, where others have it."""


class Leak(NamedTuple):
    """A column that tells won from lost too well."""

    header: str
    why: str
    leads: int
    """Leads with a known outcome that were looked at."""


class Before(NamedTuple):
    """What an earlier run found."""

    columns: Mapping[str, str]
    """Field -> the column it was read from."""
    rules: Mapping[tuple[str, str], Part]
    """By segment and rule, the leads it knew enough of."""


@dataclass(frozen=True)
class Facts:
    """All that is known of an export; nothing where there is none. Rules go by name."""

    tallies: Mapping[str, Tally] = field(default_factory=dict)
    signs: Mapping[str, Tally] = field(default_factory=dict)
    bounds: Mapping[str, Part] = field(default_factory=dict)
    """Line of a floor or cap, as "fit: cap" -> leads whose points it changed."""
    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Two rules -> the leads that both give or take points."""
    undated: Mapping[str, Part] = field(default_factory=dict)
    """"rule NAME" or "group NAME" -> leads without the decay's date, of those that have points to fade."""
    unlisted: Mapping[str, Unlisted] = field(default_factory=dict)
    tiers: Mapping[str, int] = field(default_factory=dict)
    """Tier -> its leads."""
    columns: Mapping[str, Column] = field(default_factory=dict)
    """By field."""
    lost: Mapping[str, Lost] = field(default_factory=dict)
    """By field."""
    leaks: tuple[Leak, ...] = ()
    before: Mapping[str, Part] = field(default_factory=dict)
    """Rule -> the leads of an earlier run that it knew enough of."""
    moved: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Field -> the column an earlier run read it from, and that of now, where they differ."""
