"""more_events: what a lead would score if it did something once more, or several times, today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from leadscore.analysis.explain.turning import Cell
from leadscore.fields import Seen
from leadscore.model.events import Wanted, wanted_events
from leadscore.model.schema import Model
from leadscore.text import Folding

_MOST = 10
"""Times more that are tried."""
_FOLDING = Folding()


def list_events(model: Model) -> dict[str, list[Cell]]:
    """For each event that rules count, so many more of it."""
    names = dict.fromkeys(name for each in wanted_events(model) if each.rule for name in each.events or ())
    return {
        f"event {name}": [
            Cell(f"event {name}", f"{times} more", times, name) for times in range(1, _MOST + 1)
        ]
        for name in names
    }


def add_events(
    seen: Mapping[tuple[str, str], Seen], model: Model, trials: Sequence[tuple[Cell, ...]]
) -> dict[tuple[str, str], Seen]:
    """What the log says of one lead -> what it would say after each trial: the events are added today."""
    made = {}
    for wanted in wanted_events(model):
        own = seen[wanted.key].take(np.zeros(len(trials), np.intp))
        times = np.array([_times(wanted, cells) for cells in trials], dtype=np.int64)
        made[wanted.key] = _more(own, wanted, times)
    return made


def _times(wanted: Wanted, cells: Sequence[Cell]) -> int:
    events = None if wanted.events is None else {_FOLDING(name) for name in wanted.events}
    return sum(
        int(cell.order) for cell in cells if cell.event and (events is None or _FOLDING(cell.event) in events)
    )


def _more(seen: Seen, wanted: Wanted, times: npt.NDArray[np.int64]) -> Seen:
    if wanted.at_most_per_day is not None:
        # How often the lead did it today already is not kept: then nothing is said to count once more.
        times = np.where(seen.age == 0, 0, times.clip(max=wanted.at_most_per_day))
    rule = wanted.rule
    each = (rule.each or 0) if rule is not None else 0
    return replace(
        seen,
        count=seen.count + times,
        age=np.where(times > 0, 0.0, seen.age),
        points=seen.points + each * times,
        faded=seen.faded + each * times,
    )
