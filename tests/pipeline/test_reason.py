"""test_reason: the lines that moved a lead most, found as sorting all of them would."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from leadscore.pipeline.coded import chain, to_frame
from leadscore.pipeline.combine import Contributions, Line
from leadscore.pipeline.reason import hold_columns, name_reasons, show_columns
from leadscore.points import LIMIT, format_points

POINTS = st.integers(-3, 3) | st.sampled_from([LIMIT, -LIMIT, 250, -250, 100 * LIMIT])

# Two lines may have one name, and a name may look like two reasons.
LINES = st.builds(
    Line, st.sampled_from(["a", "b", "a +1; b"]), st.sampled_from(["rule", "decay", "account", "cap"])
)


def contributions(lines: list[Line], points: list[list[int]]) -> Contributions:
    matrix = np.array(points, np.int64).reshape(len(lines), -1)
    none = matrix.sum(axis=0) * 0
    return Contributions(tuple(lines), matrix, {}, none, none, {}, none, {})


def reasons_of(made: Contributions, most: int, coded: bool) -> list[str]:
    columns = {name: chain([column]) for name, column in name_reasons(made, most).items()}
    columns["coverage"] = np.zeros(made.points.shape[1])
    leads = to_frame(columns, pd.RangeIndex(made.points.shape[1]), coded)
    return show_columns(hold_columns(leads, ["reasons", "coverage"]), ["reasons", "coverage"])[
        "reasons"
    ].tolist()


def sorted_reasons(made: Contributions, lead: int, most: int) -> str:
    """The plain way: all lines about the lead by size, the first of equal ones first."""
    about = [
        (line.name, int(points[lead]))
        for line, points in zip(made.lines, made.points, strict=True)
        if line.kind not in ("cap", "floor", "others")
    ]
    largest = sorted(about, key=lambda each: -abs(each[1]))[:most]
    return "; ".join(f"{name} {format_points(points, signed=True)}" for name, points in largest if points)


@given(st.data(), st.integers(1, 9), st.integers(0, 5), st.integers(0, 11), st.booleans())
def test_the_largest_lines_come_first_and_of_equal_ones_the_configs_first(
    draw: st.DataObject, lines: int, leads: int, most: int, coded: bool
) -> None:
    made_lines = draw.draw(st.lists(LINES, min_size=lines, max_size=lines))
    row = st.lists(POINTS, min_size=leads, max_size=leads)
    points = draw.draw(st.lists(row, min_size=lines, max_size=lines))
    made = contributions(made_lines, points)
    assert reasons_of(made, most, coded) == [sorted_reasons(made, lead, most) for lead in range(leads)]


@pytest.mark.parametrize(("most", "text"), [(0, ""), (1, "b -2"), (3, "b -2; a +1.5"), (9, "b -2; a +1.5")])
def test_what_gave_nothing_is_no_reason(most: int, text: str) -> None:
    made = contributions(
        [Line("a", "rule"), Line("b", "rule"), Line("c", "rule")], [[150, 0], [-200, 0], [0, 0]]
    )
    assert reasons_of(made, most, coded=True) == [text, ""]
