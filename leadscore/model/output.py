"""output: what is written, and what a run may not exceed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field as Setting

from leadscore.part import Part
from leadscore.scalars import Count, CountOrShare, FileMode, Flag, Number, Share, Word


class Output(Part):
    """What is written."""

    formats: tuple[Literal["csv", "parquet", "xlsx"], ...] = Setting(default=("csv",), min_length=1)
    reasons: Count = 3
    contributions: Flag = False
    formula_guard: Flag = True
    file_mode: FileMode = 0o600
    """Who may read the files, and enter the folders, of a run that is published."""
    keep_runs: Annotated[Count, Setting(gt=0)] | None = None
    """With a folder per day: so many runs, the newest ones, are kept."""
    prefix: Word = ""
    """Put before the names of the columns leadscore adds, for exports that have a `score` of their own."""


class Checks(Part):
    """What a run may not exceed before it stops being complete."""

    max_rows_set_aside: CountOrShare = 0
    max_unreadable_cells: CountOrShare = 0
    min_rows: Count = 1
    max_row_drop: CountOrShare | None = None
    require_new_input: Flag = False
    """Whether files are refused that the last run had already."""
    on_duplicate: Literal["refuse", "first", "last"] = "refuse"
    """Which line counts of a lead whose id stands more than once."""
    psi_above: Annotated[Number, Setting(gt=0)] | None = None
    """Against the run before: the most the score's or a rule's population stability index may be."""
    missing_rise: Share | None = None
    """Against the run before: by how much more of the leads a field may be unknown, as a share of all."""
