"""data: the files the benchmarks read, made once and used again."""

from __future__ import annotations

import subprocess
import sys
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


def _made(path: Path, program: str, *arguments: str) -> Path:
    """The file; a process of its own makes it, so that this one stays small."""
    if not path.exists():
        begun = path.with_name(f"begun_{path.name}")
        subprocess.run(
            [sys.executable, str(HERE / program), *arguments[:1], str(begun), *arguments[1:]], check=True
        )
        begun.replace(path)  # an interrupted one is never used
    return path
