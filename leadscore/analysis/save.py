"""save: one new file, whole or not at all; nothing that is there is ever replaced."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from leadscore.errors import Problem, PublishError
from leadscore.pipeline.publish import digest_of
from leadscore.pipeline.staged import open_staged
from leadscore.pipeline.switch import name_beside, sync
from leadscore.pipeline.target import told_as


def refuse_place(out: Path, config: Path) -> None:
    """Raise PublishError where the config itself would be written to, or into a folder that is not there."""
    if not out.parent.is_dir():
        what, hint = "cannot be written: there is no such folder", "make it first, or name another"
        raise PublishError(Problem(str(out), what=what, hint=hint))
    if out.exists() and config.exists() and out.samefile(config):
        what, hint = "is the config itself, which stays as it is", "name another file after -o"
        raise PublishError(Problem(str(out), what=what, hint=hint))


def mode_of(path: Path) -> int:
    """Who may read a file, and write to it, so that the same people may read another one."""
    return path.stat().st_mode & 0o666


def write_new(path: Path, content: bytes, mode: int) -> bool:
    """Write a file that is not there yet; False where it is there already, with the same bytes.

    Raises PublishError where it has others, or the disk refuses.
    """
    with told_as(PublishError, path, "cannot be written", "check the folder, and who may write there"):
        stage = name_beside(path)
        try:
            with open_staged(stage, mode) as file:
                file.write(content)
            os.link(stage, path)  # unlike a rename, this never takes the place of another file
            sync(path.parent)
            return True
        except FileExistsError:
            if not path.is_file() or digest_of(path) != hashlib.sha256(content).hexdigest():
                what, hint = (
                    "is there already, and is never written over",
                    "name another file, or move it away",
                )
                raise PublishError(Problem(str(path), what=what, hint=hint)) from None
            return False
        finally:
            with suppress(FileNotFoundError):
                stage.unlink()
