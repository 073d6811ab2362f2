"""ids: which leads have an id that can be trusted, and whose is whose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadscore.errors import InputError, Problem
from leadscore.model.schema import Model
from leadscore.pipeline.export import Export, SetAside
from leadscore.pipeline.read import CsvExport
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
        places = np.flatnonzero(rows)
        texts = _texts(export, places)
        numbers = collected.leads["line"].to_numpy()[places].tolist()
        collected.set_aside += [
            SetAside(line, reason, text) for line, text in zip(numbers, texts, strict=True)
        ]
    collected.set_aside.sort(key=lambda aside: aside.line)
    return ~(blank | damaged)


def _texts(export: Export, places: npt.NDArray[np.int64]) -> Sequence[bytes]:
    if not isinstance(export, CsvExport) or not len(places):
        return [b""] * len(places)
    end = export.dialect.line_end.encode()
    return [line.removesuffix(end) for line in export.take_lines(places).to_pylist()]


def refuse_duplicates(leads: pd.DataFrame, file: str, model: Model) -> None:
    """Raise InputError naming the lines of every id that stands more than once."""
    twice = leads["id"].duplicated(keep=False)
    if not twice.any():
        return
    lines = leads.loc[twice, "line"].groupby(leads.loc[twice, "id"], sort=False).agg(list)
    problems = [
        Problem(
            file,
            found[0],
            key=model.id,
            what=f"the same id stands again in {_places(file, found[1:])}",
            hint="every lead needs an id of its own: remove the copies, or name another column under id",
        )
        for found in lines.head(_SHOWN)
    ]
    if len(lines) > _SHOWN:
        problems.append(Problem(file, what=f"and {len(lines) - _SHOWN:,} more ids that stand more than once"))
    raise InputError(problems)


def _places(file: str, lines: Sequence[int]) -> str:
    shown = ", ".join(f"{file}:{line}" for line in lines[:5])
    return f"{shown} and {len(lines) - 5} more" if len(lines) > 5 else shown
