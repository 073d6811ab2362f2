"""check: a finished scoring against the limits its config sets."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from leadscore.errors import InputError, Problem
from leadscore.model.schema import Model

INCOMPLETE = 5


def refuse_too_few(
    file: str,
    scored: int,
    read: int,
    model: Model,
    last: dict[str, Any] | None,
    set_aside: Sequence[Problem] = (),
) -> None:
    """Raise InputError where the export holds too few leads to be whole; the old result then stands.

    ``set_aside``: the first lines that were set aside, which may say why.
    """
    if scored < model.checks.min_rows:
        what = f"holds {scored:,} leads that can be scored; checks.min_rows is {model.checks.min_rows:,}"
        few = Problem(file, what=what, hint="export it again, or lower checks.min_rows")
        raise InputError([few, *set_aside])
    if last is None or model.checks.max_row_drop is None:
        return
    before = int(last.get("counts", {}).get("in", 0))
    if before - read > _allowed(model.checks.max_row_drop, before):
        what = (
            f"holds {read:,} leads, the last run {before:,}: more of a drop than checks.max_row_drop allows"
        )
        raise InputError(Problem(file, what=what, hint="export it again, or raise checks.max_row_drop"))


def reconcile(read: int, counts: dict[str, int]) -> None:
    """Every row that was read is in exactly one file; anything else is a bug, and is not published."""
    if read != sum(count for name, count in counts.items() if name != "in"):
        raise AssertionError("rows in are not rows out")


def exit_code(leads: int, set_aside: int, unreadable: int, model: Model) -> int:
    """0 if the result is complete, 5 if more was left out than the config's checks allow."""
    too_many_rows = set_aside > _allowed(model.checks.max_rows_set_aside, leads)
    too_many_cells = unreadable > _allowed(model.checks.max_unreadable_cells, leads)
    return INCOMPLETE if too_many_rows or too_many_cells else 0


def _allowed(limit: int | Decimal, of: int) -> int:
    return int(limit * of) if isinstance(limit, Decimal) else limit
