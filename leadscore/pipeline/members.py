"""members: cells that hold several values -> the values of each."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.fields import Field, Members
from leadscore.points import Flags
from leadscore.text import AROUND

# Between commas: a text in quotes, with "" or \" for a quote in it, or one without, with \, for a comma.
_ITEM = re.compile(r'\s*+(?:"((?:[^"\\]|\\.|"")*+)"\s*+|((?:[^",\\]|\\.)*+))(,|\Z)', re.DOTALL)
_ESCAPED = re.compile(r'\\([,"\\])')
NOT_QUOTED = "not a list of values in quotes; set `list` to the mark between them"


def split_cells(texts: pa.Array, mark: str) -> pa.ListArray:
    """The values of each text between the marks; null where a list in quotes is not well formed."""
    if mark != "quoted":
        return pc.split_pattern(texts, mark)
    return pa.array([_split_quoted(text) for text in texts.to_pylist()], pa.large_list(pa.large_string()))


def _split_quoted(text: str) -> list[str] | None:
    items: list[str] = []
    place, more = 0, True
    while more:
        item = _ITEM.match(text, place)
        if item is None:
            return None
        quoted = item[1] is not None
        value = item[1].replace('""', '"') if quoted else item[2]
        items.append(_ESCAPED.sub(r"\1", value))
        place, more = item.end(), item[3] == ","
    return items


def gather_members(lists: pa.ListArray, null: Collection[str]) -> tuple[Members, Flags]:
    """The values of cells, and which cells have any: trimmed, without empty ones and null words."""
    values = pc.utf8_trim(lists.flatten(), AROUND)
    there = pc.invert(pc.is_in(values, pa.array(sorted({"", *null}), pa.large_string())))
    owners: npt.NDArray[np.intp] = (
        pc.list_parent_indices(lists).filter(there).to_numpy(zero_copy_only=False).astype(np.intp)
    )
    coded = values.filter(there).dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.intp)
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    filled = np.zeros(len(lists), dtype=bool)
    filled[owners] = True
    return Members(Field("text", codes, coded.dictionary), starts), filled
