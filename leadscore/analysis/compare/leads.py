"""leads: batches scored by several configs -> the little of each lead that they are compared by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from leadscore.analysis.compare.moves import Moves
from leadscore.analysis.compare.read import Reading, read_batches
from leadscore.analysis.compare.work import Work
from leadscore.analysis.variant import Variant
from leadscore.fields import Truths
from leadscore.model.check import FILE
from leadscore.model.order import key_name
from leadscore.model.schema import Model
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.coded import Column, chain, encode, to_frame
from leadscore.pipeline.collect import known_ids, narrow, rank_values
from leadscore.pipeline.export import Batch, Export
from leadscore.pipeline.lists import divide_leads
from leadscore.pipeline.measure import add_percentiles
from leadscore.pipeline.rank import rank_key
from leadscore.pipeline.told import Told
from leadscore.points import Rows

OUT = ("disqualified", "screened")
"""Where leads stand that are in no tier."""
Columns = dict[str, list[Column]]


@dataclass
class Said:
    """What one config says of every lead of the export."""

    model: Model
    columns: Columns = field(default_factory=dict)

    def add(self, scored: Scored, standing: Rows) -> None:
        """The leads of a batch."""
        model, kept = self.model, dict[str, Column]()
        kept["score"] = narrow(scored.added["score"])
        kept[" standing"] = standing.astype(np.int16)
        for name in _ranked_by(model):
            kept[name] = narrow(scored.added[name])
        if model.outcome:
            kept["won"] = model.outcome.test.hold(scored.leads[model.outcome.field], scored.leads.as_of)
        for name, column in kept.items():
            self.columns.setdefault(name, []).append(column)


def _ranked_by(model: Model) -> list[str]:
    """The columns of scoring that leads are ranked by; for a percentile what it is made of."""
    scales = model.models[0].scales
    names = [name for name in map(key_name, model.rank_by) if name in model.columns]
    if any(name in scales and scales[name].among_all for name in names):
        names += [scale.of for scale in scales.values() if scale.among_all]
    return [name for name in dict.fromkeys(names) if not (name in scales and scales[name].among_all)]


@dataclass
class Compared:
    """Every lead of an export, as each config sees it."""

    tiers: list[str]
    """Of all configs, in the order of the first. A lead stands at a place in it, or beyond it in OUT."""
    said: list[Said]
    moves: list[Moves]
    """Of each config but the first; none where nobody asks why leads have moved."""
    work: Work | None
    leads: Columns = field(default_factory=dict)
    fields: dict[tuple[int, str], list[Column]] = field(default_factory=dict)
    """What leads are ranked by that is a field, by the reading it is of."""
    count: int = 0

    def won(self, place: int) -> Truths | None:
        """Who was won, as one config tells it; None where it has no outcome."""
        columns = self.said[place].columns
        return np.concatenate(columns["won"]) if "won" in columns else None

    def frame(self, place: int, reading: int) -> pd.DataFrame:
        """What leads are ranked by in one config."""
        said = self.said[place]
        model = said.model
        columns = {name: chain(parts) for name, parts in said.columns.items()}
        for name in map(key_name, model.rank_by):
            if name not in model.columns:
                columns[rank_key(name, model)] = chain(self.fields[reading, name])
        frame = to_frame(columns, pd.RangeIndex(self.count), coded=True)
        scales = model.models[0].scales
        asked = any(name in scales and scales[name].among_all for name in map(key_name, model.rank_by))
        return add_percentiles(frame, model) if asked else frame


def collect_standings(
    export: Export,
    readings: Sequence[Reading],
    variants: Sequence[Variant],
    work: Work | None,
    with_lines: bool,
    told: Told,
) -> Compared:
    """Score every batch by all configs and keep what they are compared by; the export is read once."""
    models = [variant.model for variant in variants]
    tiers = list(dict.fromkeys(tier.name for model in models for tier in model.tiers))
    moves = [Moves() for _ in models[1:]] if with_lines else []
    compared = Compared(tiers, [Said(model) for model in models], moves, work)
    for pairs in read_batches(export, readings, told):
        _add(compared, pairs)
        del pairs
    return compared


def _add(compared: Compared, pairs: Sequence[tuple[Reading, Batch]]) -> None:
    first: tuple[Scored, Rows] | None = None
    for number, (reading, batch) in enumerate(pairs):
        fields = {
            name
            for place in reading.sweeps
            for name in map(key_name, compared.said[place].model.rank_by)
            if name not in compared.said[place].model.columns
        }
        for place, scored in reading.score(batch):
            said = compared.said[place]
            standing = _stand(scored, said.model, compared.tiers)
            said.add(scored, standing)
            if first is None:
                first = scored, standing
                _add_leads(compared, reading, batch, scored)
            elif compared.moves:
                both = first[1], standing
                compared.moves[place - 1].add(first[0], scored, both, len(compared.tiers), compared.count)
            leads = scored.leads
        for name in fields:
            compared.fields.setdefault((number, name), []).append(rank_values(leads[name]))
    compared.count += len(pairs[0][1].leads)


def _add_leads(compared: Compared, reading: Reading, batch: Batch, scored: Scored) -> None:
    ids = known_ids(reading.sweep.ids(batch), scored.leads[reading.sweep.model.id])
    kept = {"id": ids, "line": narrow(batch.lines)}
    if batch.file:
        kept[FILE] = encode([batch.file], np.zeros(len(batch.leads)))
    for name, column in kept.items():
        compared.leads.setdefault(name, []).append(column)
    if compared.work is not None:
        compared.work.add(scored.leads[compared.work.name])


def _stand(scored: Scored, model: Model, tiers: Sequence[str]) -> Rows:
    """The place of each lead's tier, or of why it has none."""
    named: pa.DictionaryArray = scored.added["tier"]
    places = np.array([tiers.index(name) for name in named.dictionary.to_pylist()], np.int64)
    standing: Rows = places[named.indices.to_numpy()]
    wanted = ("screen", "disqualified_by")
    columns: dict[str, Column] = {name: scored.added[name] for name in wanted if name in scored.added}
    parts = divide_leads(to_frame(columns, pd.RangeIndex(len(standing)), coded=True), model)
    for number, part in enumerate(OUT):
        if part in parts:
            standing[parts[part]] = len(tiers) + number
    return standing
