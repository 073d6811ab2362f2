"""cache: what was read of an export, kept so that the next run on the same file need not parse it again."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from leadscore import __version__
from leadscore.pipeline.file_digest import Digest
from leadscore.pipeline.kept import FORMAT, PART, Keeper, Kept, find_kept
from leadscore.pipeline.records import Records
from leadscore.pipeline.source import FileBytes

MOST_BYTES = 4 << 30
"""All that is kept; what was not used for longest goes first."""
FEWEST_BYTES = 4 << 20
"""Of an export: a smaller one is read faster than it is looked up."""
SETTLED = 2.0
"""Seconds since a file was changed: within the clock's step it could change once more without a trace."""
_SAMPLES, _SAMPLE = 64, 1 << 12
_LEFTOVER = 86_400.0


def default_folder() -> Path | None:
    """Where the user's programs keep such things (XDG Base Directory Specification); None without a home."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not Path(base).is_absolute():
        home = os.environ.get("HOME", "")
        base = str(Path(home) / ".cache") if Path(home).is_absolute() else ""
    return Path(base) / "leadscore" if base else None


class Cache:
    """A folder of readings. Whatever goes wrong with it, the export itself is read."""

    def __init__(self, folder: Path | None, most: int = MOST_BYTES) -> None:
        self.folder, self.most = folder, most

    def find(self, source: FileBytes) -> Kept | None:
        """What is kept of this file, if neither has changed since."""
        if self.folder is None or not _is_private(self.folder):
            return None
        kept = find_kept(self.folder / f"{_name(source)}.arrow")
        return kept if kept is not None and kept.about["sample"] == _sample(source) else None

    def keep(
        self, source: FileBytes, digest: Digest, reading: str, records: Iterator[Records]
    ) -> Iterator[Records]:
        """The same records, kept once all of them have been taken. ``reading``: how the file was read."""
        fresh = time.time() - source.status.st_mtime < SETTLED
        if self.folder is None or fresh or len(source) < FEWEST_BYTES or not _make_private(self.folder):
            yield from records
            return
        keeper = Keeper(self.folder)
        try:
            for each in records:
                keeper.add(each)
                yield each
                del each
            about = {"digest": digest.hex, "reading": reading, "sample": _sample(source)}
            keeper.finish(_name(source), about)
            self._make_room()
        finally:
            keeper.close()

    def _make_room(self) -> None:
        """Let go what was not used for longest, and what dead runs left."""
        assert self.folder is not None, "there is a folder if there is something in it"
        with suppress(OSError):
            files = [(path, path.stat()) for path in self.folder.glob("*.arrow")]
            left = self.most
            for path, status in sorted(files, key=lambda file: -file[1].st_mtime):
                left -= status.st_size
                if left < 0:
                    path.unlink()
                    path.with_suffix(".json").unlink(missing_ok=True)
            for path in self.folder.glob(f"*{PART}"):
                if time.time() - path.stat().st_mtime > _LEFTOVER:
                    path.unlink()


NO_CACHE = Cache(None)


@dataclass(frozen=True)
class Recall:
    """What is known of one file from an earlier run, and where this run's reading goes."""

    cache: Cache
    source: FileBytes
    kept: Kept | None
    digest: Digest

    def wanted(self, reading: str, columns: Sequence[str]) -> list[str]:
        """The columns to read, with those that are kept: two configs in turns must not undo each other's."""
        known = self.kept.about["columns"] if self.kept is not None and self.kept.serves(reading, ()) else []
        return list(dict.fromkeys([*columns, *known]))

    def records(
        self, reading: str, columns: Sequence[str], coded: bool, fresh: Iterator[Records]
    ) -> Iterator[Records]:
        """What is kept, if the file was read in the same way; else the fresh records, which are kept."""
        if self.kept is not None and self.kept.serves(reading, columns):
            return self.kept.records(columns, coded)
        return self.cache.keep(self.source, self.digest, reading, fresh)


def _name(source: FileBytes) -> str:
    """A file that was changed, moved over or written anew has another one."""
    status = source.status
    facts = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return hashlib.sha256(f"{__version__} {FORMAT} {facts}".encode()).hexdigest()[:32]


def _sample(source: FileBytes) -> str:
    """A digest of places all over the file."""
    digest = hashlib.sha256()
    for at in range(0, len(source), max(len(source) // _SAMPLES, _SAMPLE)):
        digest.update(source[at : at + _SAMPLE])
    return digest.hexdigest()


def _make_private(folder: Path) -> bool:
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _is_private(folder)


def _is_private(folder: Path) -> bool:
    """Whether it is a folder of ours that nobody else can look into."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077
