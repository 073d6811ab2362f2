"""reason: contributions -> the few that moved a lead most, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.pipeline.coded import TEXT, encode, to_texts
from leadscore.pipeline.combine import Contributions
from leadscore.points import Rows, format_points

_ABOUT_LEAD = ("rule", "decay", "account")
COLUMN = "reasons"
_PLACE = " reason "
"""Before a number from 1 up: the column of the largest reason, of the next. No name begins with a space."""


def name_reasons(contributions: Contributions, most: int) -> dict[str, pa.DictionaryArray]:
    """A column for the largest line of each lead, 'seniority +20', for the next, '; industry +10', and so on.

    Of equal ones the config's order decides; a line that gave nothing is ''. Reasons are about the lead: its
    rules and what age took from them. Caps and floors are about the config; `explain` shows them. They are
    kept apart until they are written: a few thousand texts, and together nearly as many as leads.
    """
    names = [line.name for line in contributions.lines]
    points = contributions.points
    leads = np.arange(points.shape[1])
    # A line and its points as one number; 0 for none. Distinct ones are few, and looked for but once.
    keys = np.zeros((most, len(leads)), dtype=np.int64)
    for key, places in zip(keys, _find_largest(contributions, most), strict=False):
        given = points[places, leads]
        key[:] = np.where(given == 0, 0, given * len(names) + places)
    codes, distinct = pd.factorize(keys.ravel())
    texts = [_text(names[key % len(names)], key // len(names)) if key else "" for key in distinct.tolist()]
    later = [text and f"; {text}" for text in texts]
    return {
        f"{_PLACE}{slot + 1}": encode(later if slot else texts, own)
        for slot, own in enumerate(codes.reshape(keys.shape))
    }


def _find_largest(contributions: Contributions, most: int) -> Iterator[Rows]:
    """The line that gives or takes most, of each lead; then the next one, as many as asked for."""
    about_lead = [place for place, line in enumerate(contributions.lines) if line.kind in _ABOUT_LEAD]
    points, last = contributions.points, len(contributions.lines) - 1
    bits = last.bit_length()
    largest = [np.full(points.shape[1], -1, dtype=np.int64) for _ in range(min(most, len(about_lead)))]
    for place in about_lead:
        # Size and line in one number: of equal sizes the first line's is the largest.
        size = (np.abs(points[place]) << bits) + (last - place)
        for slot, kept in enumerate(largest):  # the smaller one of the two moves down
            largest[slot], size = np.maximum(kept, size), np.minimum(kept, size)
    for kept in largest:
        yield last - (kept & ((1 << bits) - 1))


@lru_cache(maxsize=1 << 16)  # leads come in batches, and most batches have the same few thousand texts
def _text(name: str, points: int) -> str:
    return f"{name} {format_points(points, signed=True)}"


def hold_columns(leads: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """What ``show_columns`` needs of the leads for these columns."""
    return leads[[*(name for name in columns if name != COLUMN), *_places(leads)]]


def show_columns(leads: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The columns of leads, their reasons in words: 'demo asked for +30; seniority +20'."""
    return pd.DataFrame(
        {name: _join_reasons(leads) if name == COLUMN else leads[name] for name in columns},
        index=leads.index,
        copy=False,
    )


def show_all(leads: pd.DataFrame) -> pd.DataFrame:
    """All columns, the reasons in words in the place of those they are kept in."""
    columns = [name for name in leads.columns if name not in _places(leads)]
    columns.insert(columns.index("coverage"), COLUMN)
    return show_columns(leads, columns)


def _places(leads: pd.DataFrame) -> list[str]:
    return [name for name in leads.columns if name.startswith(_PLACE)]


def _join_reasons(leads: pd.DataFrame) -> pd.Series:
    each = [to_texts(leads[name]) for name in _places(leads)]
    nothing = pa.scalar("", pa.large_string())
    joined = pc.binary_join_element_wise(pa.array([""] * len(leads), pa.large_string()), *each, nothing)
    return pd.Series(pd.array(joined, dtype=TEXT), index=leads.index)
