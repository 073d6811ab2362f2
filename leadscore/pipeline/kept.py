"""kept: one reading of an export as a file, written batch by batch and read again."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from leadscore.pipeline.guard import Live
from leadscore.pipeline.records import CODES, TEXT, Records, repeats
from leadscore.pipeline.spans import Damage

PART = ".part"
"""How the name of a file ends that is not whole yet."""
FORMAT = 1
"""Of these files; readings of another one are not looked for."""
_PLACES = pa.schema(
    [("start", pa.int64()), ("size", pa.uint32()), ("line", pa.int64()), ("live", pa.list_(pa.int64()))]
)


@dataclass(frozen=True)
class Kept:
    """One reading of one file, whole and unharmed."""

    path: Path
    about: dict[str, Any]

    @property
    def digest(self) -> str:
        """The sha256 of the file's bytes."""
        return str(self.about["digest"])

    def serves(self, reading: str, columns: Sequence[str]) -> bool:
        """Whether the file was read in the same way, and these columns of it."""
        return bool(self.about["reading"] == reading) and set(columns) <= set(self.about["columns"])

    def records(self, columns: Sequence[str], coded: bool) -> Iterator[Records]:
        """What was read, batch by batch. ``coded``: texts that repeat as codes."""
        with pa.OSFile(str(self.path)) as file, pa.ipc.open_stream(file) as stream:
            while True:
                try:
                    batch, told = stream.read_next_batch_with_custom_metadata()
                except StopIteration:
                    return
                names = dict(zip(self.about["columns"], batch.columns[len(_PLACES) :], strict=True))
                cells = {name: names[name] for name in dict.fromkeys(columns)}
                yield _unpacked(batch, cells, json.loads(told[b"about"]), coded)
                del batch, names, cells


def find_kept(path: Path) -> Kept | None:
    """The reading in this file, if it is there, whole and unharmed; it counts as used now."""
    try:
        about = json.loads(path.with_suffix(".json").read_bytes())
        whole = about["sha256"] == digest_of(path)
        os.utime(path)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Kept(path, about) if whole else None


class Keeper:
    """A reading being written, under a name that nobody looks for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.columns = folder, list[str]()
        self.stream: Any = None
        self.schema: Any = None
        try:
            descriptor, name = tempfile.mkstemp(suffix=PART, dir=folder)  # 0600
            os.close(descriptor)
            self.path: Path | None = Path(name)
            self.file = pa.OSFile(name, "w")
        except OSError:
            self.path = None

    def add(self, records: Records) -> None:
        """One batch more."""
        if self.path is None:
            return
        try:
            if self.stream is None:
                self._begin(records.cells)
            damage = [asdict(each) for each in records.damage]
            about = {"multiline": records.multiline, "damage": damage, "notes": list(records.notes)}
            self.stream.write_batch(_packed(records, self.schema), {"about": json.dumps(about)})
        except (OSError, pa.ArrowException):
            self.close()

    def _begin(self, cells: pa.Table) -> None:
        self.columns = list(cells.column_names)
        kinds = [CODES if repeats(cells.column(name)) else TEXT for name in self.columns]
        # By number: a column of the export may have any name.
        self.schema = pa.schema([*_PLACES, *((str(place), kind) for place, kind in enumerate(kinds))])
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        self.stream = pa.ipc.new_stream(self.file, self.schema, options=options)

    def finish(self, name: str, about: dict[str, Any]) -> None:
        """The reading is whole; the next run may find it."""
        if self.path is None or self.stream is None:
            return
        with suppress(OSError, pa.ArrowException):
            self.stream.close()
            self.file.close()
            about = {**about, "columns": self.columns, "sha256": digest_of(self.path)}
            beside = self.path.with_suffix(f".json{PART}")
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(beside, flags, 0o600), "w") as file:
                json.dump(about, file)
            target = self.folder / f"{name}.arrow"
            self.path.replace(target)
            beside.replace(target.with_suffix(".json"))
            self.path = None

    def close(self) -> None:
        """Leave nothing of what was not finished."""
        if self.path is not None:
            with suppress(OSError, pa.ArrowException):
                self.file.close()
            with suppress(OSError):
                self.path.unlink()
            self.path = None


def _packed(records: Records, schema: pa.Schema) -> pa.RecordBatch:
    sizes = (records.stops - records.starts).astype(np.uint32)
    first = np.searchsorted(records.live.rows, np.arange(len(sizes) + 1)).astype(np.int32)
    live = pa.ListArray.from_arrays(pa.array(first), pa.array(records.live.places))
    places = [*(pa.array(each) for each in (records.starts, sizes, records.lines)), live]
    kinds = schema.types[len(_PLACES) :]
    columns = [_as_kind(column, kind) for column, kind in zip(records.cells.columns, kinds, strict=True)]
    return pa.record_batch([*places, *columns], schema=schema)


def _as_kind(cells: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    cells = cells.combine_chunks()
    if cells.type == kind:
        return cells
    return cells.dictionary_encode() if kind == CODES else cells.cast(kind)


def _unpacked(
    batch: pa.RecordBatch, cells: dict[str, pa.Array], told: dict[str, Any], coded: bool
) -> Records:
    starts, sizes, lines = (batch.column(place).to_numpy() for place in range(3))
    lists = batch.column(3)
    rows = np.repeat(np.arange(len(starts)), np.diff(lists.offsets.to_numpy()))
    live = Live(rows, lists.flatten().to_numpy())
    if not coded:
        cells = {name: _as_kind(pa.chunked_array([each]), TEXT) for name, each in cells.items()}
    damage = [Damage(**each) for each in told["damage"]]
    table = pa.table(cells) if cells else pa.table({"": pa.nulls(len(starts), TEXT)})
    return Records(starts, starts + sizes, lines, damage, told["multiline"], table, live, told["notes"])


def digest_of(path: Path) -> str:
    """The sha256 of a file's bytes; a link is not followed."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
