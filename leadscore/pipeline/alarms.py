"""alarms: the figures of a run and of the one before it -> those beyond checks.psi_above and missing_rise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from leadscore.model.output import Checks
from leadscore.pipeline.snapshot import Named, RuleShot, Snapshot, read_snapshot
from leadscore.pipeline.stability import population_stability, score_stability


@dataclass(frozen=True)
class Alarm:
    """One figure that is beyond what the config allows."""

    check: Literal["psi_above", "missing_rise"]
    of: Literal["score", "rule", "field"]
    name: str
    segment: str
    value: float
    """The PSI, or the rise of the share of leads of whom a field is unknown."""
    limit: float
    before: float | None
    """A rule's share of leads for which it fires, a field's of those it is unknown of; None for the score."""
    now: float | None

    @property
    def sentence(self) -> str:
        """The same in words."""
        if self.of == "score":
            return f"the score has a PSI of {self.value:.4g}, above {self.limit:g} (checks.psi_above)"
        name = f"{self.name} ({self.segment})" if self.segment else self.name
        shares = f"from {100 * (self.before or 0):.1f} % to {100 * (self.now or 0):.1f} % of the leads"
        if self.of == "rule":
            beyond = f"a PSI of {self.value:.4g}, above {self.limit:g} (checks.psi_above)"
            return f"rule {name!r} fires for another share: {shares}, {beyond}"
        beyond = f"more than {100 * self.limit:g} points up (checks.missing_rise)"
        return f"field {name!r} is missing more often: {shares}, {beyond}"

    @property
    def told(self) -> dict[str, Any]:
        """The same for machines."""
        segment = {"segment": self.segment} if self.segment else {}
        figures = {"value": self.value, "limit": self.limit, "before": self.before, "now": self.now}
        what = {"check": self.check, "of": self.of, "name": self.name}
        return {**what, **segment, **figures, "text": self.sentence}


def stability_of_score(before: Snapshot, now: Snapshot) -> float | None:
    """PSI of the ranked leads' score; None where one of the runs has no leads, or did not keep its scores."""
    if before.scores is None or now.scores is None:
        return None
    return score_stability(before.scores, now.scores)


def stability_of_rules(before: Snapshot, now: Snapshot) -> Mapping[Named, float | None]:
    """PSI of fires or not, of each rule that both runs have."""
    shared = [key for key in now.rules if key in before.rules]
    return {key: _rule_stability(before.rules[key], now.rules[key]) for key in shared}


def _rule_stability(*runs: RuleShot) -> float | None:
    if any(rule.leads is None for rule in runs):
        return None
    counts = [np.array([rule.fired, (rule.leads or 0) - rule.fired]) for rule in runs]
    return population_stability(*counts)


def watch(earlier: Path, summary: Mapping[str, Any], checks: Checks) -> dict[str, Any]:
    """What the summary of a new run says of the checks against an earlier one; nothing where none is set."""
    if not are_set(checks):
        return {}
    before = read_snapshot(earlier)[1]
    alarms = [alarm.told for alarm in find_alarms(before, Snapshot.of(summary), checks)]
    since, note = before.as_of.isoformat(), say_untold(before) or None
    return {"watch": {"since": since, "alarms": alarms, "note": note}}


def are_set(checks: Checks) -> bool:
    """Whether a run is to be watched at all."""
    return checks.psi_above is not None or checks.missing_rise is not None


def find_alarms(before: Snapshot, now: Snapshot, checks: Checks) -> list[Alarm]:
    """Every figure beyond the checks, in the order score, rules, fields; none where no check is set."""
    return [*_beyond_psi(before, now, checks), *_beyond_rise(before, now, checks)]


def _beyond_psi(before: Snapshot, now: Snapshot, checks: Checks) -> Iterator[Alarm]:
    if checks.psi_above is None:
        return
    limit, of_score = float(checks.psi_above), stability_of_score(before, now)
    if of_score is not None and of_score > limit:
        yield Alarm("psi_above", "score", "score", "", of_score, limit, None, None)
    for key, value in stability_of_rules(before, now).items():
        if value is not None and value > limit:
            rates = before.rules[key].rate, now.rules[key].rate
            yield Alarm("psi_above", "rule", key[1], key[0], value, limit, *rates)


def _beyond_rise(before: Snapshot, now: Snapshot, checks: Checks) -> Iterator[Alarm]:
    if checks.missing_rise is None:
        return
    for name, field in now.fields.items():
        was, rate = before.fields[name].rate if name in before.fields else None, field.rate
        if was is None or rate is None:
            continue
        of, then = field.leads, before.fields[name]
        # In whole numbers: from 10 % to 20 % is a rise of 10 points, and not of a hair more.
        rise = field.unknown * then.leads - then.unknown * of
        if rise > checks.missing_rise * of * then.leads:
            yield Alarm("missing_rise", "field", name, "", rate - was, float(checks.missing_rise), was, rate)


def say_untold(before: Snapshot) -> str:
    """Why the checks can say nothing of a run that an older leadscore made; '' where they can."""
    if before.fields:
        return ""
    what = f"the run for {before.as_of} is of an older leadscore, which did not keep the figures"
    return f"{what} that checks.psi_above and checks.missing_rise compare"
