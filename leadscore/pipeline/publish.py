"""publish: a stage folder beside the target -> one switch; the old result stands until the new is whole."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leadscore.errors import LateError, Problem, PublishError
from leadscore.pipeline.staged import StagedFile, open_staged

MANIFEST = "manifest.json"
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux's renameat2
_HERE = -100  # AT_FDCWD


@dataclass
class Stage:
    """The files of a run before anybody can see them."""

    folder: Path
    target: Path
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Name in the output -> bytes and sha256, for the manifest."""

    @contextmanager
    def create(self, name: str) -> Iterator[StagedFile]:
        """A new file, 0600, on disk when the block ends."""
        path = self.folder / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with open_staged(path) as staged:
            yield staged
        self.files[name] = {"bytes": staged.size, "sha256": staged.digest.hexdigest()}

    def create_json(self, name: str, content: dict[str, Any]) -> None:
        """A JSON file, the same bytes for the same content."""
        with self.create(name) as file:
            text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
            file.write(text.encode("utf-8", "backslashreplace"))  # a file's name may be any bytes


@contextmanager
def open_stage(target: Path) -> Iterator[Stage]:
    """A stage for a target folder. It is published if the block ends well, and removed if not.

    Raises PublishError (exit 6) where the target is not ours to replace or the disk refuses.
    """
    target = Path(os.path.abspath(target))  # noqa: PTH100 - resolve() would follow a planted link
    with _told(target):
        refuse_foreign(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.stage-", dir=target.parent))
    try:
        stage = Stage(folder, target)
        with _told(target):
            yield stage
            _switch(stage)
    finally:
        _clear(folder, target)


@contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"cannot be written: {os.strerror(error.errno) if error.errno else 'the disk refuses'}"
        raise PublishError(
            Problem(str(target), what=what, hint="the old result, if any, is untouched")
        ) from None


def last_manifest(target: Path) -> dict[str, Any] | None:
    """The manifest of the result that stands in the target; None where none of ours does."""
    try:
        manifest = json.loads((target / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("outputs"), dict):
        return None
    counts = manifest.get("counts", {"in": 0})
    return manifest if isinstance(counts, dict) and isinstance(counts.get("in"), int) else None


def refuse_foreign(target: Path) -> None:
    """Raise PublishError if publishing here would remove anything leadscore has not written."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise PublishError(Problem(str(target), what="is not a folder", hint="choose another -o"))
    if not target.exists():
        return
    with _told(target):
        strange = _strange(target)
    if strange:
        what = f"holds {strange!r}, which leadscore did not write"
        raise PublishError(Problem(str(target), what=what, hint="move it away, or choose another -o"))


def _strange(target: Path) -> str:
    """The first entry that is not of our last result, or ''. A folder of others is not searched."""
    manifest = last_manifest(target)
    if manifest is None:
        return next((entry.name for entry in sorted(target.iterdir())), "")
    ours = {MANIFEST, *manifest["outputs"]}
    folders = {str(Path(name).parent) for name in ours}
    for entry in sorted(target.rglob("*")):
        name = str(entry.relative_to(target))
        if name not in (folders if entry.is_dir() and not entry.is_symlink() else ours):
            return name
    return ""


def _switch(stage: Stage) -> None:
    for folder in [*(path for path in stage.folder.rglob("*") if path.is_dir()), stage.folder]:
        _sync(folder)
    if stage.target.exists():
        refuse_foreign(stage.target)
        _exchange(stage.folder, stage.target)
    else:
        stage.folder.rename(stage.target)
    try:
        _sync(stage.target.parent)
    except OSError as error:
        what = f"is published, but may be lost in a power cut: {os.strerror(error.errno or 0)}"
        raise LateError(Problem(str(stage.target), what=what, hint="check the disk")) from None


def _exchange(new: Path, old: Path) -> None:
    """Swap two folders in one step; in two steps where the system has no such call."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        failed = libc.renameat2(_HERE, os.fsencode(new), _HERE, os.fsencode(old), _EXCHANGE)
    except AttributeError:
        failed, code = -1, errno.ENOSYS
    else:
        code = ctypes.get_errno()
    if not failed:
        return
    if code not in (errno.ENOSYS, errno.EINVAL):
        raise OSError(code, os.strerror(code))
    aside = _aside(new)
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise


def _aside(stage: Path) -> Path:
    return stage.with_name(f"{stage.name}-old")


def _clear(folder: Path, target: Path) -> None:
    """Remove the stage and the result it replaced, but never the only result there is."""
    leftovers = [folder, _aside(folder)] if target.exists() else [folder]
    for leftover in [*leftovers, *leftovers]:  # a second time for calls that failed once
        shutil.rmtree(leftover, ignore_errors=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
