"""plan: what every task of a run must know; it goes to the workers as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from leadscore.fields import FieldType, Seen
from leadscore.model.events import Wanted, wanted_events
from leadscore.model.order import key_name
from leadscore.model.schema import Model
from leadscore.pipeline.batch import score_leads
from leadscore.pipeline.coded import Column
from leadscore.pipeline.collect import kept_columns
from leadscore.pipeline.fit import Fit
from leadscore.pipeline.outline import axes_of
from leadscore.pipeline.portion import join_lines
from leadscore.pipeline.rank import rank_key
from leadscore.pipeline.spark.carry import Carried
from leadscore.pipeline.spark.own import Own
from leadscore.pipeline.spark.pack import FIXED, TEXTS, Pack, is_packable

LEAD, SET_ASIDE, NOTE = 0, 1, 2
"""What a row of the engine's is: a lead, a line that is no lead, something a task has to say."""
UNTRUSTED = -1
"""Stands for the part of a lead that is set aside."""
ASIDE = f"kind = {SET_ASIDE} or (kind = {LEAD} and part = {UNTRUSTED})"
"""The rows that are set aside, as the engine's condition."""
_WHOLE, _NUMBER, _TEXT, _FLAG = pa.int64(), pa.float64(), pa.large_string(), pa.bool_()
_OCTETS = Carried(pa.large_binary(), pa.large_binary())
_PACKED = {FIXED: _OCTETS, TEXTS: _OCTETS}


@dataclass(frozen=True)
class Part:
    """One file of the export."""

    path: Path
    name: str
    """Empty where it is the only one."""
    fit: Fit
    kinds: Mapping[str, FieldType]


@dataclass(frozen=True)
class Plan:
    """The model, the files and what is carried of each lead."""

    model: Model
    as_of: date
    parts: tuple[Part, ...]
    own: Own
    kept: tuple[tuple[str, pa.DataType, bool], ...] = ()
    """What is kept of a scored lead: its name, its type, and whether it may be missing."""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Of all files, those that a field is read from."""
        return tuple(sorted({column for part in self.parts for column in part.fit.columns.values()}))

    @cached_property
    def wanted(self) -> list[Wanted]:
        """What is asked of an activity log."""
        return list(wanted_events(self.model))

    @cached_property
    def place_columns(self) -> dict[str, Carried]:
        """Where a row comes from, and what is wrong with it, if anything is."""
        text, number = Carried(_TEXT, _TEXT), Carried(_WHOLE, _WHOLE)
        kind, octets = Carried(pa.int8(), pa.int8()), Carried(pa.large_binary(), pa.large_binary())
        return {"kind": kind, "file": number, "line": number, "id": text, "aside": text, "text": octets}

    @cached_property
    def read_columns(self) -> dict[str, Carried]:
        """The columns of a row that was read and is not scored yet."""
        return {**self.place_columns, **self._lines, **self._apart, **_PACKED, "note": _OCTETS}

    @cached_property
    def read_pack(self) -> Pack:
        """Of these, the cells that fields are read from, and the lead's own: the engine only moves them."""
        cells = {f"c{place}": Carried(_TEXT, _TEXT) for place, _ in enumerate(self.columns)}
        return Pack(cells | self._packed_own)

    @cached_property
    def scored_columns(self) -> dict[str, Carried]:
        """The columns of a row that is scored: its part, the keys it is ranked by, what is kept of it."""
        kept = self._kept(True)
        keys = {f"k{place}": Carried(kind, kind) for place, kind in self.key_kinds.items()}
        part = {"part": Carried(pa.int8(), pa.int8())}
        return {**self.place_columns, **part, **keys, **kept, **self._lines, **self._apart, **_PACKED,
                "note": _OCTETS}  # fmt: skip

    @cached_property
    def scored_pack(self) -> Pack:
        """Of these, what is kept of a lead for its line in the result, and its own: it is only moved."""
        kept = self._kept(False)
        lines = self.settings.get("lines", ()) if self.model.output.contributions else ()
        points = {f"p{place}": Carried(_WHOLE, _WHOLE) for place in range(len(lines))}
        return Pack(kept | points | self._packed_own)

    def scored_cells(self, batch: pa.RecordBatch) -> dict[str, pa.Array]:
        """All columns of scored rows, also those that were packed."""
        return {name: batch.column(name) for name in batch.schema.names} | self.scored_pack.unload(batch)

    @cached_property
    def engines(self) -> frozenset[str]:
        """What is kept of a lead that the engine itself looks into, to count, to join or to roll up."""
        accounts = [name for name, _, _ in self.kept if name.startswith(" account")]
        scales = [scale.of for scale in self.model.models[0].scales.values() if scale.among_all]
        return frozenset({"segment", "won", *(axes_of(self.model) or ()), *accounts, *scales})

    def _kept(self, by_engine: bool) -> dict[str, Carried]:
        """What is kept of a lead and the engine looks into, or only moves."""
        each = enumerate(self.kept)
        chosen = ((place, kind) for place, (name, kind, _) in each if (name in self.engines) == by_engine)
        return {f"e{place}": Carried(kind, kind) for place, kind in chosen}

    @property
    def _lines(self) -> dict[str, Carried]:
        return self.own.carried if self.own.header is not None else {}

    @property
    def _packed_own(self) -> dict[str, Carried]:
        cells = {} if self.own.header is not None else self.own.carried
        return {name: column for name, column in cells.items() if is_packable(column)}

    @property
    def _apart(self) -> dict[str, Carried]:
        cells = {} if self.own.header is not None else self.own.carried
        return {name: column for name, column in cells.items() if not is_packable(column)}

    @cached_property
    def key_kinds(self) -> dict[int, pa.DataType]:
        """The type of each rank key by its place; those that depend on all leads are not among them."""
        kinds = {name: kind for name, kind, _ in self.kept}
        keys = {place: rank_key(key_name(key), self.model) for place, key in enumerate(self.model.rank_by)}
        return {
            place: _key_kind(name, kinds[name], self.model) for place, name in keys.items() if name in kinds
        }

    def is_number(self, place: int) -> bool:
        """Whether a rank key is a number made so that the lowest is best; else it is a text."""
        return bool(self.key_kinds[place] != _TEXT)

    def place_of(self, name: str) -> str:
        """The engine's column for what is kept under a name."""
        return f"e{[each for each, _, _ in self.kept].index(name)}"


def complete_plan(plan: Plan) -> Plan:
    """The plan with what is kept of each lead: as it comes out for no leads at all."""
    part = plan.parts[0]
    none = pd.DataFrame({name: pd.Series([], dtype="str") for name in part.fit.columns.values()})
    nothing = np.zeros(0, np.int64)
    seen = {want.key: Seen(nothing, nothing.astype(float), nothing, nothing, nothing) for want in plan.wanted}
    scored = score_leads(none, part.fit.model, part.fit.columns, plan.as_of, part.kinds, seen)
    kept = kept_columns(scored, part.fit.model)
    kinds = tuple((name, *_kind_of(column)) for name, column in kept.items())
    lines = join_lines(scored.portions)[0] if plan.model.output.contributions else ()
    return Plan(plan.model, plan.as_of, plan.parts, plan.own, kinds, {**plan.settings, "lines": lines})


def _kind_of(column: Column | Any) -> tuple[pa.DataType, bool]:
    if isinstance(column, pd.Series):
        column = column.array
    if isinstance(column, pa.DictionaryArray):
        return _TEXT, True
    if isinstance(column, np.ndarray):
        if column.dtype == bool:
            return _FLAG, False
        return (_NUMBER, False) if column.dtype.kind == "f" else (_WHOLE, False)
    return (_WHOLE, True) if isinstance(column, pd.arrays.IntegerArray) else (_TEXT, True)


def _key_kind(name: str, kind: pa.DataType, model: Model) -> pa.DataType:
    from leadscore.pipeline.measure import find_labels

    return _WHOLE if kind == _TEXT and name in model.columns and find_labels(name, model) else kind
