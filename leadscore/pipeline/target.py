"""target: the folder a run is for and, where there is one for each day, the runs of other days beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from leadscore.errors import InputError, LeadscoreError, Problem, PublishError, shown
from leadscore.pipeline.store_path import address_of, is_address, url_of

AS_OF, LATEST = "{as_of}", "latest"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Target:
    """Where a run is published."""

    out: Path
    """As the user called it, for the summary."""
    folder: Path
    """The same from the root on."""
    as_of: date
    pattern: str
    """The folder's name with {as_of} in it, where each day has a folder of its own."""

    @property
    def link(self) -> Path | None:
        """What always points at the newest of these folders: runs/latest for runs/{as_of}."""
        return self.folder.with_name(self.pattern.replace(AS_OF, LATEST)) if self.pattern else None

    def day_of(self, name: str) -> date | None:
        """The day whose folder has this name; None for a name that is none of them."""
        first = self.pattern.index(AS_OF)
        try:
            day = date.fromisoformat(name[first : first + 10])
        except ValueError:
            return None
        return day if self.pattern.replace(AS_OF, day.isoformat()) == name else None

    def runs(self) -> Iterator[tuple[date, Path]]:
        """The folders of all days that hold a result, the newest first."""
        if self.pattern and self.folder.parent.is_dir():
            found = ((self.day_of(path.name), path) for path in self.folder.parent.iterdir())
            for day, path in sorted(((day, path) for day, path in found if day), reverse=True):
                if not path.is_symlink() and last_manifest(path) is not None:
                    yield day, path

    def before(self) -> Path | None:
        """The run to compare with: of the last day before this one or, with one folder, what is in it."""
        if not self.pattern:
            return self.folder if last_manifest(self.folder) is not None else None
        return next((path for day, path in self.runs() if day < self.as_of), None)


def find_target(out: Path, as_of: date) -> Target:
    """The target that -o names; ``{as_of}`` in it stands for the day.

    Raises PublishError for an address that is none of a store.
    """
    day = as_of.isoformat()
    stored = _address_of(Path(str(out).replace(AS_OF, day)))
    if url_of(stored):
        named = Path(shown(str(stored)))
        return Target(named, stored, as_of, "")  # a store has no links, so no newest one
    # Not resolve(), which would follow a planted link.
    named = Path(str(out).replace(AS_OF, day))
    folder = Path(os.path.abspath(named))  # noqa: PTH100
    return Target(named, folder, as_of, out.name if AS_OF in out.name else "")


def _address_of(out: Path) -> Path:
    try:
        return address_of(out)
    except InputError as error:
        raise PublishError(error.problems) from None


def last_manifest(run: Path) -> dict[str, Any] | None:
    """The manifest of the result that stands in a folder; None where none of ours does."""
    if is_address(run):
        from leadscore.pipeline.store import read_small  # late: hardly any run is published to a store

        return read_manifest(read_small(run / MANIFEST) or b"")
    try:
        content = (run / MANIFEST).read_bytes()
    except (OSError, ValueError):
        return None
    return read_manifest(content)


def read_manifest(content: bytes) -> dict[str, Any] | None:
    """A manifest of ours; None where the bytes are none."""
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("outputs"), dict):
        return None
    counts = manifest.get("counts", {"in": 0})
    return manifest if isinstance(counts, dict) and isinstance(counts.get("in"), int) else None


@contextmanager
def told_as(kind: type[LeadscoreError], folder: Path, what: str, hint: str) -> Iterator[None]:
    """What the disk refuses, as an error that says of which folder."""
    try:
        yield
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else "the disk refuses"
        raise kind(Problem(str(folder), what=f"{what}: {why}", hint=hint)) from None


def refused(folder: Path) -> AbstractContextManager[None]:
    """Nothing is published yet: the old result stands."""
    hint = "the old result, if any, is untouched"
    return told_as(PublishError, folder, "cannot be written", hint)
