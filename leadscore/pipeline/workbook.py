"""workbook: the bytes of an xlsx file, looked at a step at a time before a reader takes them into memory."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from leadscore.pipeline.cursor import Cursor
from leadscore.pipeline.export import MAX_COLUMNS
from leadscore.pipeline.source import STEP, FileBytes, refused

MAX_SHEET_ROWS = 1_048_576
MAX_CELLS = 100_000_000
"""Of a sheet from its first column to its last, empty ones included: a reader makes room for each."""
MAX_UNPACKED_BYTES = 4 << 30
MAX_RATIO = 300
"""Of unpacked to packed bytes; a sheet whose cells are all alike comes to 20."""
FREE_BYTES = 64 << 20
"""Of which no ratio is asked."""

_BOOK = "xl/workbook.xml"
_BEGIN = rb"<(?:\w+:)?"
_PLACES = re.compile(_BEGIN + rb"(?:c|row)\s(?:[^<>]*?\s)?r\s*=\s*[\"']\s*([A-Za-z]*)([0-9]+)")
_LETTERS = re.compile(rb'<c r="([A-Z]+)')
_ROWS = re.compile(rb'<(?:c r="[A-Z]+|row r=")([0-9]+)')
_TAG = re.compile(_BEGIN + rb"(?:c|row)[\s/>]")
_WITHOUT = rb"(?=[\s/>])(?![^<>]*\sr\s*=)"
_UNPLACED_CELL = re.compile(_BEGIN + rb"c" + _WITHOUT)
_UNPLACED_ROW = re.compile(_BEGIN + rb"row" + _WITHOUT)
_UNPLACED = re.compile(_BEGIN + rb"(?:(row)\b|c" + _WITHOUT + rb")")
_ERROR_MARK = re.compile(rb"=\s*[\"']e[\"']")
_ERROR = re.compile(_BEGIN + rb"c\s(?:[^<>]*?\s)?t\s*=\s*[\"']e[\"']")
_HINT = "export it again"


def is_workbook(source: FileBytes) -> bool:
    """Whether it is a zip file with a workbook in it, whatever it is called."""
    try:
        with ZipFile(_file(source)) as parts:
            return _BOOK in parts.namelist()
    except (BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        return False


@dataclass
class Extent:
    """How far the cells of a part go, at the most."""

    rows: int = 0
    columns: int = 0
    errors: int = 0
    """Cells that hold an error such as #N/A."""
    unplaced_rows: int = 0
    unplaced: int = 0
    """Cells of one row that do not say where they stand: each follows the one before."""
    _in_row: int = 0

    def add(self, text: bytes) -> None:
        """What some of the part's text says; no tag in it is cut in two."""
        self.errors += len(_ERROR.findall(text)) if _ERROR_MARK.search(text) else 0
        letters, rows = set(_LETTERS.findall(text)), _ROWS.findall(text)
        if len(rows) < len(_TAG.findall(text)):  # not as nearly everyone writes them
            found = _PLACES.findall(text)
            letters, rows = {column for column, _ in found}, [row for _, row in found]
            self._count(text)
        self.rows = max(self.rows, *(int(row[:9]) for row in set(rows)), 0)
        self.columns = max(self.columns, *map(_number, letters), 0)

    def _count(self, text: bytes) -> None:
        for tag in _UNPLACED.findall(text) if _UNPLACED_CELL.search(text) else ():
            self._in_row = 0 if tag else self._in_row + 1
            self.unplaced = max(self.unplaced, self._in_row)
        self.unplaced_rows += len(_UNPLACED_ROW.findall(text))


def refuse_bombs(source: FileBytes, path: Path) -> int:
    """Raise InputError for a workbook that takes more room than one of leads can; the errors in its cells.

    Every part is unpacked once, a step at a time, and none is kept: what a zip file says of its sizes is not
    believed.
    """
    errors, free = 0, MAX_UNPACKED_BYTES
    try:
        with ZipFile(_file(source)) as parts:
            for part in parts.infolist():
                if part.flag_bits & 1:
                    raise refused(path, "the workbook is locked with a password", hint="save it without one")
                extent, size = _look_at(parts, part, path, free)
                _refuse_far(extent, path)
                errors, free = errors + extent.errors, free - size
    except (BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError):
        raise refused(path, "the workbook is corrupt or cut off", hint=_HINT) from None
    return errors


def _look_at(parts: ZipFile, part: ZipInfo, path: Path, free: int) -> tuple[Extent, int]:
    """How far the cells of a part go, and its size."""
    extent, size, rest = Extent(), 0, b""
    with parts.open(part) as file:  # by itself: its name may stand twice in the file
        while step := file.read(STEP):
            size += len(step)
            if size > free:
                raise refused(path, f"unpacks to more than {MAX_UNPACKED_BYTES:,} bytes")
            if size > max(FREE_BYTES, part.compress_size * MAX_RATIO):
                raise refused(path, f"unpacks to more than {MAX_RATIO} times its size, as no export does")
            text = rest + step
            cut = text.rfind(b"<")
            rest = text[cut:] if cut >= 0 else b""
            if len(rest) > STEP and _TAG.match(rest):
                raise refused(path, "the workbook is corrupt or cut off", hint=_HINT)
            rest = rest if len(rest) <= STEP else b""
            extent.add(text[: len(text) - len(rest)])
    extent.add(rest)
    return extent, size


def _refuse_far(extent: Extent, path: Path) -> None:
    rows, columns = extent.rows + extent.unplaced_rows, extent.columns + extent.unplaced
    if rows > MAX_SHEET_ROWS:
        raise refused(path, f"has a row beyond {MAX_SHEET_ROWS:,}, as no sheet does", hint=_HINT)
    if columns > MAX_COLUMNS:
        raise refused(path, f"more than {MAX_COLUMNS:,} columns")
    if rows * columns > MAX_CELLS:
        what = f"{rows:,} rows of {columns:,} columns are more than {MAX_CELLS:,} cells"
        raise refused(path, what, hint="export the leads as CSV")


def _number(letters: bytes) -> int:
    """B -> 2, AA -> 27."""
    number = 0
    for letter in letters[:9].upper():
        number = number * 26 + letter - 64
    return number


def _file(source: FileBytes) -> IO[bytes]:
    return cast(IO[bytes], Cursor(source))
