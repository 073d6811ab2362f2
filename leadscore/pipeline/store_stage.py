"""store_stage: a result in a store: each run in a folder of its own, one manifest that names the newest."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from leadscore.errors import LateError, LeadscoreError, LockedError, Problem, PublishError
from leadscore.pipeline.parts import create_part
from leadscore.pipeline.publish import Stage, nothing
from leadscore.pipeline.staged import PRIVATE, StagedFile
from leadscore.pipeline.store import file_system, list_objects, read_small, told_by_store
from leadscore.pipeline.store_path import address_of
from leadscore.pipeline.target import MANIFEST, read_manifest

RUN = re.compile("run-[0-9a-f]{8}")
STARTED = "_STARTED"
"""What is in the folder of a run that is not published yet."""
DEAD_AFTER = timedelta(days=7)
"""No run takes so long: what one left that did not end may go."""


@dataclass
class StoreStage(Stage):
    """The files of a run in a store before its manifest names them. ``mode`` means nothing there."""

    earlier: bytes | None = None
    """The manifest that stands while this run is made."""
    manifest: bytes = b""
    """That of this run, once it is made."""
    unsure: bool = False
    """The store did not say whether it took the manifest."""

    @contextmanager
    def create(self, name: str) -> Iterator[StagedFile]:
        """A new file, in the store when the block ends."""
        with create_part(self.folder, name) as file:
            yield file
        self.files[name] = file.facts

    def create_json(self, name: str, content: dict[str, Any]) -> None:
        """A JSON file; the manifest is kept until everything else is there.

        Its ``folder`` is that of this run, ``before`` that of the run before, which readers may still be in.
        """
        if name != MANIFEST:
            super().create_json(name, content)
            return
        about = {**content, "folder": self.folder.name, "before": self.before}
        text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
        self.manifest = text.encode("utf-8", "backslashreplace")

    @property
    def before(self) -> str:
        """The folder of the run that is published until now; '' where there is none."""
        return _folder_in(self.earlier, "folder")

    def prove(self) -> None:
        """Each file is in the store with its size; that its bytes are the same was seen when they were sent.

        Removes what no task told of. Raises PublishError for a file that is not there.
        """
        with told_by_store(PublishError, self.target, "cannot be published"):
            there = {name: info for name, info in list_objects(self.folder).items() if info.is_file}
            for name, written in self.files.items():
                if name not in there or there[name].size != written["bytes"]:
                    raise self.not_as_written(name, "in the store")
            for name in there.keys() - self.files.keys() - {STARTED}:
                _delete(self.folder / name)


@contextmanager
def open_store_stage(
    target: Path, mode: int = PRIVATE, settle: Callable[[], None] = nothing
) -> Iterator[StoreStage]:
    """A stage for an address. It is published if the block ends well, and removed if not.

    ``settle`` is called as by ``open_stage``. Raises PublishError (exit 6) where the address is not ours to
    publish at or the store refuses, LockedError where another run was published meanwhile, LateError where
    the result is published and what it replaces could not be removed.
    """
    target = address_of(target)
    earlier = refuse_foreign_objects(target)
    stage = StoreStage(target / f"run-{secrets.token_hex(4)}", target, mode, earlier=earlier)
    try:
        with create_part(stage.folder, STARTED):
            pass  # that nothing can be written is known before the leads are scored
        yield stage
        stage.prove()
        settle()
        _switch(stage)
    except BaseException:
        settle()
        if not stage.unsure:
            with suppress(LeadscoreError), told_by_store(PublishError, target, "cannot be removed"):
                _delete(stage.folder)
        raise
    with told_by_store(LateError, target, "is published, but what it replaces could not be removed"):
        _clear(stage)


def refuse_foreign_objects(target: Path) -> bytes | None:
    """The manifest that is there, if any. Raises PublishError where anything is that is not leadscore's."""
    manifest = read_small(target / MANIFEST)
    with told_by_store(PublishError, target, "cannot be published"):
        names = list(list_objects(target, deep=False))
        system, key = file_system(target)
        if system.get_file_info(key).is_file:
            raise PublishError(Problem(str(target), what="is not a folder", hint="choose another -o"))
    ours = manifest is not None and read_manifest(manifest) is not None
    strange = [name for name in names if not RUN.fullmatch(name) and not (ours and name == MANIFEST)]
    if strange:
        what = f"holds {strange[0]!r}, which leadscore did not write"
        raise PublishError(Problem(str(target), what=what, hint="move it away, or choose another -o"))
    return manifest


def _switch(stage: StoreStage) -> None:
    assert stage.manifest, "a run without a manifest is no result"
    if read_small(stage.target / MANIFEST) != stage.earlier:
        what, hint = "another run was published here meanwhile", "run it again, one at a time"
        raise LockedError(Problem(str(stage.target), what=what, hint=hint))
    try:
        with create_part(stage.target, MANIFEST) as file:
            file.write(stage.manifest)
    except PublishError:
        stage.unsure = True
        published = read_small(stage.target / MANIFEST)
        stage.unsure = False
        if published != stage.manifest:
            raise


def _clear(stage: StoreStage) -> None:
    """Remove the run before the one before, and what runs left that were killed long ago."""
    _delete(stage.folder / STARTED)
    kept = {stage.folder.name, stage.before}
    replaced = _folder_in(stage.earlier, "before")
    for name in list_objects(stage.target, deep=False):
        if name not in kept and RUN.fullmatch(name) and (name == replaced or _is_dead(stage.target / name)):
            _delete(stage.target / name)


def _is_dead(folder: Path) -> bool:
    """Whether a run began here, was not published, and nothing came for long."""
    there = list_objects(folder)
    times = [info.mtime for info in there.values() if info.is_file and info.mtime]
    return STARTED in there and max(times) < datetime.now(UTC) - DEAD_AFTER


def _delete(path: Path) -> None:
    """Remove an object or a folder; nothing is left to remove where nothing is."""
    from pyarrow import fs

    system, key = file_system(path)
    found = system.get_file_info(key)
    if found.type == fs.FileType.Directory:
        system.delete_dir(key)
    elif found.is_file:
        system.delete_file(key)


def _folder_in(manifest: bytes | None, key: str) -> str:
    """A run's folder that a manifest names; '' for anything else that stands there."""
    name = (read_manifest(manifest) or {}).get(key) if manifest else None
    return name if isinstance(name, str) and RUN.fullmatch(name) else ""
