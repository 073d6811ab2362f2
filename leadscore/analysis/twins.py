"""twins: the ids of an export -> those that stand twice, and those that only look different."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadscore.analysis.cells_seen import hash_texts
from leadscore.pipeline.column import bare_ids
from leadscore.pipeline.export import Export
from leadscore.pipeline.ids import are_sound
from leadscore.text import ascii_digits, fold_letters, trim

LISTED = 100
"""Groups of ids, and lines, that are listed; beyond it they are only counted."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# What may differ between two spellings of one id -> how to leave it out of account.
DIFFERENCES: dict[str, Callable[[str], str]] = {
    "invisible characters": lambda text: "".join(c for c in text if unicodedata.category(c) != "Cf"),
    "full-width letters": lambda text: text.translate(_FULL_WIDTH),
    "Unicode form": lambda text: unicodedata.normalize("NFC", text),
    "Arabic and Persian letters": lambda text: re.sub(
        "[\u0640-\u064a]+", lambda found: fold_letters(found[0]), text
    ),
    "digits of another script": ascii_digits,
    "space": lambda text: "".join(text.split()),
    "case": str.casefold,
    "leading zeros": lambda text: text.lstrip("0") or "0" if text.isascii() and text.isdigit() else text,
}


def loosen(text: str, without: str = "") -> str:
    """The id with every difference left out of account but for the one named."""
    for name, leave_out in DIFFERENCES.items():
        if name != without:
            text = leave_out(text)
    return text


@dataclass(frozen=True)
class Group:
    """Lines whose ids are the same, or nearly."""

    lines: tuple[int, ...]
    differences: tuple[str, ...] = ()
    """In what they differ: names of DIFFERENCES."""


@dataclass(frozen=True)
class Ids:
    """What is to be known of a column before it is used as id."""

    column: str
    because: str
    """Why this column was looked at."""
    empty: int
    damaged: int
    """Ids that a spreadsheet turned into 1.23E+11."""
    twice: int
    """Ids that stand more than once."""
    near: int
    """Ids of which there is another spelling."""
    near_groups: int
    empty_lines: tuple[int, ...]
    damaged_lines: tuple[int, ...]
    duplicates: tuple[Group, ...]
    near_duplicates: tuple[Group, ...]
    """The first line of each spelling."""


class IdsSeen:
    """The ids of the batches read so far, by 24 bytes a lead."""

    def __init__(self, column: str, because: str) -> None:
        self.column, self.because = column, because
        self._parts: list[pd.DataFrame] = []

    def add(self, ids: pd.Series, lines: npt.NDArray[np.int64]) -> None:
        """A batch of ids and the physical line of each."""
        ids = _bare(ids)
        empty = np.array([not trim(text) for text in ids.fillna("").tolist()], dtype=bool)
        loose = pd.Series([_loosen_plain(text) for text in ids.fillna("").tolist()], dtype=ids.dtype)
        part = {"line": lines, "exact": hash_texts(ids), "loose": hash_texts(loose), "empty": empty}
        self._parts.append(pd.DataFrame({**part, "damaged": ~are_sound(ids) & ~empty}))

    def report(self, export: Export) -> Ids:
        """What was found; the export is read once more for the spellings of near-duplicates."""
        seen = pd.concat(self._parts, ignore_index=True)
        usable = seen[~seen["empty"] & ~seen["damaged"]]
        again = usable[usable["exact"].duplicated(keep=False)]
        spellings = usable[~usable["exact"].duplicated()]
        near = spellings[spellings["loose"].duplicated(keep=False)]
        empty, damaged = (seen.loc[seen[name], "line"] for name in ("empty", "damaged"))
        return Ids(
            self.column, self.because, len(empty), len(damaged),
            again["exact"].nunique(), len(near), near["loose"].nunique(),
            tuple(empty.head(LISTED).tolist()), tuple(damaged.head(LISTED).tolist()),
            tuple(Group(lines) for lines in _groups(again, "exact")),
            _with_differences(_groups(near, "loose"), export, self.column),
        )  # fmt: skip


def _bare(ids: pd.Series) -> pd.Series:
    """The ids as a run compares them."""
    return bare_ids(ids.to_frame("id"), "id")["id"]


def _loosen_plain(text: str) -> str:
    """``loosen``, quicker where all letters are ASCII."""
    if not text.isascii():
        return loosen(text)
    text = "".join(text.split()).lower()
    return text.lstrip("0") or "0" if text.isdigit() else text


def _groups(rows: pd.DataFrame, by: str) -> list[tuple[int, ...]]:
    lines = rows["line"].groupby(rows[by], sort=False).agg(list).head(LISTED)
    return [tuple(group) for group in lines.tolist()]


def _with_differences(groups: list[tuple[int, ...]], export: Export, column: str) -> tuple[Group, ...]:
    texts = _texts_at({line for group in groups for line in group}, export, column) if groups else {}
    return tuple(Group(group, _differences([texts[line] for line in group])) for group in groups)


def _texts_at(lines: set[int], export: Export, column: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for batch in export.batches([column]):
        places = np.flatnonzero(np.isin(batch.lines, sorted(lines)))
        ids = _bare(batch.leads[column]).iloc[places].tolist()
        found |= dict(zip(batch.lines[places].tolist(), ids, strict=True))
    return found


def _differences(texts: Iterable[str]) -> tuple[str, ...]:
    """What, if it alone were not left out of account, would tell the texts apart."""
    return tuple(name for name in DIFFERENCES if len({loosen(text, name) for text in texts}) > 1)
