"""figures: how well scores tell on the leads held out: what is promised of points before they are used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from leadscore import __version__
from leadscore.analysis.calibrate.curve import fit_curve
from leadscore.analysis.calibrate.parts import Parts
from leadscore.analysis.evaluate.chances import Chances, judge_chances
from leadscore.analysis.evaluate.judged import Judged
from leadscore.analysis.evaluate.shares import Share, count_deciles, count_tiers, whole_of
from leadscore.analysis.statistics import Estimate, Levels, area_under_curve, by_level
from leadscore.analysis.variant import Variant
from leadscore.model.probability import DataFile, LearnedOn, ProbabilityModel, scoring_digest
from leadscore.pipeline.files import files_of
from leadscore.points import Rows


@dataclass(frozen=True)
class Figures:
    """One config's scores against the outcomes of the leads held out."""

    leads: int
    won: int
    area: Estimate
    """AUC: the chance that a won lead stands above a lost one, ties half."""
    top: Share
    """The tenth ranked best."""
    tiers: list[Share]
    chances: Chances
    """By the curve through the scores of the leads learned from."""
    curve: ProbabilityModel


def judge_scores(judged: Judged, parts: Parts, variant: Variant, as_of: date) -> Figures:
    """The figures of the leads held out. ``variant``: the config as it was read."""
    curve = _learn_curve(judged, parts, variant, as_of)
    held = only(judged, parts.held_out)
    whole = whole_of(held)
    area, chances = area_under_curve(levels_of(held)), judge_chances(held, curve)
    assert area is not None, "both parts have won and lost leads"
    assert chances is not None, "the same"
    chances = replace(chances, learned_from=[])  # of these leads nothing was learned
    top, tiers = count_deciles(held, whole)[0], count_tiers(held, whole)
    curve = curve.model_copy(update={"held_out": _told(whole.known, whole.won, area, top, chances)})
    return Figures(whole.known, whole.won, area, top, tiers, chances, curve)


def only(judged: Judged, rows: Rows) -> Judged:
    """The same with only these of its ranked leads."""
    ranked = judged.parts["ranked"]
    return replace(judged, parts={"ranked": ranked[np.isin(ranked, rows)]})


def levels_of(judged: Judged) -> Levels:
    """The ranked leads whose outcome is known, by score."""
    known = judged.known()
    scores = judged.collected.leads["score"].to_numpy()[known].astype(np.int64)
    return by_level(scores, judged.flags(known))


def _learn_curve(judged: Judged, parts: Parts, variant: Variant, as_of: date) -> ProbabilityModel:
    learning = only(judged, parts.learning)
    intercept, slope = fit_curve(levels_of(learning))
    won = int(judged.flags(parts.learning).sum())
    data = [
        DataFile(file=file.path.name, sha256=file.digest, bytes=file.size)
        for file in files_of(judged.export).values()
    ]
    return ProbabilityModel(
        leadscore=__version__,
        name=variant.model.name,
        config_digest=scoring_digest(variant.model),
        config_sha256=variant.sha256,
        data=tuple(data),
        as_of=as_of,
        learned_on=LearnedOn(leads=len(parts.learning), won=won),
        intercept=intercept,
        slope=slope,
    )


def _told(leads: int, won: int, area: Estimate, top: Share, chances: Chances) -> dict[str, Any]:
    """What the model file says of the leads held out."""
    return {
        "leads": leads,
        "won": won,
        "auc": area.value,
        "auc_low": area.low,
        "auc_high": area.high,
        "top_tenth_rate": None if top.rate is None else top.rate.value,
        "brier": chances.brier,
        "brier_of_rate": chances.brier_of_rate,
    }
