"""export: what a reader gives, whatever wrote the file: its dialect, batches of leads, lines set aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from leadscore.fields import FieldType

BATCH_BYTES = 16 << 20
TEXT = pd.StringDtype(storage="pyarrow", na_value=np.nan)
MAX_COLUMNS = 2_000
LISTED = 100_000
"""Lines set aside of a file read in windows that are listed one by one; beyond it they are only counted."""


@dataclass(frozen=True)
class Dialect:
    """How the export is written, so that the output can be written the same way."""

    format: str  # "csv", "parquet" or "xlsx"
    delimiter: str = ","
    quote_all: bool = False  # every header cell was quoted
    line_end: str = "\n"  # of the header line
    bom: bool = False
    compression: str = ""  # "" or "gzip"
    encoding: str = "utf-8"  # of the file; what is written is UTF-8
    header_line: int = 1  # physical
    spaced: bool = False  # a space follows every separator; it is not read, and not written


@dataclass(frozen=True)
class SetAside:
    """A damaged line, or the lines of one damaged record."""

    line: int  # physical, 1-based, as an editor shows it
    reason: str  # never holds a cell's value
    text: bytes  # exactly as it was, without the final line end
    file: str = ""  # its file's name, where there are several


@dataclass(frozen=True)
class Batch:
    """Some leads in file order. An empty cell is "", a Parquet null is missing."""

    leads: pd.DataFrame  # the asked columns, dtype "str", RangeIndex
    start: int  # leads before this batch
    lines: NDArray[np.int64]  # physical line of each lead, 1-based; the row number in Parquet and xlsx
    file: str = ""  # the name of the file they are from, where there are several
    share: float = 1.0  # of the export, so far


class Export(Protocol):
    """A file of leads that was recognised and may be read any number of times."""

    path: Path
    columns: tuple[str, ...]
    dialect: Dialect
    size: int  # of the file, in bytes
    kinds: Mapping[str, FieldType]  # columns that have a type of their own, as Parquet's do
    repeated: frozenset[str]  # names that stand more than once in the header
    set_aside: list[SetAside]  # grows while batches are read; complete afterwards
    damaged: int  # lines set aside, also those of a file read in windows that are not listed
    notes: list[str]

    @property
    def digest(self) -> str:
        """The sha256 of the file's bytes, hex."""
        ...

    def batches(self, columns: Sequence[str], coded: bool = False) -> Iterator[Batch]:
        """At least one batch, an empty one if there are no leads. Unknown columns raise InputError.

        ``coded``: text that repeats may be a category.
        """
        ...


def unique_names(names: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """The second `visits` becomes `visits (2)`; each renaming is a note."""
    taken, unique, notes = set(names), [], []
    seen: set[str] = set()
    for place, name in enumerate(names, start=1):
        number, new = 1, name
        while new in seen or (number > 1 and new in taken):
            number += 1
            new = f"{name} ({number})"
        if new != name:
            notes.append(f"column {place} is called {name!r} again; it is read as {new!r}")
        seen.add(new)
        unique.append(new)
    return tuple(unique), notes


def to_frame(table: pa.Table, columns: Sequence[str]) -> pd.DataFrame:
    """Text columns of Arrow as "str", codes into texts as a category; `columns` may name one twice."""
    cells = {name: to_cells(table.column(name)) for name in columns}
    return pd.DataFrame(cells, pd.RangeIndex(table.num_rows), copy=False)


def to_cells(cells: pa.ChunkedArray) -> Any:
    """What pandas makes a column of."""
    if not pa.types.is_dictionary(cells.type):
        return pd.array(cells, TEXT)
    coded = cells.combine_chunks()
    kind = pd.CategoricalDtype(pd.Index(pd.array(coded.dictionary, TEXT)))
    return pd.Categorical.from_codes(coded.indices.fill_null(-1).to_numpy(), dtype=kind)
