"""matrix: two axes with a cut each: which of the four cells a lead is in, and the product of the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from leadscore.measures.base import Amounts, Range


def find_cells(
    cuts: Mapping[str, int], cells: Sequence[Sequence[str]], amounts: Mapping[str, Amounts]
) -> npt.NDArray[np.intp]:
    """The place of each lead's cell in ``cells``, which name the axes that are high; a cut is high."""
    high = {axis: amounts[axis].hundredths >= cut for axis, cut in cuts.items()}
    here = [np.logical_and.reduce([high[axis] == (axis in cell) for axis in cuts]) for cell in cells]
    found: npt.NDArray[np.intp] = np.argmax(here, axis=0)
    return found


def multiply_axes(cuts: Mapping[str, int], amounts: Mapping[str, Amounts]) -> Amounts:
    """One axis times the other, for the order inside a cell; neither is ever below zero."""
    first, second = (amounts[axis] for axis in cuts)
    most = first.range.ends[1] * second.range.ends[1]
    product = (first.hundredths * second.hundredths + 50) // 100
    return Amounts(product, Range(0, (most + 50) // 100))
