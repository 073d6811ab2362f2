"""chances: predicted chances to be won against what came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadscore.analysis.evaluate.judged import Judged
from leadscore.analysis.statistics import Estimate, brier, by_level, share_won
from leadscore.model.probability import WHOLE, ProbabilityModel
from leadscore.pipeline.files import files_of

PARTS = 10


@dataclass(frozen=True)
class Part:
    """About a tenth of the leads, those with the highest chances first: what was predicted and what came."""

    lowest: float
    highest: float
    """Of the predicted chances, from 0 to 1."""
    predicted: float
    """Their mean."""
    leads: int
    won: int
    observed: Estimate
    """won / leads with its 95 % interval."""


@dataclass(frozen=True)
class Chances:
    """How far predicted chances can be believed."""

    predicted: float
    """The mean of all."""
    observed: Estimate
    brier: float
    """The mean squared distance of the chances from what came (Brier 1950); the less the better."""
    brier_of_rate: float
    """The same if every lead had the observed rate as its chance."""
    parts: list[Part]
    learned_from: list[str]
    """Files among these leads that the model was learned on: of these it knows more than it can foretell."""


def judge_chances(judged: Judged, model: ProbabilityModel) -> Chances | None:
    """The chances of ranked leads whose outcome is known, against it; None without such leads.

    The chances are those that a run writes, with four decimals. Leads with the same chance are in the same
    part, the one that the first of them belongs to, so there may be fewer than ten.
    """
    rows = judged.known()
    if not len(rows):
        return None
    won = judged.flags(rows)
    chances = model.chances(judged.collected.leads["score"].to_numpy(dtype=np.int64)[rows])
    observed, distance = share_won(int(won.sum()), len(rows)), brier(chances / WHOLE, won)
    assert observed, "there are leads"
    assert distance is not None, "the same"
    levels = by_level(chances, won)
    part_of = (np.cumsum(levels.leads) - levels.leads) * PARTS // len(rows)
    parts = []
    for place in np.unique(part_of).tolist():
        own = part_of == place
        parts.append(_part(levels.scores[own], levels.leads[own], int(levels.won[own].sum())))
    seen = {file.sha256 for file in model.data}
    learned_from = [file.path.name for file in files_of(judged.export).values() if file.digest in seen]
    return Chances(
        float(chances.mean()) / WHOLE,
        observed,
        distance,
        observed.value * (1 - observed.value),
        parts,
        learned_from,
    )


def _part(chances: np.ndarray, leads: np.ndarray, won: int) -> Part:
    count = int(leads.sum())
    observed = share_won(won, count)
    assert observed, "a part has leads"
    predicted = int((chances * leads).sum()) / count / WHOLE
    return Part(int(chances.min()) / WHOLE, int(chances.max()) / WHOLE, predicted, count, won, observed)
