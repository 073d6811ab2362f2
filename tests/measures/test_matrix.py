"""test_matrix: a tier from two axes, and their product for the order inside it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from leadscore.errors import ConfigError
from leadscore.model.load import load_model
from tests.measures.models import model_of, score

AXES = {"pain": (0, 10), "fit": (0, 10)}
MATRIX: dict[str, Any] = {
    "matrix": {"pain": 6, "fit": 6},
    "tiers": [
        {"name": "ready", "high": ["pain", "fit"]},
        {"name": "nurture pain", "high": "fit"},
        {"name": "sell value", "high": ["pain"]},
        {"name": "drop"},
    ],
}


def cell(pain: int, fit: int, **more: Any) -> tuple[object, object]:
    found = score(model_of(AXES, **MATRIX | more), pain=pain, fit=fit)
    return found["tier"], found["product"]


def test_pain_of_8_and_fit_of_7_are_ready_and_56() -> None:
    assert cell(8, 7) == ("ready", 56)


@given(st.integers(0, 10), st.integers(0, 10))
def test_each_lead_is_in_the_cell_of_its_two_axes(pain: int, fit: int) -> None:
    names = {(1, 1): "ready", (0, 1): "nurture pain", (1, 0): "sell value", (0, 0): "drop"}
    assert cell(pain, fit) == (names[pain >= 6, fit >= 6], pain * fit)


def test_the_order_of_the_tiers_is_ones_own() -> None:
    assert cell(8, 7, tiers=MATRIX["tiers"][::-1]) == ("ready", 56)


def test_an_axis_may_be_a_scale_of_a_group_that_has_other_points() -> None:
    groups = {"pain": (-20, 80), "fit": (0, 10)}
    scales = {"pain_10": {"of": "pain", "to": "1-10"}}
    tiers = [
        {"name": str(place), "high": high}
        for place, high in enumerate([["pain_10", "fit"], "fit", "pain_10"])
    ]
    model = model_of(groups, scales=scales, matrix={"pain_10": 6, "fit": 6}, tiers=[*tiers, {"name": "rest"}])
    found = score(model, pain=58, fit=7)
    assert (found["pain_10"], found["tier"], found["product"]) == (8, "0", 56)


@pytest.mark.parametrize(
    ("more", "key", "said"),
    [
        ({"matrix": {"pain": 6}}, "matrix", "does not have two axes"),
        ({"matrix": {"pain": 6, "fitt": 6}}, "matrix.fitt", "did you mean fit?"),
        ({"matrix": {"pain": 6, "low": 6}}, "matrix.low", "can be below 0"),
        ({"matrix": {"pain": 6, "open": 6}}, "matrix.open", "has no maximum"),
        ({"tiers": MATRIX["tiers"][:3]}, "tiers", "four cells"),
        ({"tiers": [{"name": "more", "high": "fit"}, *MATRIX["tiers"]]}, "tiers", "four cells"),
        ({"tiers": [*MATRIX["tiers"][:3], {"name": "x", "high": "fit"}]}, "tiers.x", "the same cell"),
        ({"tiers": [*MATRIX["tiers"][:3], {"name": "x", "min_score": 4}]}, "tiers.x.min_score", "remove it"),
        ({"tiers": [*MATRIX["tiers"][:3], {"name": "x", "high": "low"}]}, "tiers.x.high", "no axis"),
        ({"matrix": None}, "tiers.ready.high", "there is no matrix"),
    ],
)
def test_a_matrix_that_cannot_be_meant_is_refused(more: dict[str, Any], key: str, said: str) -> None:
    groups = AXES | {"low": (-5, 5), "open": (0, None)}
    with pytest.raises(ConfigError) as refused:
        load_model(model_of(groups, **MATRIX | more))
    assert any(f"{key}: " in str(each) and said in str(each) for each in refused.value.problems)
