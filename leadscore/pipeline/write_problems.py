"""write_problems: what could not be read, as CSV files that name the line and what was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leadscore.model.check import FILE
from leadscore.pipeline.export import SetAside
from leadscore.pipeline.guard import guard_line
from leadscore.pipeline.publish import Stage


def write_set_aside(stage: Stage, lines: Iterable[SetAside], guard: bool, several: bool = False) -> None:
    """Lines that could not be read: of ``several`` files which one, number, what was wrong, the line."""
    rows = (
        (aside.file, str(aside.line), aside.reason, aside.text.decode("utf-8", "surrogateescape"))
        for aside in lines
    )
    _write_places(stage, "set_aside.csv", ("reason", "text"), rows, guard, several)


def write_unreadable(stage: Stage, cells: Iterable[tuple[str, int, str, str]], several: bool = False) -> None:
    """Cells that are not what the config says they are: line, column, reason; their value stays out."""
    rows = ((file, str(line), column, reason) for file, line, column, reason in cells)
    _write_places(stage, "unreadable.csv", ("column", "reason"), rows, True, several)


def _write_places(
    stage: Stage, name: str, about: Sequence[str], rows: Iterable[Sequence[str]], guard: bool, several: bool
) -> None:
    """Rows that begin with a file, left out where there is but one, and a line."""
    first = 0 if several else 1
    _write_rows(stage, name, (FILE, "line", *about)[first:], (row[first:] for row in rows), guard)


def write_log_problems(
    stage: Stage, problems: Iterable[Sequence[str]], guard: bool, name: str = "events_set_aside.csv"
) -> None:
    """What could not be read of the activity logs: damaged lines as they were, and cells without value."""
    header = ("file", "line", "column", "reason", "text")
    _write_rows(stage, name, header, problems, guard)


def _write_rows(
    stage: Stage, name: str, header: Sequence[str], rows: Iterable[Sequence[str]], guard: bool
) -> None:
    count = -1  # the header is none
    with stage.create(name) as file:
        for row in (header, *rows):
            count += 1
            line = ",".join(map(_quoted, row)).encode("utf-8", "surrogateescape") + b"\n"
            file.write(guard_line(line, ",")[0] if guard else line)
    stage.count(name, count)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\r\n') else cell
