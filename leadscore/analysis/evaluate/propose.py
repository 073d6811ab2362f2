"""propose: cuts chosen from history -> the config with them, and what they do to each tier; models.md E20."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leadscore.analysis.evaluate.cuts import Cut, fitting, shortest_between, tiers_at
from leadscore.analysis.evaluate.evaluation import Evaluation
from leadscore.analysis.evaluate.judged import Judged
from leadscore.analysis.evaluate.shares import Share
from leadscore.errors import ConfigError, Problem, UsageError
from leadscore.model.schema import Model
from leadscore.model.tree import Path
from leadscore.points import Numbers, format_points

WAYS = "youden, recall:80% or capacity:120"
_WAY = re.compile(r"(?P<name>youden|recall|capacity)(:(?P<number>[0-9]+(\.[0-9]+)?)(?P<percent>%)?)?")


@dataclass(frozen=True)
class Wanted:
    """How the cut of a tier is to be chosen."""

    tier: str
    way: str
    number: float = 0.0
    """recall: the least share of the won leads (0 to 1); capacity: leads, a day where days are told."""
    written: str = ""


@dataclass(frozen=True)
class Proposal:
    """A cut that history speaks for."""

    wanted: Wanted
    place: int
    """Of the tier, in the config."""
    before: int
    after: int
    """Hundredths."""
    figures: Cut


@dataclass(frozen=True)
class Proposed:
    """All cuts that were asked for, and the tiers with them."""

    proposals: list[Proposal]
    tiers: list[Share]
    days: int | None
    """The days over which capacity was counted."""

    @property
    def values(self) -> dict[Path, str]:
        """Where the config has other cuts, and what they are."""
        return {
            ("tiers", each.place, "min_score"): format_points(each.after)
            for each in self.proposals
            if each.after != each.before
        }


def read_wanted(written: Sequence[str]) -> list[Wanted]:
    """TIER=HOW, as typed. Raises UsageError."""
    found = []
    for text in written:
        tier, _, how = text.rpartition("=")
        match = _WAY.fullmatch(how.strip())
        number = float(match["number"] or "nan") if match else float("nan")
        if match and match["percent"]:
            number /= 100
        name = match["name"] if match else ""
        sound = {"youden": np.isnan(number), "recall": 0 < number <= 1, "capacity": number > 0}
        if not (tier and match and sound[name]):
            hint = f"write a tier and how to choose: SQL={WAYS}"
            raise UsageError(Problem(f"--cut {text}", what="is not TIER=HOW", hint=hint))
        found.append(Wanted(tier.strip(), name, 0.0 if np.isnan(number) else number, text))
    return found


def propose_cuts(evaluation: Evaluation, wanted: Sequence[Wanted], days: int | None) -> Proposed:
    """The cuts, and what they do to each tier.

    ``days``: over how many days the leads came in; capacity is then leads a day. Raises UsageError for a tier
    without a cut and where tiers would begin in another order.
    """
    judged = evaluation.judged
    _refuse_other_tiers(judged)
    cuts = [tier.min_score for tier in judged.model.tiers]
    places = [_place(judged.model, each) for each in wanted]
    found: dict[int, Proposal] = {}
    for number in sorted(range(len(wanted)), key=lambda number: -places[number]):  # the lowest tier first
        found[number] = _propose(evaluation, wanted[number], places[number], cuts, days)
        cuts[places[number]] = found[number].after
    proposals = [found[number] for number in range(len(wanted))]
    _refuse_crossed(judged.model, cuts, proposals)
    return Proposed(proposals, _tiers(evaluation, cuts), days)


def days_between(days: Numbers) -> int | None:
    """From the first day to the last one, both included; None where no day is known."""
    known = days[~np.isnan(days)]
    return int(known.max() - known.min()) + 1 if len(known) else None


def _refuse_other_tiers(judged: Judged) -> None:
    if judged.model.segments:
        what, hint = "has segments, whose tiers have cuts of their own", "evaluate each segment's own config"
        raise ConfigError(Problem(judged.variant.file, key="segments", what=what, hint=hint))
    if any(tier.high is not None for tier in judged.model.tiers):
        what = "has a matrix, whose tiers have no cuts"
        raise ConfigError(Problem(judged.variant.file, key="matrix", what=what, hint="leave out --cut"))


def _place(model: Model, wanted: Wanted) -> int:
    """The tier's place in the config."""
    names = [tier.name for tier in model.tiers if tier.min_score is not None]
    if wanted.tier not in names:
        what, hint = "names no tier with a cut", f"the tiers with one are {', '.join(names)}"
        raise UsageError(Problem(f"--cut {wanted.written}", what=what, hint=hint))
    return names.index(wanted.tier)


def _propose(
    evaluation: Evaluation, wanted: Wanted, place: int, cuts: Sequence[int | None], days: int | None
) -> Proposal:
    every, before = evaluation.cuts, evaluation.judged.model.tiers[place].min_score
    assert before is not None, "it has a cut"
    at = _choose(evaluation, wanted, days)
    score = int(every.levels.scores[at])
    # Above the next lower score, and above where the next tier begins.
    bounds = [_next_below(evaluation.judged, score), *(cut for cut in cuts[place + 1 :] if cut is not None)]
    lower = max((bound for bound in bounds if bound is not None and bound < score), default=None)
    after = before if _same(before, lower, score) else shortest_between(lower, score)
    return Proposal(wanted, place, before, after, every.at(at))


def _same(before: int, lower: int | None, score: int) -> bool:
    """Whether the cut as it stands already lets the same leads pass."""
    return before <= score and (lower is None or before > lower)


def _choose(evaluation: Evaluation, wanted: Wanted, days: int | None) -> int:
    cuts = evaluation.cuts
    if wanted.way == "youden":
        return cuts.best_youden()
    if wanted.way == "recall":
        return cuts.best_precision(wanted.number)
    judged = evaluation.judged
    scores = judged.collected.leads["score"].to_numpy()[judged.parts["ranked"]].astype(np.int64)
    score = fitting(scores, wanted.number * (days or 1))
    if score is None:
        best = int((scores == scores.max()).sum())
        what = f"is less than the {best:,} leads that have the highest score"
        hint = "let rules tell them apart, or take more"
        raise UsageError(Problem(f"--cut {wanted.written}", what=what, hint=hint))
    return cuts.place_of(score)


def _next_below(judged: Judged, score: int) -> int | None:
    scores = judged.collected.leads["score"].to_numpy()[judged.parts["ranked"]]
    lower = scores[scores < score]
    return int(lower.max()) if len(lower) else None


def _refuse_crossed(model: Model, cuts: Sequence[int | None], proposals: Sequence[Proposal]) -> None:
    known = [cut for cut in cuts if cut is not None]
    if known != sorted(set(known), reverse=True):
        names = zip(model.tiers, cuts, strict=True)
        told = ", ".join(f"{tier.name} {format_points(cut)}" for tier, cut in names if cut is not None)
        what, hint = f"would let tiers begin at {told}", "choose cuts that fall from tier to tier"
        written = " ".join(f"--cut {each.wanted.written}" for each in proposals)
        raise UsageError(Problem(written, what=what, hint=hint))


def _tiers(evaluation: Evaluation, cuts: Sequence[int | None]) -> list[Share]:
    judged = evaluation.judged
    scores = judged.collected.leads["score"].to_numpy().astype(np.int64)
    places, ranked, known = tiers_at(scores, cuts), judged.parts["ranked"], judged.known()
    return [
        evaluation.whole.share(
            tier.name, judged, ranked[places[ranked] == place], known[places[known] == place]
        )
        for place, tier in enumerate(judged.model.tiers)
    ]
