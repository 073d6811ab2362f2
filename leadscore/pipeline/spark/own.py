"""own: the export's own line, or cells, of each lead: carried with it and written again as they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from leadscore.errors import InputError, Problem
from leadscore.pipeline.buffers import joined, offsets_of
from leadscore.pipeline.export import Dialect
from leadscore.pipeline.files import files_of
from leadscore.pipeline.guard import disarm, find_live
from leadscore.pipeline.quoting import Layout
from leadscore.pipeline.records import Parser
from leadscore.pipeline.several import unite
from leadscore.pipeline.spark.carry import Carried, carry
from leadscore.points import Rows

_LINE = Carried(pa.large_binary(), pa.large_binary())


@dataclass(frozen=True)
class Own:
    """What every lead brings along of its file, and how it is written."""

    dialect: Dialect
    columns: tuple[str, ...]
    header: bytes | None
    """Of files whose lines can stand below one another: a lead then brings its line, else its cells."""
    schema: pa.Schema

    @classmethod
    def of(cls, export: Any) -> Own:
        """That of an export. Raises InputError naming the columns of types that an engine cannot carry."""
        own = cls(export.dialect, export.columns, export.header, export.schema)
        if own.header is None:
            _refuse_uncarried(export, own.schema)
        return own

    @property
    def carried(self) -> dict[str, Carried]:
        """The columns of the engine's rows that it takes."""
        if self.header is not None:
            return {"own": _LINE}
        return {f"own{place}": _carried(kind) for place, kind in enumerate(self.schema.types)}

    def load(self, rows: pa.Table | pa.RecordBatch | pa.Array) -> dict[str, pa.Array]:
        """The lines of some leads, or their rows in their file, as they are carried."""
        if self.header is not None:
            return {"own": rows}
        table = pa.Table.from_batches([rows]) if isinstance(rows, pa.RecordBatch) else rows
        columns = unite(_without_views(table), self.schema).columns
        return {
            name: kind.load(column)
            for (name, kind), column in zip(self.carried.items(), columns, strict=True)
        }

    def unload(self, carried: Mapping[str, pa.Array]) -> pa.Array | pa.Table:
        """What ``load`` made of them."""
        cells = [kind.unload(carried[name]) for name, kind in self.carried.items()]
        return cells[0] if self.header is not None else pa.table(cells, schema=self.schema)


class OwnRows:
    """The own lines or cells of the leads of one batch, as the formats ask an export for them."""

    def __init__(self, own: Own) -> None:
        self.own, self.dialect, self.columns, self.header = own, own.dialect, own.columns, own.header
        self.schema, self.size = own.schema, 0
        self._layout = Layout(ord(own.dialect.delimiter or ","), ord(own.dialect.line_end[-1:] or "\n"), 0)
        self._rows: Any = None

    def turn_to(self, carried: Mapping[str, pa.Array]) -> None:
        """The leads that are asked for are those of this batch from now on."""
        self._rows = self.own.unload(carried)

    def hold(self, rows: Rows, guard: bool = False) -> None:
        """They are in memory."""

    def refuse_without_text(self, columns: Iterable[str]) -> None:
        """It was looked at before a lead was read."""

    def take_lines(self, rows: Rows, guard: bool = False) -> tuple[pa.LargeBinaryArray, int]:
        """The lines of these leads of the batch, and how many of their cells were disarmed."""
        lines = self._rows.take(pa.array(rows))
        if not guard or not len(lines):
            return lines, 0
        starts = offsets_of(lines)
        live = find_live(joined(lines), starts[:-1] - starts[0], self._layout)
        return disarm(lines, live), len(live.rows)

    def take_rows(self, rows: Rows) -> pa.Table:
        """The cells of these leads, in their types; of lines they are text."""
        if self.header is None:
            return self._rows.take(pa.array(rows))
        parser = Parser(self.columns, self._layout, guard=False)
        lines = self._rows.take(pa.array(rows))
        if not len(lines):
            return parser.no_records(self.columns).cells
        return parser.parse_lines(lines, True, self.columns)


def _carried(kind: pa.DataType) -> Carried:
    found = carry(kind)
    assert found is not None, "it was refused before"
    return found


def _without_views(table: pa.Table) -> pa.Table:
    """Arrow cannot take rows of views of text yet."""
    kinds = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}
    if not kinds.keys() & set(table.schema.types):
        return table
    fields = [field.with_type(kinds.get(field.type, field.type)) for field in table.schema]
    return table.cast(pa.schema(fields))


def _refuse_uncarried(export: Any, schema: pa.Schema) -> None:
    odd = [field.name for field in schema if carry(field.type) is None]
    files: Mapping[str, Any] = files_of(export)
    problems = [
        Problem(
            str(file.path),
            key=name,
            what=f"a column of type {file.schema.field(name).type} cannot be carried by the engine",
            hint="leave it out of the export, or write it as text",
        )
        for file in files.values()
        for name in odd
        if name in file.columns
    ]
    if problems:
        raise InputError(problems)
