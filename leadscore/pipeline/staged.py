"""staged: one file of a run while it is written: hashed and counted on its way, on the disk at its end."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

SYNC_BYTES = 32 << 20
"""So much of a file may wait for the disk before it is told to begin."""
PRIVATE = 0o600
"""Files that nobody else may read."""


class StagedFile:
    """A file of the stage."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.closed, self.size, self.digest = file, False, 0, hashlib.sha256()

    def write(self, content: Any) -> int:
        """Write bytes, or any buffer of bytes."""
        with memoryview(content) as view:
            self.file.write(view)
            self.digest.update(view)
            self.size += view.nbytes
            self.settle_early()
            return view.nbytes

    def flush(self) -> None:
        """Asked for by writers that treat this as a file."""

    def settle_early(self) -> None:
        """What is there may go to where it stays."""

    @property
    def facts(self) -> dict[str, Any]:
        """What a manifest says of it: bytes and sha256."""
        return {"bytes": self.size, "sha256": self.digest.hexdigest()}


class _DiskFile(StagedFile):
    """A file that is on the disk at its end."""

    def __init__(self, file: BinaryIO, syncer: Executor) -> None:
        super().__init__(file)
        self._syncer, self._synced = syncer, 0
        self._syncing: Future[None] | None = None

    def finish(self) -> None:
        """Everything is on the disk, or OSError says why not."""
        self.file.flush()
        self._settle()
        os.fsync(self.file.fileno())

    def settle_early(self) -> None:
        """The disk writes what there is while the rest is made, so that little is left to wait for."""
        if self.size - self._synced < SYNC_BYTES or (self._syncing and not self._syncing.done()):
            return
        self._settle()
        self._syncing, self._synced = self._syncer.submit(os.fsync, self.file.fileno()), self.size

    def _settle(self) -> None:
        if self._syncing is not None:
            self._syncing.result()  # a disk tells of what it could not write only once


@contextmanager
def open_staged(path: Path, mode: int = PRIVATE) -> Iterator[StagedFile]:
    """A new file that nobody else may read. It is on the disk, and has its mode, when the block ends."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE)
    with os.fdopen(descriptor, "wb") as file, ThreadPoolExecutor(1, "sync") as syncer:
        staged = _DiskFile(file, syncer)
        yield staged
        if mode != PRIVATE:
            os.fchmod(descriptor, mode)
        staged.finish()


def make_folders(folder: Path, above: Path) -> None:
    """A folder and those between it and the one above, which is there; nobody else may enter them."""
    for each in reversed([folder, *folder.parents][: len(folder.relative_to(above).parts)]):
        each.mkdir(mode=0o700, exist_ok=True)
