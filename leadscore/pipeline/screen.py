"""screen: leads -> lamb, suspect or spam, and the signs that say so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.fields import TRUE, Leads, Truths
from leadscore.model.schema import Model
from leadscore.model.screen import VERDICTS

_TEXT = pa.large_string()


@dataclass(frozen=True)
class Screened:
    """What the screen says of a batch."""

    verdicts: pa.Array
    """lamb, suspect or spam."""
    signs: pa.Array
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
    verdicts = pa.array(VERDICTS, _TEXT).take(pa.array(places))
    return Screened(verdicts, _join_names(list(truths), holds), truths)


def _join_names(names: list[str], holds: npt.NDArray[np.bool_]) -> pa.Array:
    """The names of the rows that hold, per column; ``holds[name, lead]``."""
    named = [
        pa.array(["", f"; {name}"], _TEXT).take(pa.array(held.astype(np.int64)))
        for name, held in zip(names, holds, strict=True)
    ]
    joined = pc.binary_join_element_wise(*named, pa.scalar("", _TEXT))
    return pc.utf8_slice_codeunits(joined, len("; "))
