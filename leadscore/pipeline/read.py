"""read: an export -> batches of leads as text, damaged lines set aside."""

from __future__ import annotations

import hashlib
import os
import stat
import zlib
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa

from leadscore.errors import InputError, Problem
from leadscore.pipeline.export import BATCH_BYTES, Batch, Dialect, Export, SetAside
from leadscore.pipeline.read_csv import CsvExport
from leadscore.pipeline.read_parquet import ParquetExport

__all__ = ["Batch", "CsvExport", "Dialect", "Export", "ParquetExport", "SetAside", "open_export"]

MAX_UNPACKED_BYTES = 16 << 30
GZIP, PARQUET = b"\x1f\x8b", b"PAR1"
UTF16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
OTHER_FORMATS = (  # zip and xlsx, xls, Arrow, pickle, xz, zstd, 7z: nothing a header could begin with
    b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"ARROW1\0", b"\x80", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd",
    b"7z\xbc\xaf",
)  # fmt: skip
STEP = 1 << 16


def open_export(
    path: Path,
    wanted: Collection[str],
    *,
    batch_bytes: int = BATCH_BYTES,
    max_unpacked_bytes: int = MAX_UNPACKED_BYTES,
) -> Export:
    """Read and recognise a file by its content, never by its name.

    `wanted`: column names the config may ask for; the delimiter that finds most of them wins.
    Raises InputError for whatever is not a sound CSV (also gzipped) or Parquet file.
    """
    packed: bytes | bytearray = _read_file(path)
    digest, size = hashlib.sha256(packed).hexdigest(), len(packed)
    if packed.startswith(PARQUET):
        return ParquetExport(path, bytes(packed), digest=digest, size=size, batch_bytes=batch_bytes)
    compression = "gzip" if packed.startswith(GZIP) else ""
    text = _unpack(packed, path, max_unpacked_bytes) if compression else packed
    del packed
    _check_text(text, path)
    return CsvExport(
        path, text, wanted, digest=digest, size=size, compression=compression, batch_bytes=batch_bytes
    )


def _read_file(path: Path) -> bytes:
    try:
        before = path.stat()
        if not stat.S_ISREG(before.st_mode):
            raise _refused(path, f"{_kind(before.st_mode)}, not a file")
        with path.open("rb") as file:
            content = file.read()
            after = os.fstat(file.fileno())
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}") from None
    except ValueError:
        raise _refused(path, "cannot be read: no such path") from None
    seen = (before.st_ino, before.st_size, before.st_mtime_ns)
    if seen != (after.st_ino, after.st_size, after.st_mtime_ns) or len(content) != before.st_size:
        raise _refused(path, "changed while it was read", hint="wait until the export is finished")
    return content


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a directory"
    return "a FIFO" if stat.S_ISFIFO(mode) else "a device or socket"


def _unpack(packed: bytes | bytearray, path: Path, most: int) -> bytearray:
    """gzip, also of several members, in steps: a small file may unpack to anything."""
    view, at, content = memoryview(packed), 0, bytearray()
    member = zlib.decompressobj(wbits=31)
    try:
        while at < len(view):
            step = view[at : at + STEP]
            at += len(step)
            content += member.decompress(step, most - len(content) + 1)
            if len(content) > most:
                raise _refused(path, f"unpacks to more than {most:,} bytes")
            if member.eof:
                at -= len(member.unused_data)
                if not any(view[at : at + STEP]):  # padding after the last member
                    return content
                member = zlib.decompressobj(wbits=31)
    except zlib.error:
        raise _refused(path, "the gzip file is corrupt", hint="export it again") from None
    raise _refused(path, "the gzip file is cut off", hint="export it again")


def _check_text(text: bytes | bytearray, path: Path) -> None:
    if text.startswith(UTF16_OR_32):
        raise _refused(path, "UTF-16 or UTF-32, not UTF-8", hint="save the export with the encoding UTF-8")
    if text.startswith((*OTHER_FORMATS, GZIP, PARQUET)):
        raise _refused(path, "not CSV or Parquet", hint="export the leads as CSV")
    nul = text.find(0)
    if nul >= 0:
        raise _refused(path, "a NUL byte: not CSV or Parquet", line=text.count(b"\n", 0, nul) + 1)
    offsets = pa.py_buffer(bytes(8) + len(text).to_bytes(8, "little"))
    try:
        pa.LargeStringArray.from_buffers(1, offsets, pa.py_buffer(text)).validate(full=True)
    except pa.ArrowInvalid:
        raise _wrong_encoding(text, path) from None


def _wrong_encoding(text: bytes | bytearray, path: Path) -> InputError:
    try:
        text.decode()
        place = 0
    except UnicodeDecodeError as error:
        place = error.start
    line, byte = text.count(b"\n", 0, place) + 1, place - text.rfind(b"\n", 0, place)
    what = f"not UTF-8 at line {line} byte {byte}"
    return _refused(path, what, line=line, hint="save the export with the encoding UTF-8")


def _refused(path: Path, what: str, line: int = 0, hint: str = "") -> InputError:
    return InputError(Problem(str(path), line, what=what, hint=hint))
