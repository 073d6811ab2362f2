"""unlisted: a rule that names every value it means -> the values of a field that it has never heard of."""

from __future__ import annotations

from typing import TypeGuard

import numpy as np
import numpy.typing as npt

from leadscore.criteria import any_holds
from leadscore.fields import TRUE, Field
from leadscore.points import Flags, Rows
from leadscore.rules import AnyRule
from leadscore.rules.lookup import Lookup
from leadscore.rules.table import Table
from leadscore.text import Folding

_OF_VALUES = {"is", "in", "known", "missing"}


def lists_values(rule: AnyRule) -> TypeGuard[Lookup | Table]:
    """Whether a rule names every value it means, and does not say what others earn."""
    return "otherwise" not in rule.model_fields_set and goes_by_value(rule)


def goes_by_value(rule: AnyRule) -> TypeGuard[Lookup | Table]:
    """Whether a rule gives points by nothing but the values of a field."""
    if isinstance(rule, Table):
        return all(case.arguments.keys() <= _OF_VALUES for case in rule.cases)
    return isinstance(rule, Lookup)


def find_unlisted(rule: Lookup | Table, values: Field, as_of: int) -> Flags:
    """Which distinct values it does not list; ``values``: one row each, see ``leads_per_value``."""
    if isinstance(rule, Lookup):
        listed = {Folding()(value) for value in rule.values}
        known = np.array([text in listed for text in values.folded(Folding())], dtype=bool)
    else:
        known = any_holds([case.hold(values, as_of) for case in rule.cases]) == TRUE
    return np.asarray(values.readable & ~known, dtype=bool)


def leads_per_cell(field: Field, rows: Rows) -> npt.NDArray[np.int64]:
    """How many of these leads have each distinct cell."""
    codes = field.codes if len(rows) == len(field.codes) else field.codes[rows]
    return np.bincount(codes[codes >= 0], minlength=len(field.texts))


def leads_per_value(field: Field, per_cell: npt.NDArray[np.int64]) -> tuple[Field, npt.NDArray[np.int64]]:
    """The distinct values of a field, one row each, and how many leads have them; ``per_cell``: of cells."""
    if field.members is None:
        return field.distinct(), per_cell
    each, starts = field.members.values, field.members.starts
    sizes = np.diff(np.append(starts, len(each.codes)))
    weights = np.repeat(per_cell, sizes)
    leads = np.bincount(each.codes, weights, minlength=len(each.texts)).astype(np.int64)
    return each.distinct(), leads
