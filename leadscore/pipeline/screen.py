"""screen: leads -> lamb, suspect or spam, and the signs that say so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leadscore.fields import TRUE, Leads, Truths
from leadscore.model.schema import Model
from leadscore.model.screen import VERDICTS
from leadscore.pipeline.coded import encode


@dataclass(frozen=True)
class Screened:
    """What the screen says of a batch."""

    verdicts: pa.DictionaryArray
    """lamb, suspect or spam."""
    signs: pa.DictionaryArray
    """The names of all signs that hold: 'free mail; no phone'."""
    truths: dict[str, Truths]
    """Sign name -> whether it holds, per lead. What is unknown is no sign."""


def screen_leads(leads: Leads, model: Model) -> Screened | None:
    """Spam by any hard sign, suspect by enough soft ones, else lamb; None where the config has no screen."""
    screen = model.screen
    if screen is None:
        return None
    truths = {sign.name: sign.when.hold(leads) for sign in screen.signs}
    holds = np.array([truth == TRUE for truth in truths.values()]).reshape(len(truths), leads.count)
    hard, soft = holds[: len(screen.spam)], holds[len(screen.spam) :]
    enough = screen.suspect.at_least if screen.suspect else 1
    places = np.where(hard.any(axis=0), 2, np.where(soft.sum(axis=0) >= enough, 1, 0))
    return Screened(encode(VERDICTS, places), _join_names(list(truths), holds), truths)


def _join_names(names: list[str], holds: npt.NDArray[np.bool_]) -> pa.DictionaryArray:
    """The names of the rows that hold, per column, each combination once; ``holds[name, lead]``."""
    codes = np.zeros(holds.shape[1], dtype=np.int64)
    for held in holds:
        codes, _ = pd.factorize(codes * 2 + held)
    like = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    like[codes] = np.arange(len(codes))  # of each combination, a lead that has it
    texts = [
        "; ".join(name for name, held in zip(names, holds[:, lead], strict=True) if held) for lead in like
    ]
    return encode(texts, codes)
