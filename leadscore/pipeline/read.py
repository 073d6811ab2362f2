"""read: an export -> batches of leads as text, damaged lines set aside."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from leadscore.pipeline.export import BATCH_BYTES, Batch, Dialect, Export, SetAside
from leadscore.pipeline.read_csv import CsvExport
from leadscore.pipeline.read_parquet import ParquetExport
from leadscore.pipeline.scan import LF
from leadscore.pipeline.source import STEP, FileBytes, Octets, open_source, put_down, refused, steps, view

__all__ = ["Batch", "CsvExport", "Dialect", "Export", "ParquetExport", "SetAside", "open_export"]

MAX_UNPACKED_BYTES = 16 << 30
GZIP, PARQUET = b"\x1f\x8b", b"PAR1"
UTF16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
OTHER_FORMATS = (  # zip and xlsx, xls, Arrow, pickle, xz, zstd, 7z: nothing a header could begin with
    b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"ARROW1\0", b"\x80", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd",
    b"7z\xbc\xaf",
)  # fmt: skip
PACKED_STEP = 1 << 16  # of a gzip file: what it unpacks to, a thousand times as much at most, is in memory


def open_export(
    path: Path,
    wanted: Collection[str],
    *,
    batch_bytes: int = BATCH_BYTES,
    max_unpacked_bytes: int = MAX_UNPACKED_BYTES,
    in_windows: bool = False,
) -> Export:
    """Read and recognise a file by its content, never by its name.

    `wanted`: column names the config may ask for; the delimiter that finds most of them wins.
    `in_windows`: the file stays on the disk and is read from there, so that memory does not grow with it.
    Lines and rows cannot be taken from it again; of its damaged lines the first LISTED are kept.
    Raises InputError for whatever is not a sound CSV (also gzipped) or Parquet file.
    """
    source = open_source(path)
    packed: Octets = source if in_windows else source.read()
    digest, size = _digest(packed), len(packed)
    if packed.startswith(PARQUET):
        return ParquetExport(path, packed, digest=digest, size=size, batch_bytes=batch_bytes)
    compression = "gzip" if packed.startswith(GZIP) else ""
    text = _unpack(packed, path, max_unpacked_bytes) if compression else packed
    del packed
    _check_text(text, path)
    return CsvExport(
        path, text, wanted, digest=digest, size=size, compression=compression, batch_bytes=batch_bytes
    )


def _digest(octets: Octets) -> str:
    digest = hashlib.sha256()
    for step in steps(octets):
        digest.update(step)
    return digest.hexdigest()


def _unpack(packed: Octets, path: Path, most: int) -> Octets:
    parts = _unpacked(packed, path, most)
    if isinstance(packed, FileBytes):
        return put_down(parts, path)
    text = bytearray()
    for part in parts:
        text += part
    return text


def _unpacked(packed: Octets, path: Path, most: int) -> Iterator[bytes]:
    """gzip, also of several members, in steps: a small file may unpack to anything."""
    at, size = 0, 0
    member = zlib.decompressobj(wbits=31)
    try:
        while at < len(packed):
            step = view(packed, at, at + PACKED_STEP)
            at += len(step)
            part = member.decompress(step, most - size + 1)
            size += len(part)
            if size > most:
                raise refused(path, f"unpacks to more than {most:,} bytes")
            yield part
            if member.eof:
                at -= len(member.unused_data)
                if not any(view(packed, at, at + PACKED_STEP)):  # padding after the last member
                    return
                member = zlib.decompressobj(wbits=31)
    except zlib.error:
        raise refused(path, "the gzip file is corrupt", hint="export it again") from None
    raise refused(path, "the gzip file is cut off", hint="export it again")


def _check_text(text: Octets, path: Path) -> None:
    if text.startswith(UTF16_OR_32):
        raise refused(path, "UTF-16 or UTF-32, not UTF-8", hint="save the export with the encoding UTF-8")
    if text.startswith((*OTHER_FORMATS, GZIP, PARQUET)):
        raise refused(path, "not CSV or Parquet", hint="export the leads as CSV")
    fault = _first_fault(text)
    if fault < 0:
        return
    nul = text.find(0)
    if nul >= 0:
        raise refused(path, "a NUL byte: not CSV or Parquet", line=text.count(LF, 0, nul) + 1)
    line, byte = text.count(LF, 0, fault) + 1, fault - text.rfind(LF, 0, fault)
    what = f"not UTF-8 at line {line} byte {byte}"
    raise refused(path, what, line=line, hint="save the export with the encoding UTF-8")


def _first_fault(text: Octets) -> int:
    """The first byte that is NUL or not UTF-8; -1 where there is none."""
    at = 0
    while at < len(text):
        step = view(text, at, at + STEP)
        if at + len(step) < len(text):
            step = step[: _last_letter(step)]
        offsets = pa.py_buffer(bytes(8) + len(step).to_bytes(8, "little"))
        try:
            pa.LargeStringArray.from_buffers(1, offsets, pa.py_buffer(step)).validate(full=True)
        except pa.ArrowInvalid:
            return at + _first_wrong(bytes(step))
        if not np.frombuffer(step, np.uint8).min():
            return at + bytes(step).find(0)
        at += len(step)
    return -1


def _last_letter(step: memoryview) -> int:
    """Where the last letter begins, which may go on in the next step; the end, if there is none near it."""
    near = range(len(step) - 1, max(len(step) - 5, 0), -1)
    return next((place for place in near if step[place] & 0xC0 != 0x80), len(step))


def _first_wrong(step: bytes) -> int:
    try:
        step.decode()
    except UnicodeDecodeError as error:
        return error.start
    return 0
