"""read: an export -> batches of leads as text, damaged lines set aside."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

from leadscore.model.input import AS_FOUND, Input
from leadscore.pipeline.cache import NO_CACHE, Cache, Recall
from leadscore.pipeline.dialect import read_header
from leadscore.pipeline.encoding import find_encoding, reads_as_utf8, to_utf8
from leadscore.pipeline.export import BATCH_BYTES, Batch, Dialect, Export, SetAside
from leadscore.pipeline.file_digest import Digest
from leadscore.pipeline.read_csv import CsvExport
from leadscore.pipeline.read_parquet import ParquetExport
from leadscore.pipeline.source import FileBytes, Octets, open_source, put_down, refused, view

__all__ = ["Batch", "CsvExport", "Dialect", "Export", "ParquetExport", "SetAside", "open_export"]

MAX_UNPACKED_BYTES = 16 << 30
MAX_RATIO = 300  # of unpacked to packed bytes; 2,000 columns, empty but for two, come to 210
UNKNOWN_DIGEST = "not made"
FREE_BYTES = 64 << 20  # of which no ratio is asked
GZIP, PARQUET = b"\x1f\x8b", b"PAR1"
ZIP = b"PK\x03\x04"
OTHER_FORMATS = (  # zip, xls, Arrow, pickle, xz, zstd, 7z: nothing a header could begin with
    ZIP, b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"ARROW1\0", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd",
    b"7z\xbc\xaf",
)  # fmt: skip
PICKLE = b"\x80"  # the euro sign in some encodings, so only where none is declared
PACKED_STEP = 1 << 16  # of a gzip file: what it unpacks to, a thousand times as much at most, is in memory


def open_export(
    path: Path,
    wanted: Collection[str],
    *,
    declared: Input = AS_FOUND,
    batch_bytes: int = BATCH_BYTES,
    max_unpacked_bytes: int = MAX_UNPACKED_BYTES,
    once: bool = False,
    cache: Cache = NO_CACHE,
    hashed: bool = True,
) -> Export:
    """Read and recognise a file by its content, never by its name.

    `wanted`: column names the config may ask for; the line and the delimiter that find most of them win.
    `declared`: what the config says of the file, which goes before what it looks like.
    A plain CSV file stays on the disk and is read from there, whenever its lines are wanted.
    `once`: so does any other, and it is only gone through, so that memory does not grow with it: lines and
    rows cannot be taken from it again; of its damaged lines the first LISTED are kept.
    `cache`: where the reading of a plain CSV file is kept, and looked for.
    `hashed`: without it the file has no digest, for whoever only wants to know what it is.
    Raises InputError for whatever is not a sound CSV (also gzipped), Parquet or xlsx file.
    """
    source = open_source(path)
    kept = cache.find(source)
    digest = Digest(source, kept.digest if kept else "" if hashed else UNKNOWN_DIGEST)
    size = len(source)
    if source.startswith(PARQUET):
        packed = source if once else source.read()
        return ParquetExport(path, packed, digest=digest.hex, size=size, batch_bytes=batch_bytes)
    if source.startswith(ZIP):
        from leadscore.pipeline.read_xlsx import XlsxExport, is_workbook  # late: hardly any export is one

        if is_workbook(source):
            return XlsxExport(path, source, wanted, declared, digest, batch_bytes)
    compression = "gzip" if source.startswith(GZIP) else ""
    text: Octets = source
    if compression:
        text = _unpack(source if once else source.read(), path, max_unpacked_bytes)
    others = (*OTHER_FORMATS, GZIP, PARQUET) + (() if declared.encoding else (PICKLE,))
    if text.startswith(others):
        raise refused(path, "not CSV, Parquet or xlsx", hint="export the leads as CSV")
    encoding = find_encoding(text, path, declared.encoding)
    doubt = reads_as_utf8(text, path, encoding)
    if encoding != "utf-8" and isinstance(text, FileBytes) and not once:
        text = text.read()  # what is on the disk is not what is written
    text = text if kept else to_utf8(text, path, encoding)
    known = Dialect("csv", compression=compression, encoding=encoding)
    head = read_header(text, path, wanted, declared, known)
    export = CsvExport(path, text, head, digest=digest, size=size, batch_bytes=batch_bytes, once=once)
    if text is source:
        export.recall = Recall(cache, source, kept, digest)
    export.notes += [doubt] * bool(doubt)
    return export


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
            if size > max(FREE_BYTES, at * MAX_RATIO):
                raise refused(path, f"unpacks to more than {MAX_RATIO} times its size, as no export does")
            yield part
            if member.eof:
                at -= len(member.unused_data)
                if not any(view(packed, at, at + PACKED_STEP)):  # padding after the last member
                    return
                member = zlib.decompressobj(wbits=31)
    except zlib.error:
        raise refused(path, "the gzip file is corrupt", hint="export it again") from None
    raise refused(path, "the gzip file is cut off", hint="export it again")
