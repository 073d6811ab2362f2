"""snapshot: summary.json of a run -> its figures, to be put beside those of another run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from leadscore.errors import InputError, Problem
from leadscore.pipeline.source import open_source
from leadscore.pipeline.stability import Histogram
from leadscore.pipeline.target import MANIFEST, last_manifest

SUMMARY = "summary.json"
_OTHER = "name another run, or leave it out"
_MOST = 10**15

Named = tuple[str, str]
"""Segment, '' where there are none, and rule."""


@dataclass(frozen=True)
class TierShot:
    """One tier; what became of its leads is None where the config has no outcome."""

    name: str
    leads: int
    share: float | None
    won: int | None
    known: int | None
    rate: float | None


@dataclass(frozen=True)
class RuleShot:
    """One rule: the leads it gave or took points, of those it was asked for (None: an older leadscore)."""

    fired: int
    leads: int | None

    @property
    def rate(self) -> float | None:
        """The share of leads for which it fires, from 0 to 1."""
        return self.fired / self.leads if self.leads else None


@dataclass(frozen=True)
class FieldShot:
    """One field of the leads that were scored."""

    unknown: int
    leads: int
    newest_days: int | None
    """Of a date, the days from the newest one, not after as_of, to as_of."""
    is_date: bool

    @property
    def rate(self) -> float | None:
        """The share of leads without a value that could be read, from 0 to 1."""
        return self.unknown / self.leads if self.leads else None


@dataclass(frozen=True)
class UnlistedShot:
    """Values that a rule does not list: leads that have one, different values (None: too many)."""

    field: str
    leads: int
    values: int | None


@dataclass(frozen=True)
class Snapshot:
    """The figures of a run. What an older leadscore did not keep is None, or not there."""

    as_of: date
    leads: Mapping[str, int]
    """in, ranked, disqualified, ..., set_aside."""
    tiers: tuple[TierShot, ...]
    """Best first."""
    mean: float | None
    quantiles: Mapping[str, float | None]
    """In percent of the ranked leads, as "25" -> score."""
    scores: Histogram | None
    rules: Mapping[Named, RuleShot]
    fields: Mapping[str, FieldShot]
    unlisted: Mapping[Named, UnlistedShot]
    looked_up: tuple[str, ...]
    """The fields that a rule looks up by value."""

    @classmethod
    def of(cls, summary: Mapping[str, Any]) -> Snapshot:
        """Of what summary.json holds; KeyError, TypeError, ValueError or AttributeError for anything else."""
        score = summary["score"]
        kept = score.get("histogram")
        return cls(
            as_of=date.fromisoformat(summary["as_of"]),
            leads={"in": 0, "ranked": 0} | {part: _count(leads) for part, leads in summary["leads"].items()},
            tiers=tuple(map(_tier, summary["tiers"])),
            mean=_figure(score.get("mean")),
            quantiles={share: _figure(found) for share, found in score.get("quantiles", {}).items()},
            scores=None if kept is None else Histogram.read(kept),
            rules={_named(each): _rule(each) for each in summary["rules"]},
            fields={str(each["name"]): _field(each) for each in summary.get("fields", ())},
            unlisted={
                _named(each): UnlistedShot(
                    str(each["field"]), _count(each["leads"]), _perhaps(each["values"])
                )
                for each in summary.get("unlisted", ())
            },
            looked_up=tuple(map(str, summary.get("looked_up", ()))),
        )


def _tier(each: Mapping[str, Any]) -> TierShot:
    outcome = each["outcome"] or {}
    won, known = (_perhaps(outcome.get(key)) for key in ("won", "known"))
    share, rate = _figure(each["share"]), _figure(outcome.get("rate"))
    won = None if known is None else won or 0
    return TierShot(str(each["name"]), _count(each["leads"]), share, won, known, rate)


def _rule(each: Mapping[str, Any]) -> RuleShot:
    fired, leads = _count(each["fired"]), _perhaps(each.get("leads"))
    if fired < 0 or (leads is not None and leads < fired):
        raise ValueError("fires for more leads than there are")
    return RuleShot(fired, leads)


def _field(each: Mapping[str, Any]) -> FieldShot:
    unknown, leads = _count(each["unknown"]), _count(each["leads"])
    return FieldShot(unknown, leads, _perhaps(each.get("newest_days")), "newest_days" in each)


def _count(value: Any) -> int:
    count = int(value)
    if abs(count) > _MOST:
        raise ValueError("is more than any file holds")
    return count


def _perhaps(value: Any) -> int | None:
    return None if value is None else _count(value)


def _figure(value: Any) -> float | None:
    return None if value is None else float(value)


def _named(each: Mapping[str, Any]) -> Named:
    return str(each.get("segment", "")), str(each["name"])


def read_snapshot(run: Path) -> tuple[dict[str, Any], Snapshot]:
    """The manifest of a run, and its figures. Raises InputError for what is no run, or was changed since."""
    manifest = last_manifest(run)
    if manifest is None or "kind" in manifest:  # a comparison's says what it is
        _refuse(run, "is no run of leadscore", "name the folder that a run wrote")
    content = open_source(run / SUMMARY).read()
    try:
        if hashlib.sha256(content).hexdigest() != manifest["outputs"][SUMMARY]["sha256"]:
            _refuse(run / SUMMARY, "is not as the run wrote it", _OTHER)
        return manifest, Snapshot.of(json.loads(content))
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError):
        _refuse(run / MANIFEST, "is damaged or of an older leadscore", _OTHER)


def _refuse(path: Path, what: str, hint: str) -> NoReturn:
    raise InputError(Problem(str(path), what=what, hint=hint))
