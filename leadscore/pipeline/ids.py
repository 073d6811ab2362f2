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
from leadscore.pipeline.coded import to_texts
from leadscore.pipeline.export import Export, SetAside
from leadscore.pipeline.files import files_of
from leadscore.pipeline.read import CsvExport
from leadscore.pipeline.several import Exports
from leadscore.pipeline.words import hash_texts
from leadscore.points import Flags

if TYPE_CHECKING:
    from leadscore.pipeline.collect import Collected

# What a spreadsheet makes of a long id when a CSV file is opened and saved in it.
_DAMAGED_ID = r"[0-9]([.,][0-9]+)?[eE]\+[0-9]+"
_BELOW = "under a second header, whose columns may be others"
SHOWN = 20
"""So many ids that stand twice are named."""
_NAMED = 3
SECOND_HEADER = "\0second header"
"""Stands for the id of a row that is a header, and of all that follow it in its file."""


def _are_damaged(ids: pd.Series) -> Flags:
    return ids.str.fullmatch(_DAMAGED_ID).fillna(False).to_numpy(dtype=bool)


def are_sound(ids: pd.Series) -> Flags:
    """Which ids are there and are not damaged."""
    below = (ids == SECOND_HEADER).to_numpy(dtype=bool, na_value=False)
    return ids.notna().to_numpy() & ~_are_damaged(ids) & ~below


def mark_second_headers(ids: pd.Series, header: str, below: bool) -> tuple[pd.Series, bool]:
    """The ids with a mark from the first row on that is a header once more, and whether there is one.

    The header as it is in the first line is known already; this is one of other columns or another order,
    under which the rows would be read wrongly. ``below``: whether it stood in an earlier batch.
    """
    again = (ids == header).to_numpy(dtype=bool, na_value=False)
    if not below and not again.any():
        return ids, False
    marked = ids.copy()
    marked.iloc[0 if below else int(again.argmax()) :] = SECOND_HEADER
    return marked, True


def set_aside_without_id(collected: Collected, export: Export, model: Model) -> npt.NDArray[np.bool_]:
    """Which leads have an id that can be trusted; the lines of the others join those set aside."""
    sound = np.ones(len(collected.leads), dtype=bool)
    for rows, reason in find_unsound(collected.leads["id"], model):
        _set_aside(collected, export, rows, reason)
        sound[rows] = False
    return sound


def find_unsound(ids: pd.Series, model: Model) -> Iterator[tuple[npt.NDArray[np.int64], str]]:
    """The leads whose id cannot be trusted, by the reason why; a missing id is one that is empty."""
    for unsound, reason in (
        (ids.isna().to_numpy(), f"{model.id} is empty"),
        (_are_damaged(ids), f"{model.id} was damaged by a spreadsheet (1.23E+11)"),
        ((ids == SECOND_HEADER).to_numpy(dtype=bool, na_value=False), _BELOW),
    ):
        yield np.flatnonzero(unsound), reason


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
    places = np.flatnonzero(trusted)
    ids = collected.leads["id"] if trusted.all() else collected.leads["id"].iloc[places]
    if _stand_once(ids):
        return trusted
    if keep == "refuse":
        refuse_duplicates(collected.leads.iloc[places], paths, model)
        return trusted
    copies = places[ids.duplicated(keep=keep).to_numpy()]
    _set_aside(collected, export, copies, f"a copy: the {keep} line with this {model.id} counts")
    collected.copies = len(copies)
    chosen = trusted.copy()
    chosen[copies] = False
    return chosen


def _stand_once(ids: pd.Series) -> bool:
    """Whether no id stands twice. Every run asks; to find out which do takes far longer."""
    hashes = np.sort(hash_texts(to_texts(ids)))
    # Different numbers are those of different ids; the same number may be chance, so then the ids decide.
    return bool((hashes[1:] != hashes[:-1]).all()) or not ids.duplicated().any()


def first_set_aside(collected: Collected, paths: Mapping[str, str]) -> list[Problem]:
    """The first lines that were set aside, for a message."""
    lines = collected.set_aside[:_NAMED]
    return [Problem(paths[aside.file], aside.line, what=f"set aside: {aside.reason}") for aside in lines]


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
    return [line.removesuffix(end) for line in export.take_lines(places)[0].to_pylist()]


def refuse_duplicates(leads: pd.DataFrame, paths: Mapping[str, str], model: Model) -> None:
    """Raise InputError naming the lines of every id that stands more than once. ``paths``: of each file."""
    twice = leads["id"].duplicated(keep=False)
    if twice.any():
        leads = leads[twice]
        times = leads["id"].value_counts()
        refuse_known_duplicates(leads, times, len(times), paths, model)


def refuse_known_duplicates(
    leads: pd.DataFrame,
    times: Mapping[str, int] | pd.Series,
    ids: int,
    paths: Mapping[str, str],
    model: Model,
) -> None:
    """Raise InputError for leads whose id stands ``times``; ``ids``: how many such ids there are in all."""
    each = pd.Series(range(len(leads))).groupby(leads["id"].array, sort=False).agg(list)
    problems = []
    for name, rows in each.head(SHOWN).items():
        (file, line), *again = ((paths[file], line) for file, line in _find(leads.iloc[rows]))
        what = f"the same id stands again in {_places(again, int(times[str(name)]) - 1)}"
        hint = "remove the copies, set checks.on_duplicate to first or last, or name another column under id"
        problems.append(Problem(file, line, key=model.id, what=what, hint=hint))
    if ids > SHOWN:
        file = problems[0].file if len(paths) == 1 else ""
        problems.append(Problem(file, what=f"and {ids - SHOWN:,} more ids that stand more than once"))
    raise InputError(problems)


def _places(places: Sequence[tuple[str, int]], count: int) -> str:
    shown = ", ".join(f"{file}:{line}" for file, line in places[:5])
    return f"{shown} and {count - 5} more" if count > 5 else shown
