"""test_heat: several axes as one number from 0 to 1, and its colour."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from leadscore.errors import ConfigError
from leadscore.measures import Amounts, Heat, Range
from leadscore.model.load import load_model
from tests.measures.models import model_of, rank, score

AXES = {"likelihood": (0, 100), "stage": (0, 10), "ideal": (-20, 20)}
EVEN = {"weights": dict.fromkeys(AXES, 1)}


def heat(likelihood: int, stage: int, ideal: int, **more: Any) -> tuple[object, object]:
    lead = {"likelihood": likelihood, "stage": stage, "ideal": ideal}
    found = score(model_of(AXES, heat=EVEN | more), **lead)
    return found["heat"], found["heat_colour"]


def test_likelihood_of_0_9_stage_of_0_6_and_likeness_of_0_75_are_0_75_and_orange() -> None:
    assert heat(90, 6, 10) == (0.75, "orange")


def test_the_edges_are_0_2_0_4_0_6_and_0_8_and_an_edge_is_the_hotter_colour() -> None:
    weights = {"likelihood": 1}
    points = [0, 19, 20, 39, 40, 59, 60, 79, 80, 100]
    colours = ["blue", "blue", "green", "green", "yellow", "yellow", "orange", "orange", "red", "red"]
    assert [heat(each, 0, 0, weights=weights)[1] for each in points] == colours


def test_an_axis_of_double_weight_counts_twice() -> None:
    assert heat(90, 0, -20, weights={"likelihood": 2, "stage": 1})[0] == 0.6


def test_colours_and_edges_may_be_ones_own() -> None:
    assert heat(90, 6, 10, cuts={"hot": 0.75, "cold": 0}) == (0.75, "hot")


def test_the_colour_is_that_of_the_heat_as_it_is_written() -> None:
    # 0.795 is written as 0.8, so it is red.
    assert heat(100, 10, -1.4, weights=dict.fromkeys(AXES, 1))[0] == 0.82  # type: ignore[arg-type]
    model = model_of({"x": (0, 1000)}, heat={"weights": {"x": 1}})
    assert [(found["heat"], found["heat_colour"]) for found in rank(model, [{"x": 795}, {"x": 794}])] == [
        (0.8, "red"),
        (0.79, "orange"),
    ]


widths = st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 500)), min_size=1, max_size=4)


@given(widths, st.data())
def test_heat_is_what_fractions_give_and_stays_from_0_to_1(
    axes: list[tuple[int, int]], data: st.DataObject
) -> None:
    names = [f"axis {place}" for place in range(len(axes))]
    leads = [[data.draw(st.integers(0, width)) for width, _ in axes] for _ in range(5)]
    weights = {name: Decimal(weight) / 100 for name, (_, weight) in zip(names, axes, strict=True)}
    amounts = {
        name: Amounts(np.array([lead[place] for lead in leads], dtype=np.int64), Range(0, axes[place][0]))
        for place, name in enumerate(names)
    }
    found, colours = Heat.model_validate({"weights": weights}).measure(amounts)
    total = sum(weight for _, weight in axes)
    for each, lead in zip(found.hundredths.tolist(), leads, strict=True):
        parts = zip(lead, axes, strict=True)
        mean = sum((Fraction(point * weight, width * total) for point, (width, weight) in parts), Fraction())
        assert each == floor(100 * mean + Fraction(1, 2))
        assert 0 <= each <= 100
    order = np.argsort(found.hundredths, kind="stable")
    assert (np.diff(colours.codes[order]) <= 0).all()


@pytest.mark.parametrize(
    ("heat", "key", "said"),
    [
        ({"weights": {}}, "heat.weights", "is empty"),
        ({"weights": {"likelihood": 0}}, "heat.weights.likelihood", "above 0"),
        ({"weights": {"liklihood": 1}}, "heat.weights.liklihood", "did you mean likelihood?"),
        ({"weights": {"stage": 1}, "cuts": {"red": 80}}, "heat.cuts", "from 0 to 1"),
        ({"weights": {"stage": 1}, "cuts": {"red": 0.5, "blue": 0.5}}, "heat.cuts", "the same cut twice"),
    ],
)
def test_heat_that_cannot_be_worked_out_is_refused(heat: object, key: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_model(model_of(AXES, heat=heat))
    assert any(f"{key}: " in str(each) and said in str(each) for each in refused.value.problems)
