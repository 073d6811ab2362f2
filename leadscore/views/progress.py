"""progress: how far a long run is, on a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

PATIENCE = 2.0
"""Seconds before anything is shown: what is done by then needs no bar."""


@contextmanager
def open_progress() -> Iterator[Callable[[str, int, float], None]]:
    """What is to be told how far a run is: what it does, the rows of it so far, and the share (0 to 1).

    A line for each thing it does appears on stderr after two seconds, and goes when the block ends.
    """
    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    lines = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[rows]:>13,} rows"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        auto_refresh=False,
    )
    bar = _Bar(lines)
    try:
        yield bar.tell
    finally:
        lines.stop()


class _Bar:
    def __init__(self, lines: Progress) -> None:
        self.lines, self.tasks = lines, dict[str, TaskID]()
        self.begun = time.monotonic()

    def tell(self, doing: str, rows: int, share: float) -> None:
        if doing not in self.tasks:
            self.tasks[doing] = self.lines.add_task(doing, total=1.0, rows=0)
        self.lines.update(self.tasks[doing], completed=min(share, 1.0), rows=rows)
        if time.monotonic() - self.begun >= PATIENCE:
            self.lines.start()
            self.lines.refresh()
