"""publish: a stage folder beside the target -> one switch; the old result stands until the new is whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leadscore.errors import LateError, Problem, PublishError
from leadscore.pipeline.staged import PRIVATE, StagedFile, make_folders, open_staged
from leadscore.pipeline.store_path import url_of
from leadscore.pipeline.switch import clear_stage, exchange, name_beside, sync
from leadscore.pipeline.target import MANIFEST, last_manifest, refused, told_as

_READERS = 2


def nothing() -> None:
    """Nobody needs to know."""


@dataclass
class Stage:
    """The files of a run before anybody can see them."""

    folder: Path
    target: Path
    mode: int = PRIVATE
    """Of the files once they are published; folders can be entered by whoever may read the files."""
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Name in the output -> bytes, sha256 and, of a table, rows, for the manifest."""

    @contextmanager
    def create(self, name: str) -> Iterator[StagedFile]:
        """A new file, on disk when the block ends."""
        path = self.folder / name
        make_folders(path.parent, self.folder)
        with open_staged(path, self.mode) as staged:
            yield staged
        self.files[name] = staged.facts

    def adopt(self, name: str, facts: Mapping[str, Any]) -> None:
        """A file that a task made in the folder, with the rows, bytes and sha256 that it told of it."""
        self.files[name] = {key: facts[key] for key in ("rows", "bytes", "sha256") if key in facts}

    def count(self, name: str, rows: int) -> None:
        """So many rows are in a file that is there."""
        self.files[name] = {"rows": rows, **self.files[name]}

    def create_json(self, name: str, content: dict[str, Any]) -> None:
        """A JSON file, the same bytes for the same content."""
        with self.create(name) as file:
            text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
            file.write(text.encode("utf-8", "backslashreplace"))  # a file's name may be any bytes

    def prove(self) -> None:
        """Read every file once more, and remove what nobody told of, such as half a part of a dead task.

        Raises PublishError where the disk has not what was written.
        """
        self._remove_others()
        with ThreadPoolExecutor(_READERS, "prove") as readers:
            digests = list(readers.map(lambda name: _digest_or_none(self.folder / name), self.files))
        for (name, written), digest in zip(self.files.items(), digests, strict=True):
            if digest != written["sha256"]:
                raise self.not_as_written(name, "on the disk")

    def _remove_others(self) -> None:
        ours = {self.folder / name for name in self.files}
        folders = {folder for path in ours for folder in path.parents}
        for path in sorted(self.folder.rglob("*"), reverse=True):  # what is in a folder before the folder
            if path.is_dir() and path not in folders:
                path.rmdir()
            elif not path.is_dir() and path not in ours:
                path.unlink()

    def not_as_written(self, name: str, where: str) -> PublishError:
        """Why nothing is published."""
        what = f"cannot be published: {name} {where} is not what was written"
        hint = "check the disk; the old result, if any, is untouched"
        return PublishError(Problem(str(self.target), what=what, hint=hint))


@contextmanager
def open_stage(target: Path, mode: int = PRIVATE, settle: Callable[[], None] = nothing) -> Iterator[Stage]:
    """A stage for a target folder. It is published if the block ends well, and removed if not.

    ``settle`` is called when there is no way back: the switch comes now, or what is left is removed.
    Raises PublishError (exit 6) where the target is not ours to replace or the disk refuses.
    """
    stage = Stage(name_beside(target), target, mode)
    try:
        with refused(target):
            refuse_foreign(target)
            stage.folder.mkdir(0o700)
            yield stage
            stage.prove()
            _sync_folders(stage)
            settle()
            _switch(stage)
    finally:
        try:
            settle()
        finally:
            clear_stage(stage.folder, target)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest_or_none(path: Path) -> str:
    """Of a file that a task told of, and that is not there after all, nothing."""
    try:
        return digest_of(path)
    except FileNotFoundError:
        return ""


def refuse_foreign(target: Path) -> None:
    """Raise PublishError if publishing here would remove anything leadscore has not written."""
    if url_of(target):
        hint = "choose a folder, or score with --engine spark"
        raise PublishError(Problem(str(target), what="is in an object store", hint=hint))
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise PublishError(Problem(str(target), what="is not a folder", hint="choose another -o"))
    if not target.exists():
        return
    with refused(target):
        strange = find_strange(target)
    if strange:
        what = f"holds {strange!r}, which leadscore did not write"
        raise PublishError(Problem(str(target), what=what, hint="move it away, or choose another -o"))


def find_strange(target: Path) -> str:
    """The first entry that is not of our last result, or ''. A folder of others is not searched."""
    manifest = last_manifest(target)
    if manifest is None:
        return next((entry.name for entry in sorted(target.iterdir())), "")
    ours = {MANIFEST, *manifest["outputs"]}
    folders = {str(folder) for name in ours for folder in Path(name).parents}
    for entry in sorted(target.rglob("*")):
        name = str(entry.relative_to(target))
        if name not in (folders if entry.is_dir() and not entry.is_symlink() else ours):
            return name
    return ""


def _sync_folders(stage: Stage) -> None:
    for folder in [*(path for path in stage.folder.rglob("*") if path.is_dir()), stage.folder]:
        if stage.mode != PRIVATE:
            folder.chmod(stage.mode | (stage.mode & 0o444) >> 2)  # whoever may read may enter
        sync(folder)


def _switch(stage: Stage) -> None:
    if stage.target.exists():
        refuse_foreign(stage.target)
        exchange(stage.folder, stage.target)
    else:
        stage.folder.rename(stage.target)
    what = "is published, but may be lost in a power cut"
    with told_as(LateError, stage.target, what, "check the disk"):
        sync(stage.target.parent)
