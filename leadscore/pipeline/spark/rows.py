"""rows: leads that were read, on their way to be scored: as a frame in a task, as rows between two."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leadscore.fields import Seen
from leadscore.pipeline.account_scores import NO_SCORES
from leadscore.pipeline.coded import to_texts
from leadscore.pipeline.export import TEXT
from leadscore.pipeline.prepare import NO_ACTIVITY
from leadscore.pipeline.spark.carry import Carried
from leadscore.pipeline.spark.plan import LEAD, NOTE, SET_ASIDE, Plan

Places = npt.NDArray[np.int64]


@dataclass
class LeadRows:
    """Some leads of one file, or of files that are read in the same way."""

    part: int
    """The number of the file in the plan whose fit they are read by."""
    leads: pd.DataFrame
    """The columns the fields are read from, under their names."""
    files: Places
    lines: Places
    ids: pa.Array
    """Text as it is compared."""
    aside: pa.Array
    """Why the lead cannot be trusted; null where it can."""
    texts: pa.Array
    """The line as it was, of those that cannot."""
    own: dict[str, pa.Array]
    seen: Mapping[tuple[str, str], Seen] = field(default_factory=lambda: NO_ACTIVITY)
    account_scores: Mapping[str, int] = field(default_factory=lambda: NO_SCORES)

    def to_batch(self, plan: Plan) -> pa.RecordBatch:
        """The same as rows of the engine's."""
        cells = {
            f"c{place}": to_texts(self.leads[name])
            for place, name in enumerate(plan.columns)
            if name in self.leads
        }
        own = {**self.places, **self.own}
        return make_batch(
            plan.read_columns, own | plan.read_pack.load(own | cells, len(self.leads)), len(self.leads)
        )

    @property
    def places(self) -> dict[str, pa.Array]:
        """Where each stands, and what is wrong with it."""
        kind = pa.array(np.full(len(self.leads), LEAD, np.int8))
        return {
            "kind": kind, "file": pa.array(self.files), "line": pa.array(self.lines), "id": self.ids,
            "aside": self.aside, "text": self.texts,
        }  # fmt: skip


def read_rows(batch: pa.RecordBatch, part: int, plan: Plan) -> LeadRows:
    """Rows of the engine's, all read by the fit of one file, as leads again."""
    columns = set(plan.parts[part].fit.columns.values())
    packed = plan.read_pack.unload(batch)
    cells = {
        name: pd.array(packed[f"c{place}"], TEXT)
        for place, name in enumerate(plan.columns)
        if name in columns
    }
    frame = pd.DataFrame(cells, pd.RangeIndex(batch.num_rows), copy=False)
    own = {name: packed[name] if name in packed else batch.column(name) for name in plan.own.carried}
    files, lines = (batch.column(name).to_numpy() for name in ("file", "line"))
    ids, aside, texts = (batch.column(name) for name in ("id", "aside", "text"))
    return LeadRows(part, frame, files, lines, ids, aside, texts, own)


def set_aside_batch(
    columns: Mapping[str, Carried],
    file: int,
    lines: Sequence[int],
    reasons: Sequence[str],
    texts: Sequence[bytes],
) -> pa.RecordBatch:
    """Lines that are no leads."""
    count = len(lines)
    made = {
        "kind": pa.array(np.full(count, SET_ASIDE, np.int8)), "file": pa.array(np.full(count, file)),
        "line": pa.array(np.array(lines, np.int64)), "aside": pa.array(reasons, pa.large_string()),
        "text": pa.array(texts, pa.large_binary()),
    }  # fmt: skip
    return make_batch(columns, made, count)


def note_batch(columns: Mapping[str, Carried], **note: Any) -> pa.RecordBatch:
    """Something the driver is to be told, as one row."""
    made = {"kind": pa.array([NOTE], pa.int8()), "note": pa.array([pickle.dumps(note)], pa.large_binary())}
    return make_batch(columns, made, 1)


def make_batch(columns: Mapping[str, Carried], made: Mapping[str, pa.Array], count: int) -> pa.RecordBatch:
    """Rows with all the columns; what was not made is missing."""
    arrays = [
        as_type(made[name], kind.carrier) if name in made else pa.nulls(count, kind.carrier)
        for name, kind in columns.items()
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def as_type(cells: Any, kind: pa.DataType) -> pa.Array:
    """A column in the type it is carried in."""
    cells = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    return cells if cells.type == kind else cells.cast(kind)


def split_rows(batch: pa.RecordBatch, by: npt.NDArray[Any]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The rows by a number each has; in the same order where they all have one."""
    found = np.unique(by)
    for value in found.tolist():
        here = batch if len(found) == 1 else batch.filter(pa.array(by == value))
        yield int(value), here
