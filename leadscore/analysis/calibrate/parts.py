"""parts: leads whose outcome is known -> those to learn from, and a fifth to be judged by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadscore.analysis.evaluate.judged import AT, Judged
from leadscore.errors import InputError, Problem
from leadscore.pipeline.coded import to_texts
from leadscore.points import Flags, Rows

HELD_OUT = 5
"""One lead in so many is held out."""
FOLDS = 5
_WORDS = np.dtype(">u8")


@dataclass(frozen=True)
class Parts:
    """Positions of the ranked leads whose outcome is known, in the order of their hashes."""

    learning: Rows
    held_out: Rows
    folds: npt.NDArray[np.int8]
    """Of each learning lead, the part of a cross validation it is in."""
    by_date: bool
    """Whether the held-out leads are those with the latest outcomes."""


def split_leads(judged: Judged) -> Parts:
    """Hold a fifth out: of leads whose outcome has a date those of the latest, of others by a hash of the id.

    The hash is SHA-256, and of the won and of the lost leads a fifth each has the lowest. So the same leads
    are held out whatever the order of the export. Raises InputError where a part has none of the won, or of
    the lost.
    """
    rows = judged.known()
    hashes = _hashes(judged, rows)
    order = np.lexsort((rows, hashes[:, 1], hashes[:, 0]))
    rows, hashes = rows[order], hashes[order]
    won = judged.flags(rows)
    at = judged.numbers(AT, rows) if AT in judged.collected.leads else np.full(len(rows), np.nan)
    dated = ~np.isnan(at)
    held = np.zeros(len(rows), dtype=bool)
    latest = np.flatnonzero(dated)[np.argsort(-at[dated], kind="stable")]
    held[latest[: len(latest) // HELD_OUT]] = True
    for of_outcome in (won, ~won):
        undated = np.flatnonzero(of_outcome & ~dated)
        held[undated[: len(undated) // HELD_OUT]] = True
    _refuse_empty(judged, won, held)
    folds = (hashes[~held, 1] % np.uint64(FOLDS)).astype(np.int8)
    return Parts(rows[~held], rows[held], folds, bool(dated.any()))


def _hashes(judged: Judged, rows: Rows) -> npt.NDArray[np.uint64]:
    """The first and the second eight bytes of each id's SHA-256."""
    ids = to_texts(judged.collected.leads["id"].iloc[rows]).to_pylist()
    digests = b"".join(hashlib.sha256(str(each).encode("utf-8", "surrogatepass")).digest() for each in ids)
    words = np.frombuffer(digests, _WORDS).astype(np.uint64).reshape(len(ids), 4)
    return words[:, :2]


def _refuse_empty(judged: Judged, won: Flags, held: Flags) -> None:
    for name, part in (("to learn from", ~held), ("held out", held)):
        count = int(won[part].sum())
        if not 0 < count < int(part.sum()):
            what = f"of the {int(part.sum()):,} leads {name} all were {'won' if count else 'lost'}"
            hint = "take more history, or outcomes of more days"
            raise InputError(Problem(judged.title, what=what, hint=hint))
