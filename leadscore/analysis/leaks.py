"""leaks: columns of an export that tell won leads from lost ones better than a lead can."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadscore.fields import TRUE, UNKNOWN
from leadscore.model.facts import Leak
from leadscore.model.schema import FieldConfig, Model
from leadscore.pipeline.cells import READERS
from leadscore.pipeline.column import read_field
from leadscore.pipeline.export import Batch, Export
from leadscore.pipeline.files import files_of
from leadscore.pipeline.fit import Fit
from leadscore.points import Flags

SAMPLE, _CELLS = 100_000, 10_000_000
"""So many leads are looked at, and so many cells, evenly spread over the export."""
LEAST = 40
"""Won leads, and lost ones, below which nothing is suspected."""
AUC, SHARE, TIMES = 0.9, 0.1, 20
"""What is suspected: a ranking as good as this; or a value of this share of one side, so many times as
frequent there as on the other."""
_RARE = 20
"""Values of fewer leads count as one: nearly unique values would tell everybody from everybody."""

_NAMES = ("won", "lost")

Counts = npt.NDArray[np.int64]


def find_leaks(
    export: Export, fits: Mapping[str, Fit], model: Model, passed_over: Collection[str] = ()
) -> tuple[Leak, ...]:
    """The suspects among all columns, in the order of the file, those no rule reads among them.

    ``passed_over``: columns that are known to hold the outcome. One pass over the export, with all columns.
    """
    outcome = model.outcome
    own = {fit.columns[name] for fit in fits.values() for name in fit.columns if _is_own(name, model)}
    columns = [name for name in export.columns if name not in own | set(passed_over)]
    if outcome is None or not columns:
        return ()
    leads, won = _sample(export, fits, model, columns)
    known = won != UNKNOWN
    is_won = won[known] == TRUE
    if min(is_won.sum(), (~is_won).sum()) < LEAST:
        return ()
    reasons = {name: _suspect(leads.loc[known, name], is_won) for name in columns}
    return tuple(Leak(name, why, len(is_won)) for name, why in reasons.items() if why)


def _is_own(name: str, model: Model) -> bool:
    return name == model.id or (model.outcome is not None and name == model.outcome.field)


def _sample(
    export: Export, fits: Mapping[str, Fit], model: Model, columns: list[str]
) -> tuple[pd.DataFrame, npt.NDArray[np.int8]]:
    """Leads with these columns, and whether each was won."""
    of_outcome = {fit.columns.get(model.outcome.field) for fit in fits.values() if model.outcome}
    wanted = [*columns, *(name for name in export.columns if name in of_outcome)]
    most, step = max(min(SAMPLE, _CELLS // len(wanted)), 1), 0
    parts: list[pd.DataFrame] = []
    outcomes: list[npt.NDArray[np.int8]] = []
    for batch in export.batches(wanted):
        if not step and len(batch.leads):
            step = max(round(len(batch.leads) / max(batch.share, 1e-6) / most), 1)
        places = np.flatnonzero((batch.start + np.arange(len(batch.leads))) % max(step, 1) == 0)
        chosen = batch.leads.iloc[places].reset_index(drop=True)
        parts.append(chosen[columns])
        outcomes.append(_outcome(chosen, batch, fits, model, files_of(export)))
    return pd.concat(parts, ignore_index=True), np.concatenate(outcomes)


def _outcome(
    leads: pd.DataFrame, batch: Batch, fits: Mapping[str, Fit], model: Model, files: Mapping[str, Export]
) -> npt.NDArray[np.int8]:
    assert model.outcome is not None
    fit, name = fits[batch.file], model.outcome.field
    column = fit.columns.get(name, "")
    if column not in leads:
        return np.full(len(leads), UNKNOWN, dtype=np.int8)
    config = fit.model.fields[name]
    field = read_field(leads[column], config, config.type or "text", [], files[batch.file].kinds)
    return model.outcome.test.hold(field, 0)


def _suspect(cells: pd.Series, won: Flags) -> str:
    """Why a column is suspicious; '' where it is not."""
    field = read_field(cells, FieldConfig(), "text", [])
    size = len(field.texts) + 1
    sides = [np.bincount(field.codes[side] + 1, minlength=size) for side in (won, ~won)]
    for why in (_by_filling(sides), _by_values(sides), _by_numbers(field.texts, sides)):
        if why:
            return why
    return next(_by_one_value(sides), "")


def _by_filling(sides: list[Counts]) -> str:
    flags = [np.array([side[0], side[1:].sum()]) for side in sides]
    auc = _auc(*flags)
    if max(auc, 1 - auc) < AUC:
        return ""
    won, lost = (
        f"{_percent(side[1] / side.sum())} of the {name}" for side, name in zip(flags, _NAMES, strict=True)
    )
    return f"it is filled for {won} and {lost} leads"


def _by_values(sides: list[Counts]) -> str:
    """The values in the order of how often they are won; rare ones, which overfit, as one."""
    frequent = sides[0] + sides[1] >= _RARE
    frequent[0] = True
    pooled = [np.append(side[frequent], side[~frequent].sum()) for side in sides]
    there = pooled[0] + pooled[1] > 0
    won, lost = (side[there] for side in pooled)
    order = np.argsort(won / (won + lost), kind="stable")
    return _ranks("its values", _auc(won[order], lost[order]))


def _by_numbers(texts: Any, sides: list[Counts]) -> str:
    """Where the column holds numbers: in their order, of the leads that have one."""
    numbers = READERS["number"][0](texts, FieldConfig())
    read = ~np.isnan(numbers)
    won, lost = (side[1:][read] for side in sides)
    filled = sum(int(side[1:].sum()) for side in sides)
    if min(won.sum(), lost.sum()) < LEAST or 20 * int((won + lost).sum()) < 19 * filled:
        return ""
    distinct, places = np.unique(numbers[read], return_inverse=True)
    ordered = [np.bincount(places, side, minlength=len(distinct)) for side in (won, lost)]
    auc = _auc(*ordered)
    return _ranks("its numbers", max(auc, 1 - auc))


def _by_one_value(sides: list[Counts]) -> Iterator[str]:
    """A value that many of one side have, and hardly any of the other."""
    wholes = [side.sum() for side in sides]
    for one, other in ((0, 1), (1, 0)):
        share, less = sides[one] / wholes[one], sides[other] / wholes[other]
        expected = (sides[0] + sides[1]) * wholes[other] / sum(wholes)
        for place in np.flatnonzero((share >= SHARE) & (less * TIMES <= share) & (expected >= _RARE)):
            what = "it is empty for" if place == 0 else "one value is had by"
            lesser = f"{_percent(less[place], 1)} of the {_NAMES[other]}"
            yield f"{what} {_percent(share[place])} of the {_NAMES[one]} and {lesser}"


def _ranks(what: str, auc: float) -> str:
    if auc < AUC:
        return ""
    return f"{what} rank a won lead above a lost one in {_percent(auc)} of all pairs"


def _auc(won: npt.NDArray[np.int64], lost: npt.NDArray[np.int64]) -> float:
    """The share of pairs of a won and a lost lead in which the won one is further on; a tie counts half."""
    before = np.cumsum(lost) - lost
    return float((won * (before + lost / 2)).sum() / (won.sum() * lost.sum()))


def _percent(share: float, digits: int = 0) -> str:
    return f"{100 * share:.{digits}f} %"
