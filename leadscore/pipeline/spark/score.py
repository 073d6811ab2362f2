"""score: leads as rows -> scored rows: part, rank keys, and what is kept; the same code as elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from leadscore.errors import LeadscoreError
from leadscore.model.order import key_name
from leadscore.pipeline.batch import Scored, score_leads
from leadscore.pipeline.coded import to_frame
from leadscore.pipeline.collect import kept_columns
from leadscore.pipeline.export import Batch
from leadscore.pipeline.lists import PARTS, divide_leads
from leadscore.pipeline.measure import find_labels
from leadscore.pipeline.portion import join_lines
from leadscore.pipeline.rank import lowest_first, rank_key
from leadscore.pipeline.spark.accounts_in import account_scores_of
from leadscore.pipeline.spark.activity import seen_of
from leadscore.pipeline.spark.plan import LEAD, UNTRUSTED, Plan
from leadscore.pipeline.spark.read import numbers_of, read_file
from leadscore.pipeline.spark.rows import LeadRows, make_batch, note_batch, read_rows, split_rows
from leadscore.pipeline.tally import Tally

FILE_BITS = 40
"""Of a line; above them the number of its file, so that both are one number."""


def read_and_score(batches: Iterator[pa.RecordBatch], plan: Plan) -> Iterator[pa.RecordBatch]:
    """Files, by their numbers -> scored rows, where a lead is scored by nothing but its own row."""
    for number in numbers_of(batches):
        tally = Tally()
        try:
            for rows in read_file(number, plan, plan.scored_columns):
                yield _score(rows, plan, tally) if isinstance(rows, LeadRows) else rows
            yield note_batch(plan.scored_columns, tally=tally)
        except LeadscoreError as error:
            yield note_batch(plan.scored_columns, file=number, fault=error)


def score_rows(batches: Iterator[pa.RecordBatch], plan: Plan) -> Iterator[pa.RecordBatch]:
    """Rows that were read, with what other rows say of their leads -> scored rows."""
    tally = Tally()
    for batch in batches:
        leads = batch.filter(pa.array(batch.column("kind").to_numpy() == LEAD))
        for part, some in split_rows(leads, _ways(plan)[leads.column("file").to_numpy()]):
            rows = read_rows(some, part, plan)
            if plan.wanted:
                rows.seen = seen_of(some, plan.wanted)
            rows.account_scores = account_scores_of(some)
            yield _score(rows, plan, tally)
    yield note_batch(plan.scored_columns, tally=tally)


def _ways(plan: Plan) -> Any:
    """Of each file the first one that is read in the same way: their leads can be scored together."""
    found: list[int] = []
    for number, part in enumerate(plan.parts):
        same = (
            other
            for other in sorted({*found})
            if (plan.parts[other].fit, plan.parts[other].kinds) == (part.fit, part.kinds)
        )
        found.append(next(same, number))
    return np.array(found)


def _score(rows: LeadRows, plan: Plan, tally: Tally) -> pa.RecordBatch:
    part = plan.parts[rows.part]
    fit, model = part.fit, plan.model
    scored = score_leads(
        rows.leads, fit.model, fit.columns, plan.as_of, part.kinds, rows.seen, rows.account_scores
    )
    tally.add(scored, Batch(rows.leads, 0, (rows.files << FILE_BITS) | rows.lines))
    kept = kept_columns(scored, fit.model)
    made = {f"e{place}": to_array(kept[name]) for place, (name, _, _) in enumerate(plan.kept)}
    made |= {"part": pa.array(_find_parts(scored, rows, plan)), **_keys(scored, kept, plan), **rows.own}
    if model.output.contributions:
        points = join_lines(scored.portions)[1]
        made |= {f"p{place}": pa.array(each) for place, each in enumerate(points)}
    made |= plan.scored_pack.load(made, scored.leads.count)
    return make_batch(plan.scored_columns, {**rows.places, **made}, scored.leads.count)


def _find_parts(scored: Scored, rows: LeadRows, plan: Plan) -> Any:
    chosen = divide_leads(scored.columns, plan.model)
    found = np.full(scored.leads.count, UNTRUSTED, np.int8)
    for place, name in enumerate(PARTS):
        if name in chosen:
            found[chosen[name]] = place
    trusted = rows.aside.is_null().to_numpy(zero_copy_only=False)
    return np.where(trusted, found, np.int8(UNTRUSTED))


def _keys(scored: Scored, kept: dict[str, Any], plan: Plan) -> dict[str, pa.Array]:
    """What the leads are sorted by: numbers of which the lowest is best, or texts."""
    made = {}
    for place, key in enumerate(plan.model.rank_by):
        name, kind = key_name(key), plan.key_kinds.get(place)
        if kind is None:
            continue
        column = kept[rank_key(name, plan.model)]
        if kind == pa.large_string():
            made[f"k{place}"] = to_array(column)
            continue
        labels = find_labels(name, plan.model) if name in plan.model.columns else ()
        values = to_frame({name: column}, pd.RangeIndex(scored.leads.count))[name]
        made[f"k{place}"] = pa.array(lowest_first(values, labels, isinstance(key, str)) + 0)
    return made


def to_array(column: Any) -> pa.Array:
    """A column of whatever scoring makes, as Arrow's."""
    if isinstance(column, pd.Series):
        column = column.array
    if isinstance(column, pa.DictionaryArray):
        return column.cast(pa.large_string())
    if isinstance(column, np.ndarray):
        return pa.array(column.astype(np.int64) if column.dtype.kind == "i" else column)
    if isinstance(column, pd.arrays.IntegerArray):
        return pa.array(column, pa.int64())
    made = pa.array(column, pa.large_string())
    return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made
