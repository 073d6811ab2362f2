"""file_digest: what tells a file's bytes from all others, made while the file is read."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor

from leadscore.pipeline.source import FileBytes, steps


class Digest:
    """The sha256 of a file, made in a thread of its own while the file is read, unless it is known."""

    def __init__(self, source: FileBytes, known: str = "") -> None:
        self._known, self._made = known, None if known else _begin(source)

    @property
    def hex(self) -> str:
        """In hex; waits for it. Raises InputError where the file changed meanwhile."""
        return self._known if self._made is None else self._made.result()


def _begin(source: FileBytes) -> Future[str]:
    hasher = ThreadPoolExecutor(1, "digest")
    made = hasher.submit(_hash, source)
    hasher.shutdown(wait=False)
    return made


def _hash(source: FileBytes) -> str:
    digest = hashlib.sha256()
    for step in steps(source):
        digest.update(step)
    return digest.hexdigest()
