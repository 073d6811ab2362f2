"""data: the files the benchmarks read, made once and used again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent


def export_of(count: int, suffix: str, quoting: str, folder: Path) -> Path:
    """A made-up export of so many leads."""
    mark = "_needed" if quoting == "needed" and suffix == ".csv" else ""
    path = folder / f"leads_{count}{mark}{suffix}"
    return _made(path, "make_export.py", str(count), "--quoting", quoting)


def log_of(count: int, leads: int, folder: Path) -> Path:
    """A made-up activity log of so many events."""
    return _made(folder / f"events_{count}_of_{leads}.csv", "make_events.py", str(count), str(leads))


def export_parts(count: int, parts: int, suffix: str, folder: Path) -> list[Path]:
    """The same number of leads in so many files, each with leads of its own."""
    own = _folder(folder / f"leads_{count}_in_{parts}{suffix}")
    return [
        _made(own / f"part-{part:05d}{suffix}", "make_export.py", str(size), "--first", str(first))
        for part, (first, size) in enumerate(_shares(count, parts))
    ]


def log_parts(count: int, leads: int, parts: int, suffix: str, folder: Path) -> list[Path]:
    """The same number of events in so many logs, each of all leads."""
    own = _folder(folder / f"events_{count}_of_{leads}_in_{parts}{suffix}")
    return [
        _made(own / f"part-{part:05d}{suffix}", "make_events.py", str(size), str(leads), str(part))
        for part, (_, size) in enumerate(_shares(count, parts))
    ]


def _shares(count: int, parts: int) -> Iterator[tuple[int, int]]:
    """Where each part begins, and how many are in it."""
    for part in range(parts):
        first = count * part // parts
        yield first, count * (part + 1) // parts - first


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def _made(path: Path, program: str, *arguments: str) -> Path:
    """The file; a process of its own makes it, so that this one stays small."""
    if not path.exists():
        begun = path.with_name(f"begun_{path.name}")
        subprocess.run(
            [sys.executable, str(HERE / program), *arguments[:1], str(begun), *arguments[1:]], check=True
        )
        begun.replace(path)  # an interrupted one is never used
    return path
