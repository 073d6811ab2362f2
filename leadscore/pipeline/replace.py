"""replace: one file beside the runs, new or in the place of the one before; never half of it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from leadscore.errors import Problem, PublishError
from leadscore.pipeline.staged import open_staged
from leadscore.pipeline.switch import name_beside, sync
from leadscore.pipeline.target import told_as


def replace_file(path: Path, content: bytes) -> None:
    """Write a file that nobody else may read; the old one stands until the new one is whole.

    Raises PublishError where it cannot be written, or what is there is no file.
    """
    with told_as(PublishError, path, "cannot be written", "check the folder, and who may write there"):
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise PublishError(Problem(str(path), what="is no file", hint="name another one after -o"))
        stage = name_beside(path)
        try:
            with open_staged(stage) as file:
                file.write(content)
            stage.replace(path)
            sync(path.parent)
        finally:
            with suppress(FileNotFoundError):
                stage.unlink()
