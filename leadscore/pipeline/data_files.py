"""data_files: a folder of exports, on this machine or in a store -> the files in it."""

from __future__ import annotations

import os
from pathlib import Path

from leadscore.errors import InputError, Problem
from leadscore.pipeline.source import refused
from leadscore.pipeline.store import file_system, list_objects, told_by_store
from leadscore.pipeline.store_path import address_of, is_address

ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz", ".gz", ".parquet", ".xlsx")
"""Of names of files that leads or events are in; what they are in is seen from their content."""
_LOG = "_delta_log"


def list_files(path: Path) -> list[Path]:
    """The data files of a folder and the folders in it, by name; a file is itself, whatever its name.

    What begins with ``_`` or ``.``, such as ``_SUCCESS``, is none. An address comes back as ``address_of``
    makes it. Raises InputError where nothing is, and for a folder that holds what is no data: half of it
    would be a result too.
    """
    path = address_of(path)
    names = _names_in_store(path) if is_address(path) else _names_here(path)
    if names is None:
        return [path]
    data = [name for name in names if not any(part[0] in "_." for part in name.split("/"))]
    if not data:
        raise refused(path, "a folder without data files", hint="give a file, or a folder with files in it")
    problems = [_no_data(path / name) for name in data if not name.lower().endswith(ENDINGS)]
    if any(_LOG in name.split("/") for name in names):
        hint = "let the platform write its rows to a folder of their own"
        problems = [
            Problem(str(path), what="a Delta table, whose files hold deleted rows as well", hint=hint)
        ]
    if problems:
        raise InputError(problems)
    return [path / name for name in sorted(data)]


def _names_here(folder: Path) -> list[str] | None:
    """The files below a folder; None for what is no folder."""
    if not folder.is_dir():
        return None
    found = [Path(inside, name) for inside, _, names in os.walk(folder) for name in names]
    return [path.relative_to(folder).as_posix() for path in found]


def _names_in_store(path: Path) -> list[str] | None:
    with told_by_store(InputError, path, "cannot be read"):
        system, key = file_system(path)
        if system.get_file_info(key).is_file:
            return None
        found = list_objects(path)
    if not found:
        raise refused(path, "cannot be read: there is nothing of this name", hint="check the address")
    return [name for name, info in found.items() if info.is_file]


def _no_data(path: Path) -> Problem:
    hint = f"name a data file by one of {', '.join(ENDINGS)}, anything else _{path.name}"
    return Problem(str(path), what="no data file by its name", hint=hint)
