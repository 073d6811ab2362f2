"""draft: what a first config is to say, before it is text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FIT, ENGAGEMENT, CAUTION = GROUPS = ("fit", "engagement", "caution")
Settings = Mapping[str, Any]


@dataclass(frozen=True)
class FieldDraft:
    """A field: its name, what the config says of it, and a remark to its right."""

    name: str
    settings: Settings
    remark: str = ""
    off: bool = False
    """Whether it only stands there as a comment, for a rule that does."""


@dataclass(frozen=True)
class RuleDraft:
    """A rule of a group, with the comments that stand beside it."""

    name: str
    group: str
    settings: Settings
    """All but its name, as the config has it."""
    fields: tuple[str, ...]
    """The fields it reads."""
    why: tuple[str, ...] = ()
    """Lines above it."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Beside a value, a bound or the number of a case: what was seen."""
    off: str = ""
    """Why it only stands there as a comment; '' where it counts."""


@dataclass(frozen=True)
class OutcomeDraft:
    """Which leads were won."""

    field: FieldDraft
    won: Any
    at: FieldDraft | None = None
    since: FieldDraft | None = None
    said: str = ""
    """How it was found."""


@dataclass(frozen=True)
class TierDraft:
    """A tier, and what it holds in this export."""

    name: str
    min_score: int | None
    note: str


@dataclass(frozen=True)
class Draft:
    """A whole config."""

    title: str
    id: FieldDraft
    fields: tuple[FieldDraft, ...]
    rules: tuple[RuleDraft, ...]
    head: tuple[str, ...] = ()
    """Lines of the comment at the top."""
    preset: str = ""
    outcome: OutcomeDraft | None = None
    disqualify: tuple[tuple[str, Settings, str], ...] = ()
    """Name, criteria, and why it only stands there as a comment."""
    dropped: tuple[tuple[str, str], ...] = ()
    """Rules that were tried and do nothing in this export, and why."""
    tiers: tuple[TierDraft, ...] = (TierDraft("All", None, ""),)
    grade: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Group of the letters, group of the digits -> the cuts of each."""
    floor: bool = False
    caps: Mapping[str, int] = field(default_factory=dict)
    """Group -> its cap; under ``score`` that of the score."""
    rank_by: str = ""
    checks: Settings = field(default_factory=dict)
    prefix: str = ""

    def live(self, group: str = "") -> tuple[RuleDraft, ...]:
        """The rules that count, of one group or of all."""
        return tuple(rule for rule in self.rules if not rule.off and group in ("", rule.group))
