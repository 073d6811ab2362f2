"""moved: an earlier run and this one -> whose tier is another now, and who is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.errors import InputError, Problem
from leadscore.model.schema import Model
from leadscore.pipeline.causes import name_causes
from leadscore.pipeline.coded import TEXT, to_texts
from leadscore.pipeline.collect import Collected
from leadscore.pipeline.export import Export
from leadscore.pipeline.files import files_of
from leadscore.pipeline.lists import Listing, Rows
from leadscore.pipeline.previous import RANKED, Previous

CHANGES = ("entered", "up", "down", "left", "renamed")
"""Into the ranking; to a better tier, to a worse one; out of the ranking; from a tier of another name."""
COLUMNS = ("change", "tier", "previous_tier", "score", "previous_score", "because", "reasons")
_ENTERED, _UP, _DOWN, _LEFT, _RENAMED = range(len(CHANGES))
_OUT = 1 << 20
"""Stands for the place of the tier of whoever is not ranked."""


@dataclass(frozen=True)
class Moved:
    """What is not as an earlier run had it."""

    listing: Listing
    """Leads of this export: the ranked ones best first, then those that left the ranking."""
    gone: pd.DataFrame
    """Leads that were ranked and are no leads any more: id, previous_tier, previous_score."""
    counts: dict[str, int]


def find_moved(collected: Collected, parts: Mapping[str, Rows], before: Previous, model: Model) -> Moved:
    """Who is in another tier than in the earlier run, was not in its ranking, or is not in this one."""
    order = sorted(parts, key=lambda part: part != RANKED)
    rows = np.concatenate([parts[part] for part in order])
    part = np.repeat(order, [len(parts[part]) for part in order])
    leads, names = collected.leads, [tier.name for tier in model.tiers]
    places = before.find(to_texts(leads["id"].iloc[rows]))
    tiers = to_texts(leads["tier"].iloc[rows])
    now = np.where(part == RANKED, _number(tiers, names), _OUT)
    change = _compare(now, _previous_tiers(before, places, names))
    kept = change >= 0
    rows, places, change = rows[kept], places.filter(pa.array(kept)), change[kept]
    shown = leads.iloc[rows].assign(
        change=_text(pa.array(CHANGES, pa.large_string()).take(pa.array(change))),
        tier=_text(
            pc.if_else(pa.array(part == RANKED), tiers, pa.array(part, pa.large_string())).filter(kept)
        ),
        previous_tier=_text(to_texts(before.leads["tier"]).take(places)),
        previous_score=_hundredths(to_texts(before.leads["score"]).take(places)),
        because=name_causes(collected, rows, places, before, before.model == model.digest),
    )
    counts = {name: int((change == code).sum()) for code, name in enumerate(CHANGES)}
    gone = _find_gone(before, to_texts(leads["id"]), collected.id_columns(model)[0])
    return Moved(Listing("moved", rows, shown, list(COLUMNS)), gone, {**counts, "gone": len(gone)})


def refuse_moved_names(export: Export, model: Model) -> None:
    """Raise InputError for columns of the export that are named as those of moved.csv are."""
    clashes = [
        Problem(
            str(file.path),
            1,
            key=model.output.prefix + name,
            what="moved.csv has a column of this name",
            hint="set output.prefix, for example ls_, or leave out --previous",
        )
        for file in files_of(export).values()
        for name in COLUMNS
        if model.output.prefix + name in file.columns
    ]
    if clashes:
        raise InputError(clashes)


def _number(tiers: pa.Array, names: Sequence[str]) -> npt.NDArray[np.int64]:
    """The place of each tier, 0 for the best; -1 where none has that name."""
    places = pc.index_in(tiers, value_set=pa.array(names, pa.large_string()))
    numbers: npt.NDArray[np.int64] = pc.fill_null(places, -1).cast(pa.int64()).to_numpy()
    return numbers


def _previous_tiers(before: Previous, places: pa.Array, names: Sequence[str]) -> npt.NDArray[np.int64]:
    ranked = (before.leads["part"] == RANKED).to_numpy(dtype=bool)
    was = np.where(ranked, _number(to_texts(before.leads["tier"]), names), _OUT)
    numbers: npt.NDArray[np.int64] = pc.fill_null(pa.array(was).take(places), _OUT).to_numpy()
    return numbers


def _compare(now: npt.NDArray[np.int64], was: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The change of each lead as its place in CHANGES; -1 where nothing changed."""
    changes = [
        (now == was, -1),
        (now == _OUT, _LEFT),
        (was == _OUT, _ENTERED),
        (was < 0, _RENAMED),
        (now < was, _UP),
    ]
    return np.select([holds for holds, _ in changes], [change for _, change in changes], _DOWN)


def _find_gone(before: Previous, ids: pa.Array, column: str) -> pd.DataFrame:
    ranked = before.leads[(before.leads["part"] == RANKED).to_numpy(dtype=bool)]
    gone = ranked[~pc.is_in(to_texts(ranked["id"]), value_set=ids).to_numpy(zero_copy_only=False)]
    scores = _hundredths(to_texts(gone["score"]))
    return pd.DataFrame({column: gone["id"], "previous_tier": gone["tier"]}).assign(previous_score=scores)


def _hundredths(scores: pa.Array) -> pd.arrays.IntegerArray:
    """'22.5' -> 2250; missing where there is none."""
    numbers = scores.cast(pa.float64())
    known = numbers.is_valid().to_numpy(zero_copy_only=False)
    values = np.round(pc.fill_null(numbers, 0).to_numpy(zero_copy_only=False) * 100).astype(np.int64)
    return pd.arrays.IntegerArray(values, ~known)


def _text(texts: pa.Array) -> Any:
    return pd.array(texts, dtype=TEXT)
