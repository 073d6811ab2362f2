"""unread: what could not be read of the activity logs, counted, and listed while there is room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from leadscore.pipeline.export import LISTED, Export, SetAside
from leadscore.pipeline.prepare import Unreadable


@dataclass
class Unread:
    """Cells and damaged lines of all logs. The counts are exact however many there are."""

    reasons: Counter[str] = field(default_factory=Counter)
    """Reason -> cells."""
    cells: list[tuple[str, int, str, str]] = field(default_factory=list)
    """File, line, column, reason of the first LISTED unreadable cells."""
    damaged: int = 0
    """Lines set aside."""
    lines: list[tuple[str, SetAside]] = field(default_factory=list)
    """File and line of the first LISTED of them."""
    notes: list[str] = field(default_factory=list)
    """What is to be said of how the logs were read, with the file."""

    def add_cells(self, file: str, unreadable: Sequence[Unreadable], lines: npt.NDArray[np.int64]) -> None:
        """Those of a batch; ``lines``: the physical line of each of its events."""
        room = LISTED - len(self.cells)
        listed: list[tuple[str, int, str, str]] = []
        for cells in unreadable:
            self.reasons[cells.reason] += len(cells.rows)
            first = lines[cells.rows[:room]].tolist()
            listed += [(file, line, cells.column, cells.reason) for line in first]
        self.cells += sorted(listed)[:room]

    def add_lines(self, log: Export) -> None:
        """Those of a log that was read to its end."""
        self.damaged += log.damaged
        self.notes += [f"{log.path.name}: {note}" for note in log.notes]
        self.lines += [(log.path.name, aside) for aside in log.set_aside[: LISTED - len(self.lines)]]

    def merge(self, later: Unread) -> None:
        """Those of logs that come after these."""
        self.reasons += later.reasons
        self.cells += later.cells[: LISTED - len(self.cells)]
        self.damaged += later.damaged
        self.lines += later.lines[: LISTED - len(self.lines)]
        self.notes += later.notes

    def listed(self) -> Iterator[tuple[str, str, str, str, str]]:
        """File, line, column, reason and, for a damaged line, the line as it was."""
        for file, aside in self.lines:
            yield file, str(aside.line), "", aside.reason, aside.text.decode("utf-8", "surrogateescape")
        for file, line, column, reason in sorted(self.cells):
            yield file, str(line), column, reason, ""
