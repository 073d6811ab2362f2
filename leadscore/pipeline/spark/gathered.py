"""gathered: what the tasks of a run tell beside its rows, put together: counts, never leads."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from leadscore.errors import InputError, Problem
from leadscore.pipeline.export import SetAside
from leadscore.pipeline.spark.known import Known
from leadscore.pipeline.spark.plan import ASIDE, NOTE, Plan
from leadscore.pipeline.spark.score import FILE_BITS
from leadscore.pipeline.tally import LISTED, Tally

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_NAMED = 3


@dataclass
class Gathered:
    """What the tasks told, together; nothing in it grows with the leads."""

    files: list[Known]
    tally: Tally = field(default_factory=Tally)
    read: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """Why lines were set aside."""
    first: list[SetAside] = field(default_factory=list)
    copies: int = 0


def gather_notes(scored: DataFrame, plan: Plan, files: Sequence[Known]) -> Gathered:
    """What the tasks told. Raises InputError with the problems of all files."""
    gathered = Gathered(list(files))
    faults: list[tuple[int, Problem]] = []
    for row in (
        scored.where(f"kind = {NOTE}").select("note").collect()
    ):  # an iterator would run one task after the other
        note = pickle.loads(bytes(row["note"]))  # noqa: S301 (a task of this very run made it)
        if "fault" in note:
            faults += [(note["file"], problem) for problem in note["fault"].problems]
        if "known" in note:
            gathered.files[note["file"]] = note["known"]
            gathered.read += note["read"]
        if "tally" in note:
            gathered.tally.merge(note["tally"])
    if faults:
        raise InputError([problem for _, problem in sorted(faults)])
    gathered.tally.cells = _name_places(gathered.tally, plan)
    return gathered


def _name_places(tally: Tally, plan: Plan) -> list[tuple[str, int, str, str]]:
    """The unreadable cells under their file and line, in that order."""
    low = (1 << FILE_BITS) - 1
    cells = sorted((place, column, reason) for _, place, column, reason in tally.cells)[:LISTED]
    return [
        (plan.parts[place >> FILE_BITS].name, place & low, column, reason) for place, column, reason in cells
    ]


def count_set_aside(scored: DataFrame, gathered: Gathered, plan: Plan) -> None:
    """Count the lines that are set aside, by the reason, and name the first."""
    aside = scored.where(ASIDE)
    counts = {row["aside"]: row["count"] for row in aside.groupBy("aside").count().collect()}
    gathered.reasons = Counter(counts)
    gathered.copies = sum(count for reason, count in counts.items() if reason.startswith("a copy: "))
    rows = aside.select("file", "line", "aside").orderBy("file", "line").limit(_NAMED).collect()
    gathered.first = [SetAside(row["line"], row["aside"], b"", plan.parts[row["file"]].name) for row in rows]
