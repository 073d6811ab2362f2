"""part_files: the files that one task writes, each begun with what comes first into it, whole at the end."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import ExitStack
from typing import Any

from leadscore.errors import LeadscoreError
from leadscore.pipeline.parts import create_part


class PartFiles:
    """Part files of one partition: ``ranked.csv/part-00003.csv``."""

    def __init__(self, folder: str, mode: int, partition: int, without: Collection[str] = ()) -> None:
        """``without``: outputs that are not written."""
        self._folder, self._mode, self._partition, self._without = folder, mode, partition, without
        self._stack = ExitStack()
        self._open: dict[str, tuple[Any, Any]] = {}
        self._rows: dict[str, int] = {}

    def write(self, output: str, start: Callable[[Any], Any], block: Any, put: str = "write") -> None:
        """Append a block to the part of an output; ``start`` begins a file with its header."""
        if output in self._without:
            return
        suffix = output.rpartition(".")[2]
        name = f"{output}/part-{self._partition:05d}.{suffix}"
        if name not in self._open:
            file: Any = self._stack.enter_context(create_part(self._folder, name, self._mode))
            self._open[name], self._rows[name] = (file, start(file)), 0
        getattr(self._open[name][1], put)(block)
        self._rows[name] += len(block)

    def close(self) -> dict[str, dict[str, Any]]:
        """Finish the files; gives rows, bytes and sha256 of each by its name."""
        for _, writer in self._open.values():
            writer.close()
        self._stack.close()
        return {
            name: {"rows": self._rows[name], "bytes": file.size, "sha256": file.digest.hexdigest()}
            for name, (file, _) in self._open.items()
        }

    def drop(self, error: BaseException) -> LeadscoreError | None:
        """Leave nothing behind: the files are not whole.

        Gives what the driver is to be told where the disk or the store refused: it would refuse another try.
        """
        try:
            self._stack.__exit__(type(error), error, error.__traceback__)
        except LeadscoreError as told:
            return told
        return error if isinstance(error, LeadscoreError) else None
