"""encoding: the bytes of an export, in the encoding it has -> UTF-8, or a refusal with the place."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from leadscore.pipeline.scan import LF
from leadscore.pipeline.source import STEP, FileBytes, Octets, put_down, refused, steps, view

BOMS = {  # the longer ones first: that of UTF-16 begins that of UTF-32
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-8": codecs.BOM_UTF8,
}
UNLIKELY = 20
"""So many letters that happen to be sound UTF-8 are no accident in a file of another encoding."""
_UTF16 = "if it is UTF-16 without a byte order mark, set input.encoding to utf-16-le or utf-16-be"
_AGAIN = "export it again"
_SAVE = "save the export as UTF-8, or set input.encoding in the config to the encoding it has"


def find_encoding(text: Octets, path: Path, declared: str | None) -> str:
    """What the byte order mark says, or the config; UTF-8 without both. They must not contradict."""
    marked = next((name for name, mark in BOMS.items() if text.startswith(mark)), "")
    if not declared:
        return marked or "utf-8"
    if marked and declared not in (marked, marked.rpartition("-")[0]):
        what = f"begins with the byte order mark of {marked.upper()}, the config says {declared}"
        raise refused(path, what, hint="remove input.encoding from the config")
    if not marked and declared in ("utf-16", "utf-32"):
        what = f"no byte order mark, so {declared} may be two things"
        raise refused(path, what, hint=f"set input.encoding to {declared}-le or {declared}-be")
    return marked or declared


def to_utf8(text: Octets, path: Path, encoding: str) -> Octets:
    """The same text in UTF-8, with the byte order mark it had, on the disk where it was on the disk.

    Nothing is replaced or left out: raises InputError for the first byte that is no letter, with its place.
    """
    if encoding == "utf-8":
        _refuse_unsound(text, path)
        return text
    parts = _encoded(text, path, encoding)
    if isinstance(text, FileBytes):
        decoded: Octets = put_down(parts, path)
    else:
        decoded = bytearray().join(parts)
    _refuse_unsound(decoded, path)
    return decoded


def reads_as_utf8(text: Octets, path: Path, encoding: str) -> str:
    """A doubt about a declared encoding: every byte is sound UTF-8 as well.

    Text in another encoding that goes beyond ASCII hardly ever is, and never for long: then it is no doubt,
    and InputError is raised.
    """
    if encoding.startswith("utf-") or _first_fault(text) >= 0:
        return ""
    letters = sum(int((np.frombuffer(step, np.uint8) >= 0xC0).sum()) for step in steps(text))
    if not letters:
        return ""
    what = f"the config says {encoding}, but the file is UTF-8"
    if letters >= UNLIKELY:
        raise refused(path, what, hint="remove input.encoding from the config")
    return f"read as {encoding}, as the config says; it could be read as UTF-8 as well"


def _encoded(text: Octets, path: Path, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line, before = 1, 0  # of the next byte: its line, and the bytes of that line before it
    last = max(len(text) - 1, 0) // STEP
    for number, step in enumerate(steps(text)):
        try:
            letters = decoder.decode(step, number == last)
        except UnicodeDecodeError as error:
            sound = error.object[: error.start].decode(encoding)
            line, before = _moved(line, before, sound, encoding)
            what = f"not {encoding} at line {line} byte {before + 1}"
            hint = "set input.encoding in the config to the encoding it has"
            raise refused(path, what, line=line, hint=hint) from None
        line, before = _moved(line, before, letters, encoding)
        yield letters.encode()


def _moved(line: int, before: int, letters: str, encoding: str) -> tuple[int, int]:
    """The place after these letters."""
    ends, last = letters.count("\n"), letters.rfind("\n")
    size = len(letters[last + 1 :].encode(encoding))
    return line + ends, size if ends else before + size


def _refuse_unsound(text: Octets, path: Path) -> None:
    fault = _first_fault(text)
    if fault < 0:
        return
    nul = text.find(0)
    if nul >= 0:
        line = text.count(LF, 0, nul) + 1
        hint = _UTF16 if nul < 2 else _AGAIN
        raise refused(path, "a NUL byte: not CSV or Parquet", line=line, hint=hint)
    line, byte = text.count(LF, 0, fault) + 1, fault - text.rfind(LF, 0, fault)
    raise refused(path, f"not UTF-8 at line {line} byte {byte}", line=line, hint=_SAVE)


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
