"""evaluation: leads with what became of them -> whether, and where, the score tells."""

from __future__ import annotations

from dataclasses import dataclass, field

from leadscore.analysis.evaluate.cuts import Cuts, find_cuts
from leadscore.analysis.evaluate.doubts import find_doubts
from leadscore.analysis.evaluate.judged import Judged, refuse_too_few
from leadscore.analysis.evaluate.rules import Evidence, count_rules
from leadscore.analysis.evaluate.shares import (
    Share,
    Whole,
    count_deciles,
    count_segments,
    count_tiers,
    whole_of,
)
from leadscore.analysis.evaluate.supported import support_points
from leadscore.analysis.statistics import (
    Estimate,
    Levels,
    area_under_curve,
    by_level,
    kolmogorov_smirnov,
    share_won,
)
from leadscore.points import Rows


@dataclass(frozen=True)
class Segment:
    """How well the score tells within one segment."""

    share: Share
    area: Estimate | None
    """None where all of them were won, or all lost."""


@dataclass(frozen=True)
class Evaluation:
    """What outcomes say of a score."""

    judged: Judged
    whole: Whole
    rate: Estimate
    area: Estimate
    """AUC: the chance that a won lead stands above a lost one, ties half."""
    distance: float
    """KS: the largest distance between the won and the lost leads above any score."""
    tiers: list[Share]
    deciles: list[Share]
    segments: list[Segment]
    cuts: Cuts
    rules: list[Evidence]
    doubts: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """What the interval of the area says: 'evidence', 'no evidence' or 'reversed'."""
        if self.area.low > 0.5:
            return "evidence"
        return "reversed" if self.area.high < 0.5 else "no evidence"


def evaluate_leads(judged: Judged) -> Evaluation:
    """All figures of ranked leads whose outcome is known.

    The rules' columns must have been kept (``keep_rules``). Raises InputError where there are too few leads.
    """
    refuse_too_few(judged)
    whole = whole_of(judged)
    levels = levels_of(judged, judged.known())
    rate, area = share_won(whole.won, whole.known), area_under_curve(levels)
    distance = kolmogorov_smirnov(levels)
    assert rate, "there are leads"
    assert area, "there are won and lost leads"
    assert distance is not None, "the same"
    rules = support_points(count_rules(judged, whole))
    return Evaluation(
        judged,
        whole,
        rate,
        area,
        distance,
        count_tiers(judged, whole),
        count_deciles(judged, whole),
        _segments(judged, whole),
        find_cuts(levels),
        rules,
        find_doubts(judged, rules),
    )


def levels_of(judged: Judged, known: Rows) -> Levels:
    """Leads by what they are compared by: the score, or with segments the percent of the most there is."""
    name = "percent" if judged.model.segments else "score"
    return by_level(judged.collected.leads[name].to_numpy()[known], judged.flags(known))


def _segments(judged: Judged, whole: Whole) -> list[Segment]:
    known = judged.known()
    found = []
    for share in count_segments(judged, whole):
        inside = (judged.collected.leads["segment"] == share.name).to_numpy(dtype=bool, na_value=False)
        found.append(Segment(share, area_under_curve(levels_of(judged, known[inside[known]]))))
    return found
