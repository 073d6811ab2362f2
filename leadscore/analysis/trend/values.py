"""values: what rules look up by value -> the values that no lead had in the run before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from leadscore.analysis.inspect import may_be_shown
from leadscore.analysis.known_headers import is_code, tells_who
from leadscore.analysis.trend.runs import Run
from leadscore.model.input import Input
from leadscore.pipeline.column import without_guard
from leadscore.pipeline.previous import RANKED
from leadscore.pipeline.read import open_export
from leadscore.text import fold

_SHOWN = 5
"""The most frequent values that are named."""


@dataclass(frozen=True)
class NewValues:
    """Values of a field that the ranked leads of the run before did not have."""

    field: str
    leads: int
    """Ranked leads that have one of them."""
    values: int
    shown: tuple[tuple[str, int], ...] = ()
    """The most frequent ones and their leads, where they tell nobody's name."""


def find_new_values(before: Run, now: Run) -> Iterator[NewValues]:
    """Of every field that a rule looks up by value, and both runs read from one column each.

    Values are compared as rules compare them: without case, Unicode form and space around.
    """
    leads, was = now.shot.leads["ranked"], _count(before, now.shot.looked_up)
    for name, seen in _count(now, now.shot.looked_up).items():
        if name not in was:
            continue
        new = {value: leads for value, leads in seen.leads.items() if value not in was[name].leads}
        if new:
            yield NewValues(name, sum(new.values()), len(new), _name(name, new, seen, leads))


@dataclass
class _Seen:
    """The values of one column."""

    header: str
    leads: dict[str, int] = field(default_factory=dict)
    """By value, as it is compared."""
    written: dict[str, str] = field(default_factory=dict)
    """As it stands first."""

    def add(self, texts: pa.Array) -> None:
        for count in pc.value_counts(texts).to_pylist():
            value = fold(count["values"])
            if value:
                self.leads[value] = self.leads.get(value, 0) + count["counts"]
                self.written.setdefault(value, count["values"])


def _count(run: Run, fields: tuple[str, ...]) -> dict[str, _Seen]:
    """Field -> its values among the ranked leads."""
    headers = {name: run.columns_of(name) for name in fields}
    seen = {name: _Seen(min(found)) for name, found in headers.items() if len(found) == 1}
    if not seen:
        return {}
    delimiter = run.manifest["inputs"][0]["dialect"]["delimiter"] or ","
    declared = Input.model_validate({"delimiter": delimiter, "header_line": 1})
    wanted = sorted({each.header for each in seen.values()})
    export = open_export(_ranked(run), set(wanted), declared=declared)
    there = [header for header in wanted if header in export.columns]
    for batch in export.batches(there) if there else ():
        for each in seen.values():
            if each.header in there:
                cells = pa.array(batch.leads[each.header].astype("str"), pa.large_string(), from_pandas=True)
                each.add(without_guard(pc.fill_null(cells, "")))
    return {name: each for name, each in seen.items() if each.header in there}


def _ranked(run: Run) -> Path:
    """The file of the ranked leads; that it is as the run wrote it was looked at for the moves."""
    names = (f"{RANKED}.{suffix}" for suffix in ("csv", "parquet"))
    return run.path / next(name for name in names if name in run.manifest["outputs"])


def _name(name: str, new: dict[str, int], seen: _Seen, leads: int) -> tuple[tuple[str, int], ...]:
    hidden = tells_who(seen.header) or is_code(seen.header) or tells_who(name)
    if hidden or not may_be_shown(seen.leads, leads):
        return ()
    most = sorted(new.items(), key=lambda each: (-each[1], each[0]))[:_SHOWN]
    return tuple((seen.written[value], leads) for value, leads in most)
