"""files: the exports a run is given -> one input, and the model as it reads each of its files."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from leadscore.errors import InputError, Problem, UsageError, shown
from leadscore.model.schema import Model
from leadscore.pipeline.cache import NO_CACHE, Cache
from leadscore.pipeline.export import Batch, Export
from leadscore.pipeline.fit import Fit, fit_model
from leadscore.pipeline.inputs import open_wanted
from leadscore.pipeline.read import CsvExport, ParquetExport
from leadscore.pipeline.several import Exports

Source = CsvExport | ParquetExport | Exports
_SHOWN = 3
_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


def open_exports(paths: Sequence[Path], model: Model, cache: Cache = NO_CACHE) -> Any:
    """The export, or several as one input.

    Raises UsageError for a file that is given twice, InputError with the problems of all files.
    """
    refuse_twice(paths)
    opened = _each(paths, lambda path: open_wanted(path, model, cache))
    return Exports(opened) if len(opened) > 1 else opened[0]


def files_of(export: Export) -> Mapping[str, Export]:
    """Each file under its name; one alone under the empty name, which is what its batches say as well."""
    return export.files if isinstance(export, Exports) else {"": export}


def paths_of(export: Export) -> dict[str, str]:
    """The path of each file, as it was given."""
    return {name: shown(str(file.path)) for name, file in files_of(export).items()}


def title_of(export: Export) -> str:
    """The files as a message names them that is about all of them."""
    paths = list(paths_of(export).values())
    more = f" and {len(paths) - _SHOWN:,} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more


def read_files(export: Export, columns: Mapping[str, Sequence[str]]) -> Iterator[Batch]:
    """The leads of all files with the columns that are asked of each; text that repeats may be a category."""
    if isinstance(export, CsvExport | ParquetExport):
        return export.batches(columns[""], coded=True)
    return export.read(columns) if isinstance(export, Exports) else export.batches(columns[""])


def fit_files(export: Export, model: Model) -> dict[str, Fit]:
    """The model as it reads each file.

    A field that some file has is unknown for the leads of a file without it; the id is in every file.
    Raises InputError as ``fit_model`` does, with the problems of all files.
    """
    files = files_of(export)
    if len(files) == 1:
        return {name: _fit(model, file) for name, file in files.items()}
    lenient = _without_need(model, model.fields)
    fits = dict(zip(files, _each(files.values(), lambda file: _fit(lenient, file)), strict=True))
    found = {name for fit in fits.values() for name in fit.columns}
    _fit(_without_need(model, found), next(iter(files.values())))  # refuses what no file has
    return fits


def notes_of(export: Export, fits: Mapping[str, Fit]) -> list[str]:
    """What is to be said of the files, and of how they are read."""
    return [
        *export.notes,
        *(f"{name}: {note}" if name else note for name, fit in fits.items() for note in fit.notes),
    ]


def _fit(model: Model, file: Export) -> Fit:
    return fit_model(model, file.columns, str(file.path), file.repeated, file.dialect.header_line)


def _without_need(model: Model, names: Collection[str]) -> Model:
    """The model when a file may lack these fields."""
    fields = {
        name: field.model_copy(update={"optional": True}) if name in names else field
        for name, field in model.fields.items()
    }
    return model.model_copy(update={"fields": fields})


def refuse_twice(paths: Sequence[Path]) -> None:
    """Raise UsageError for a file that is given twice."""
    whole = [os.path.realpath(path) for path in paths]
    again = [path for place, path in enumerate(paths) if whole[place] in whole[:place]]
    if again:
        what, hint = "this file is given twice", "give each export once"
        raise UsageError([Problem(str(path), what=what, hint=hint) for path in again])


def _each(items: Iterable[_Item], make: Callable[[_Item], _Made]) -> list[_Made]:
    """What is made of each item; the problems of all of them are raised together."""
    made: list[_Made] = []
    problems: list[Problem] = []
    for item in items:
        try:
            made.append(make(item))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return made
