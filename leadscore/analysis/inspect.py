"""inspect: an export -> what is in it, and what a config would have to say to read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from leadscore.analysis.cells_seen import CellsSeen
from leadscore.analysis.known_headers import (
    all_headers,
    choose_preset,
    fields_read,
    find_id,
    is_code,
    tells_who,
)
from leadscore.analysis.proposal import Column, propose
from leadscore.analysis.reading import Reading, find_reading
from leadscore.analysis.twins import LISTED, Ids, IdsSeen
from leadscore.errors import Problem, UsageError
from leadscore.model.preset import recognise
from leadscore.part import nearest
from leadscore.pipeline.export import Export, SetAside
from leadscore.pipeline.read import open_export

_MOST_VALUES, _LEAST_SHARE, _LEAST_CELLS = 12, 50, 5
"""Values are shown where there are no more, each in a 50th of the leads and in so many cells at least."""


@dataclass(frozen=True)
class Inspected:
    """One column."""

    name: str
    filled: int
    empty: int
    distinct: int | None
    """Different values; None where there are more than ``MOST``."""
    is_unique: bool
    """Every cell is filled and none like another: it could be the id."""
    reading: Reading
    values: tuple[tuple[str, int], ...]
    """The values and how often they stand, commonest first, where they are few and tell nobody's name."""
    field: str
    """The field that the preset reads from it, '' for none."""


@dataclass(frozen=True)
class Damage:
    """Lines that cannot be read, for one reason."""

    reason: str
    count: int
    lines: tuple[int, ...]
    """The first of them."""


@dataclass(frozen=True)
class Inspection:
    """What is in an export."""

    file: str
    dialect: Mapping[str, object]
    leads: int
    columns: tuple[Inspected, ...]
    presets: tuple[str, ...]
    """Those that claim the headers, enrichments among them."""
    preset: str
    """The one that the file is read by, '' where there is none, or more than one could be."""
    ids: Ids | None
    damaged: int
    """Lines that cannot be read."""
    damage: tuple[Damage, ...]
    notes: tuple[str, ...]
    config: str
    """The part of a config that reads it: YAML."""

    @property
    def candidates(self) -> list[str]:
        """Columns that could be the id."""
        return [each.name for each in self.columns if each.is_unique and each.reading.type != "date"]


def inspect_export(path: Path, id_column: str | None = None, show_values: bool = True) -> Inspection:
    """Read an export a batch at a time.

    ``id_column``: the column whose duplicates are looked for; without it that of the recognised preset, or
    one that is called as ids are. ``show_values`` False: no cell's value is in the result. Raises InputError
    where the file cannot be read, UsageError where it has no such column.
    """
    export: Export = open_export(path, all_headers(), once=True)
    presets = tuple(recognise(export.columns))
    preset = choose_preset(presets)
    chosen = _choose_id(export, id_column, preset)
    ids = IdsSeen(*chosen) if chosen else None
    seen, leads = _read(export, ids)
    known = fields_read(presets if preset else (), export.columns)
    fields = {column: field for column, (field, _) in known.items()}
    id_ = chosen[0] if chosen else ""
    columns = tuple(
        _inspect(name, cells, export, leads, show_values, fields.get(name, ""), name == id_)
        for name, cells in seen.items()
    )
    report = ids.report(export) if ids else None
    config = propose(
        (Column(each.name, each.reading, *known.get(each.name, ("", None))) for each in columns), id_, preset
    )
    return Inspection(
        str(path), asdict(export.dialect), leads, columns, presets, preset, report, export.damaged,
        tuple(_by_reason(export.set_aside)), tuple(export.notes), config,
    )  # fmt: skip


def _choose_id(export: Export, asked: str | None, preset: str) -> tuple[str, str] | None:
    if asked is None:
        return find_id(export.columns, preset)
    if asked not in export.columns:
        meant = nearest(asked, export.columns)
        hint = f"did you mean {meant!r}?" if meant else "leave it out to see the columns there are"
        raise UsageError(Problem("--id", what="the export has no column of that name", hint=hint))
    return asked, "it was asked for"


def _read(export: Export, ids: IdsSeen | None) -> tuple[dict[str, CellsSeen], int]:
    seen = {name: CellsSeen() for name in export.columns}
    leads = 0
    for batch in export.batches(export.columns):
        leads += len(batch.leads)
        for name, cells in seen.items():
            cells.add(batch.leads[name])
        if ids:
            ids.add(batch.leads[ids.column], batch.lines)
    return seen, leads


def _inspect(
    name: str,
    seen: CellsSeen,
    export: Export,
    leads: int,
    show: bool,
    field: str,
    is_id: bool,
) -> Inspected:
    has_code, has_name = is_id or is_code(name), tells_who(name)
    reading = find_reading(seen, export.kinds.get(name), is_code=has_code, is_name=has_name)
    hidden = has_name or has_code or reading.type == "date" or not show
    values = () if hidden else _values(seen, leads)
    distinct = None if seen.values is None else len(seen.values)
    return Inspected(name, seen.filled, seen.empty, distinct, seen.is_unique, reading, values, field)


def _values(seen: CellsSeen, leads: int) -> tuple[tuple[str, int], ...]:
    if seen.values is None or seen.is_unique or not may_be_shown(seen.values, leads):
        return ()
    return tuple(sorted(seen.values.items(), key=lambda each: (-each[1], each[0])))


def may_be_shown(values: Mapping[str, int], leads: int) -> bool:
    """Whether the values of a column are few and frequent enough to be of nobody; value -> its cells."""
    least = min(values.values(), default=0)
    if len(values) > _MOST_VALUES or least < _LEAST_CELLS or least * _LEAST_SHARE < leads:
        return False
    return not any("@" in value or value.startswith("\0") for value in values)


def _by_reason(set_aside: Iterable[SetAside]) -> Iterable[Damage]:
    lines: dict[str, list[int]] = {}
    for aside in set_aside:
        lines.setdefault(aside.reason, []).append(aside.line)
    counts = Counter({reason: len(found) for reason, found in lines.items()})
    for reason, count in counts.most_common():
        yield Damage(reason, count, tuple(lines[reason][:LISTED]))
