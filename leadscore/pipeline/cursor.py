"""cursor: the bytes of an open file as a file with a place in it."""

from __future__ import annotations

import io

from leadscore.pipeline.source import FileBytes


class Cursor(io.RawIOBase):
    """The bytes as a file with a place in it, for readers that want one."""

    def __init__(self, octets: FileBytes) -> None:
        self._octets, self._at = octets, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + (0, self._at, len(self._octets))[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        octets = self._octets[self._at : self._at + size if size >= 0 else None]
        self._at += len(octets)
        return octets
