"""source: a file that is read, its bytes looked at a window at a time, refused where it changes meanwhile."""

from __future__ import annotations

import os
import stat
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, overload

from leadscore.errors import InputError, Problem
from leadscore.pipeline.store_path import is_address, refuse_address

STEP = 1 << 20  # bytes looked at together where all of a file is gone through
FIRST_STEP = 1 << 12  # what is looked for is often near: look at this much, then double it
HEAD = 64  # more than any mark that a format begins with


def _close(file: IO[bytes]) -> None:
    """Nothing was written to it, so that nothing is lost where even this fails."""
    with suppress(OSError):
        file.close()


class FileBytes:
    """The bytes of an open file under the names `bytes` has for them; none stays in memory.

    Every read looks whether the file is still the one that was opened. There is no memory map: a file
    that is cut short meanwhile would end the process, not the run.
    """

    def __init__(self, file: IO[bytes], path: Path, before: os.stat_result) -> None:
        self._file, self._path, self._before = file, path, _identity(before)
        self.status = before
        weakref.finalize(self, _close, file)

    def __len__(self) -> int:
        return self._before[1]

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> bytes: ...
    def __getitem__(self, place: int | slice) -> int | bytes:
        if isinstance(place, int):
            return self._read(place, place + 1)[0]
        start, stop, _ = place.indices(len(self))
        return self._read(start, max(start, stop))

    def find(self, byte: int, start: int = 0, stop: int | None = None) -> int:
        """Where the byte stands first in [start, stop); -1 if it does not."""
        stop, step = len(self) if stop is None else stop, FIRST_STEP
        while start < stop:
            window = self._read(start, min(start + step, stop))
            place = window.find(byte)
            if place >= 0:
                return start + place
            start, step = start + len(window), min(2 * step, STEP)
        return -1

    def rfind(self, byte: int, start: int = 0, stop: int | None = None) -> int:
        """Where it stands last."""
        stop, step = len(self) if stop is None else stop, FIRST_STEP
        while start < stop:
            first = max(start, stop - step)
            place = self._read(first, stop).rfind(byte)
            if place >= 0:
                return first + place
            stop, step = first, min(2 * step, STEP)
        return -1

    def count(self, byte: int, start: int, stop: int) -> int:
        """How often it stands in [start, stop)."""
        return sum(self._read(at, min(at + STEP, stop)).count(byte) for at in range(start, stop, STEP))

    def startswith(self, marks: bytes | tuple[bytes, ...]) -> bool:
        """Whether the file begins with one of the marks."""
        return self[:HEAD].startswith(marks)

    def read(self) -> bytes:
        """All of them, to stay in memory."""
        try:
            self._file.seek(0)
            return self._checked(self._file.read(), len(self))
        except OSError as error:
            raise refused(self._path, f"cannot be read: {reason(error)}") from None

    def _read(self, start: int, stop: int) -> bytes:
        window = b""
        try:
            while len(window) < stop - start:
                more = os.pread(self._file.fileno(), stop - start - len(window), start + len(window))
                if not more:
                    break
                window = window + more if window else more
            return self._checked(window, stop - start)
        except OSError as error:
            raise refused(self._path, f"cannot be read: {reason(error)}") from None

    def _checked(self, content: bytes, size: int) -> bytes:
        after = _identity(os.fstat(self._file.fileno()))
        if after != self._before or len(content) != size:
            hint = "wait until the export is finished"
            raise refused(self._path, "changed while it was read", hint=hint)
        return content


Octets = bytes | bytearray | FileBytes


def open_source(path: Path) -> FileBytes:
    """A regular file, or an object by its path of ``address_of``.

    Raises InputError for anything else, which is never waited for, nor asked of any server.
    """
    if is_address(path):
        from leadscore.pipeline.store import open_remote  # late: hardly any run reads from a store

        return open_remote(path)
    refuse_address(path)
    try:
        before = path.stat()
        if not stat.S_ISREG(before.st_mode):
            raise refused(path, f"{_kind(before.st_mode)}, not a file")
        return FileBytes(path.open("rb", buffering=0), path, before)
    except OSError as error:
        raise refused(path, f"cannot be read: {reason(error)}") from None
    except ValueError:
        raise refused(path, "cannot be read: no such path") from None


def put_down(parts: Iterable[bytes], path: Path, done: str = "unpacked") -> FileBytes:
    """The bytes in a file without a name, that nobody else can open and that goes with the process.

    Raises InputError where there is no room for it; `path` is what they come from, `done` what
    was to be done with it.
    """
    try:
        with ExitStack() as until_whole:
            file = until_whole.enter_context(tempfile.TemporaryFile())
            for part in parts:
                file.write(part)
            file.flush()
            until_whole.pop_all()
            return FileBytes(file, path, os.fstat(file.fileno()))
    except OSError as error:
        hint = "let TMPDIR name a folder with room for it"
        raise refused(path, f"cannot be {done}: {reason(error)}", hint=hint) from None


def view(octets: Octets, start: int, stop: int) -> memoryview:
    """The bytes [start, stop), without a copy where they are in memory."""
    if isinstance(octets, FileBytes):
        return memoryview(octets[start:stop])
    return memoryview(octets)[start:stop]


def steps(octets: Octets) -> Iterator[memoryview]:
    """All of the bytes, a step at a time."""
    return (view(octets, at, at + STEP) for at in range(0, len(octets), STEP))


def refused(path: Path, what: str, line: int = 0, hint: str = "") -> InputError:
    """Why a file is not read."""
    return InputError(Problem(str(path), line, what=what, hint=hint))


def reason(error: OSError) -> str:
    """What the system says about the error's number; the error's own text may name anything."""
    return os.strerror(error.errno or 0)


def _identity(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a directory"
    return "a FIFO" if stat.S_ISFIFO(mode) else "a device or socket"
