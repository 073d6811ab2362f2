"""several: several export files as one input; each lead keeps the file it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leadscore.errors import InputError, Problem
from leadscore.fields import FieldType
from leadscore.pipeline.export import Batch, SetAside, unique_names
from leadscore.pipeline.read import CsvExport, ParquetExport
from leadscore.pipeline.typed_text import as_text, refuse_without_text
from leadscore.text import visible

File = CsvExport | ParquetExport
Rows = npt.NDArray[np.int64]
_TEXT = pa.large_string()


class Exports:
    """Several exports as one: the leads of one file follow those of the other, columns are united by name.

    A column that a file lacks is missing in its leads. The line of a lead, or of what is set aside, is that
    of its own file.
    """

    def __init__(self, files: Sequence[File]) -> None:
        self.files = dict(zip(name_files([file.path for file in files]), files, strict=True))
        self.path, self.dialect = files[0].path, files[0].dialect
        self.columns = tuple(dict.fromkeys(name for file in files for name in file.columns))
        self.size = sum(file.size for file in files)
        self.repeated = frozenset(name for file in files for name in file.repeated)
        self.set_aside: list[SetAside] = []
        self.damaged = 0
        self.notes: list[str] = []
        self._stops: list[int] = []  # leads up to the end of each file, once it is read

    @cached_property
    def digest(self) -> str:
        """The sha256 of the files' own."""
        return hashlib.sha256("".join(file.digest for file in self.files.values()).encode()).hexdigest()

    @property
    def kinds(self) -> Mapping[str, FieldType]:
        """The columns that have one type of their own in every file that has them."""
        found = {
            name: {file.kinds.get(name) for file in self.files.values() if name in file.columns}
            for name in self.columns
        }
        return {name: kind for name, kinds in found.items() if len(kinds) == 1 for kind in kinds if kind}

    @cached_property
    def header(self) -> bytes | None:
        """The header line, where it is the same in all files and their lines can stand below one another."""
        files = list(self.files.values())
        heads = {(file.header, file.dialect.delimiter, file.dialect.line_end) for file in files}
        return files[0].header if len(heads) == 1 else None

    def batches(self, columns: Sequence[str], coded: bool = False) -> Iterator[Batch]:
        """The leads of all files, as text. Raises InputError for a column that no file has."""
        missing = [name for name in columns if name not in self.columns]
        if missing:
            raise InputError(
                [Problem(str(self.path), 1, key=name, what="no such column") for name in missing]
            )
        return self._united(list(dict.fromkeys(columns)))

    def _united(self, columns: Sequence[str]) -> Iterator[Batch]:
        each = {
            name: [column for column in columns if column in file.columns]
            for name, file in self.files.items()
        }
        for batch in self.read(each):
            empty = pd.Series(pd.array([None] * len(batch.leads), "str"))
            leads = {name: batch.leads.get(name, empty) for name in columns}
            frame = pd.DataFrame(leads, index=batch.leads.index)
            yield replace(batch, leads=frame)

    def read(self, columns: Mapping[str, Sequence[str]]) -> Iterator[Batch]:
        """The leads of all files with those of its columns that are asked of each."""
        self.set_aside, self.damaged, self.notes, self._stops = [], 0, [], []
        count, before = 0, 0
        for name, file in self.files.items():
            for batch in file.batches(columns[name]):
                share = (before + batch.share * file.size) / self.size
                yield replace(batch, start=count, file=name, share=share)
                count += len(batch.leads)
            before += file.size
            self._stops.append(count)
            self.set_aside += [replace(aside, file=name) for aside in file.set_aside]
            self.damaged += file.damaged
            self.notes += [f"{name}: {note}" for note in file.notes]

    def divide(self, rows: Rows) -> Iterator[tuple[File, Rows, Rows]]:
        """Leads number `rows` file by file: the file, their numbers in it, their places in `rows`.

        The first file is there even without leads.
        """
        whose = np.searchsorted(self._stops, rows, side="right")
        for number, file in enumerate(self.files.values()):
            places = np.flatnonzero(whose == number)
            if len(places) or not number:
                yield file, rows[places] - (self._stops[number - 1] if number else 0), places

    def hold(self, rows: Rows, guard: bool = False) -> None:
        """Every file gets ready to give these leads."""
        for file, own, _ in self.divide(np.asarray(rows)):
            file.hold(own, guard)

    def take_lines(self, rows: Rows, guard: bool = False) -> tuple[pa.LargeBinaryArray, int]:
        """Original bytes of leads number `rows`, where all files have the same header; see CsvExport."""
        divided = [
            (file.take_lines(own, guard), there)
            for file, own, there in self.divide(np.asarray(rows))
            if isinstance(file, CsvExport)
        ]
        lines = _in_place(pa.concat_arrays, [(lines, there) for (lines, _), there in divided])
        return lines, sum(count for (_, count), _ in divided)

    def take_rows(self, rows: Rows) -> pa.Table:
        """Leads number `rows`, all columns: in their type where all files have the same, else as text."""
        return _in_place(
            pa.concat_tables,
            [
                (unite(file.take_rows(own), self.schema), there)
                for file, own, there in self.divide(np.asarray(rows))
            ],
        )

    def refuse_without_text(self, columns: Iterable[str]) -> None:
        """Raise InputError for a column that some file holds in a type without text."""
        wanted = set(columns)
        for file in self.files.values():
            refuse_without_text(file.path, file.schema, [name for name in file.columns if name in wanted])

    @property
    def mixed(self) -> list[str]:
        """The columns that files hold in different types, so that they are written as text."""
        return [name for name, kinds in self._kinds.items() if len(kinds) > 1]

    @cached_property
    def schema(self) -> pa.Schema:
        """All columns: in their type where every file has the same, else as text."""
        kinds = {name: next(iter(each)) if len(each) == 1 else _TEXT for name, each in self._kinds.items()}
        return pa.schema(list(kinds.items()))

    @cached_property
    def _kinds(self) -> dict[str, set[pa.DataType]]:
        found: dict[str, set[pa.DataType]] = {name: set() for name in self.columns}
        for file in self.files.values():
            for field in file.schema:
                kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
                if not pa.types.is_null(kind):
                    found[field.name].add(kind)
        return found


def name_files(paths: Sequence[Path]) -> tuple[str, ...]:
    """The name of each file, with as many of the folders it is in as it takes to tell them apart."""
    whole = [path.absolute().parts for path in paths]
    names = []
    for parts in whole:
        endings = range(1, len(parts))
        alone = (n for n in endings if sum(other[-n:] == parts[-n:] for other in whole) == 1)
        names.append(visible(Path(*parts[-next(alone, len(parts)) :]).as_posix()))
    return unique_names(names)[0]


def unite(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Rows of one of the files, with the columns of all."""
    return pa.table({field.name: _as_kind(table, field.name, field.type) for field in schema}, schema)


def _as_kind(table: pa.Table, name: str, kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    if name not in table.column_names:
        return pa.nulls(table.num_rows, kind)
    column = table.column(name)
    return as_text(column) if kind == _TEXT else column.cast(kind)


def _in_place(join: Callable[[Sequence[Any]], Any], pieces: Sequence[tuple[Any, Rows]]) -> Any:
    """Pieces joined, and what is in them put to its place."""
    order = np.argsort(np.concatenate([there for _, there in pieces]))
    return join([piece for piece, _ in pieces]).take(pa.array(order))
