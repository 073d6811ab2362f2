"""ids: which leads have an id that can be trusted, and whose is whose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadscore.errors import InputError, Problem
from leadscore.model.check import FILE
from leadscore.model.schema import Model
from leadscore.pipeline.export import Export, SetAside
from leadscore.pipeline.files import files_of
from leadscore.pipeline.read import CsvExport
from leadscore.pipeline.several import Exports
from leadscore.points import Flags

if TYPE_CHECKING:
    from leadscore.pipeline.collect import Collected

# What a spreadsheet makes of a long id when a CSV file is opened and saved in it.
_DAMAGED_ID = r"[0-9]([.,][0-9]+)?[eE]\+[0-9]+"
_SHOWN = 20


def _are_damaged(ids: pd.Series) -> Flags:
    return ids.str.fullmatch(_DAMAGED_ID).fillna(False).to_numpy(dtype=bool)


def are_sound(ids: pd.Series) -> Flags:
    """Which ids are there and are not damaged."""
    return ids.notna().to_numpy() & ~_are_damaged(ids)


def set_aside_without_id(collected: Collected, export: Export, model: Model) -> npt.NDArray[np.bool_]:
    """Which leads have an id that can be trusted; the lines of the others join those set aside."""
    ids = collected.leads["id"]
    blank = ids.isna().to_numpy()
    damaged = _are_damaged(ids)
    for rows, reason in (
        (blank, f"{model.id} is empty"),
        (damaged, f"{model.id} was damaged by a spreadsheet (1.23E+11)"),
    ):
        _set_aside(collected, export, np.flatnonzero(rows), reason)
    return ~(blank | damaged)


def _set_aside(collected: Collected, export: Export, places: npt.NDArray[np.int64], reason: str) -> None:
    texts = _texts(export, places)
    collected.set_aside += [
        SetAside(line, reason, text, file)
        for (file, line), text in zip(_find(collected.leads.iloc[places]), texts, strict=True)
    ]
    files = list(files_of(export))
    collected.set_aside.sort(key=lambda aside: (files.index(aside.file), aside.line))


def choose_copies(
    collected: Collected, trusted: Flags, export: Export, paths: Mapping[str, str], model: Model
) -> Flags:
    """The trusted leads with one for each id: as the config says, else every id that stands twice is refused.

    The other copies join the lines set aside. Raises InputError.
    """
    keep = model.checks.on_duplicate
    if keep == "refuse":
        refuse_duplicates(collected.leads[trusted], paths, model)
        return trusted
    places = np.flatnonzero(trusted)
    copies = places[collected.leads["id"].iloc[places].duplicated(keep=keep).to_numpy()]
    _set_aside(collected, export, copies, f"a copy: the {keep} line with this {model.id} counts")
    collected.copies = len(copies)
    chosen = trusted.copy()
    chosen[copies] = False
    return chosen


def _find(leads: pd.DataFrame) -> Iterator[tuple[str, int]]:
    """The file ('' where there is but one) and line of each lead."""
    files = leads[FILE].tolist() if FILE in leads else [""] * len(leads)
    return zip(files, leads["line"].tolist(), strict=True)


def _texts(export: Export, places: npt.NDArray[np.int64]) -> Sequence[bytes]:
    if isinstance(export, Exports):  # places go up, and so do the files
        return [text for file, own, _ in export.divide(places) for text in _texts(file, own)]
    if not isinstance(export, CsvExport) or not len(places):
        return [b""] * len(places)
    end = export.dialect.line_end.encode()
    return [line.removesuffix(end) for line in export.take_lines(places).to_pylist()]


def refuse_duplicates(leads: pd.DataFrame, paths: Mapping[str, str], model: Model) -> None:
    """Raise InputError naming the lines of every id that stands more than once. ``paths``: of each file."""
    twice = leads["id"].duplicated(keep=False)
    if not twice.any():
        return
    leads = leads[twice]
    each = pd.Series(range(len(leads))).groupby(leads["id"].array, sort=False).agg(list)
    problems = []
    for rows in each.head(_SHOWN):
        (file, line), *again = ((paths[file], line) for file, line in _find(leads.iloc[rows]))
        what = f"the same id stands again in {_places(again)}"
        hint = "remove the copies, set checks.on_duplicate to first or last, or name another column under id"
        problems.append(Problem(file, line, key=model.id, what=what, hint=hint))
    if len(each) > _SHOWN:
        file = problems[0].file if len(paths) == 1 else ""
        problems.append(Problem(file, what=f"and {len(each) - _SHOWN:,} more ids that stand more than once"))
    raise InputError(problems)


def _places(places: Sequence[tuple[str, int]]) -> str:
    shown = ", ".join(f"{file}:{line}" for file, line in places[:5])
    return f"{shown} and {len(places) - 5} more" if len(places) > 5 else shown
