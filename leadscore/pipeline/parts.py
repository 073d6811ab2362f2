"""parts: one file of a result that is made on any machine: whole under its name, or not there."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from leadscore.errors import Problem, PublishError
from leadscore.pipeline.staged import PRIVATE, StagedFile, make_folders, open_staged
from leadscore.pipeline.store import etag_of, file_system, told_by_store
from leadscore.pipeline.store_path import address_of, is_address
from leadscore.pipeline.switch import name_beside
from leadscore.pipeline.target import refused

_STEP = 10 << 20
"""Bytes handed to a store together: what pyarrow sends of an object in one piece."""
_DAMAGED = "check the store, and the disk of the machine that wrote it; the old result, if any, is untouched"


@contextmanager
def create_part(folder: str | Path, name: str, mode: int = PRIVATE) -> Iterator[StagedFile]:
    """A file that is written in a folder or at an address, and is there when the block ends.

    ``name`` may have folders in it. If the block fails, nothing is there, or what another try put there;
    what two tries write under one name must be the same bytes. A folder is that of a stage, and there.
    ``mode`` is for files of this machine. Raises PublishError where it cannot be written.
    """
    place = address_of(Path(folder)) / name
    with create_object(place) if is_address(place) else _create_file(Path(folder), name, mode) as file:
        yield file


@contextmanager
def _create_file(folder: Path, name: str, mode: int) -> Iterator[StagedFile]:
    path = folder / name
    beside = name_beside(path)
    with refused(folder):
        make_folders(path.parent, folder)
        try:
            with open_staged(beside, mode) as file:
                yield file
            beside.replace(path)
        finally:
            with suppress(FileNotFoundError):
                beside.unlink()


@contextmanager
def create_object(path: Path) -> Iterator[StagedFile]:
    """An object of a store. It is kept on this machine's disk until the block ends: a store gets it whole."""
    with refused(path), tempfile.TemporaryFile() as kept:
        file = StagedFile(cast(BinaryIO, kept))
        yield file
        kept.seek(0)
        with told_by_store(PublishError, path, "cannot be written"):
            _send(kept, file, path)


def _send(kept: IO[bytes], file: StagedFile, path: Path) -> None:
    system, key = file_system(path)
    sent, marks = hashlib.sha256(), list[bytes]()
    with system.open_output_stream(key, compression=None) as stream:
        while piece := kept.read(_STEP):
            stream.write(piece)
            sent.update(piece)
            marks.append(hashlib.md5(piece, usedforsecurity=False).digest())
    if sent.digest() != file.digest.digest() or not _is_there(system, key, file, marks):
        what = "cannot be written: what came there is not what was made"
        raise PublishError(Problem(str(path), what=what, hint=_DAMAGED))


def _is_there(system: Any, key: str, file: StagedFile, marks: list[bytes]) -> bool:
    """Whether the store has what was sent: by its own mark where that is an MD5, else it is read again."""
    etag = etag_of(system, key)
    if etag and etag in (_one_piece(marks), _pieces(marks)):
        return True
    digest = hashlib.sha256()
    with system.open_input_stream(key, compression=None) as stream:
        while piece := stream.read(_STEP):
            digest.update(piece)
    return digest.digest() == file.digest.digest()


def _one_piece(marks: list[bytes]) -> str:
    """The mark of an object that was sent in one piece."""
    empty = hashlib.md5(b"", usedforsecurity=False).hexdigest()
    return marks[0].hex() if len(marks) == 1 else "" if marks else empty


def _pieces(marks: list[bytes]) -> str:
    """The mark of an object that was sent in several: the MD5 of theirs, and their number."""
    return f"{hashlib.md5(b''.join(marks), usedforsecurity=False).hexdigest()}-{len(marks)}"
