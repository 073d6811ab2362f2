"""test_value: the size of a deal times the chance to win it, to the cent."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from leadscore.errors import ConfigError
from leadscore.measures import Value
from leadscore.model.load import load_model
from leadscore.pipeline.batch import score_leads
from leadscore.pipeline.fit import fit_model
from tests.measures.models import AS_OF, model_of, score

CASES = [
    {"when": {"stage": "proposal", "segment": "large"}, "probability": "40%"},
    {"when": {"stage": "proposal"}, "probability": "30%"},
    {"when": {"stage": "demo"}, "probability": "12.5%"},
]


def model(**more: Any) -> dict[str, Any]:
    return model_of({"x": (0, 10)}, value={"size": "size", "cases": CASES} | more)


def value(size: str, stage: str = "", segment: str = "", **more: Any) -> float | None:
    found = score(model(**more), x=1, size=size, stage=stage, segment=segment)["expected_value"]
    return None if np.isnan(found) else float(found)


def test_20_000_at_a_stage_that_won_30_percent_is_6_000() -> None:
    assert value("20000", "proposal") == 6000


def test_the_first_case_that_holds_counts() -> None:
    assert value("20000", "proposal", "large") == 8000
    assert value("20000", "proposal", "small") == 6000


def test_without_a_size_or_a_stage_the_value_is_unknown() -> None:
    assert value("", "proposal") is None
    assert value("a lot", "proposal") is None
    assert value("20000") is None
    assert value("20000", missing="10%") == 2000


def test_another_stage_has_the_probability_of_the_others_or_none() -> None:
    assert value("20000", "signed") is None
    assert value("20000", "signed", otherwise="5%") == 1000
    assert value("20000", otherwise="5%") is None


@given(
    st.lists(st.decimals(-(10**14), 10**14, places=3), min_size=1, max_size=8),
    st.decimals(0, 1, places=6),
)
def test_a_value_is_exact_to_the_cent_and_a_half_goes_away_from_zero(
    sizes: list[Decimal], share: Decimal
) -> None:
    always = {"when": {"lead_id": {"known": True}}, "probability": f"{share:f}"}
    read = load_model(model_of({"x": (0, 10)}, value={"size": "size", "cases": [always]}))
    texts = [f"{size:f}" for size in sizes if len(size.as_tuple().digits) <= 15]
    leads = pd.DataFrame({"lead_id": [str(n) for n in range(len(texts))], "size": texts}, dtype="str")
    leads = leads.assign(xs="1")
    found = score_leads(leads, read, fit_model(read, list(leads.columns), "leads").columns, AS_OF).columns
    exact = [Decimal(text) * share for text in texts]
    cents = [int(each.quantize(Decimal("0.01"), ROUND_HALF_UP).scaleb(2)) for each in exact]
    assert found["expected_value"].tolist() == cents


@pytest.mark.parametrize(
    ("more", "key", "said"),
    [
        ({"cases": []}, "value.cases", "is empty"),
        ({"cases": [{"when": {"stage": "a"}, "probability": 30}]}, "value.cases.0.probability", "more than"),
        ({"cases": [{"probability": "30%"}]}, "value.cases.0.when", "is missing"),
        ({"otherwise": "x"}, "value.otherwise", "not a share"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(more: dict[str, Any], key: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_model(model(**more))
    assert any(f"{key}: " in str(each) and said in str(each) for each in refused.value.problems)


def test_every_field_of_a_value_is_read() -> None:
    read = Value.model_validate({"size": "size", "cases": CASES})
    assert {use.field for use in read.uses()} == {"size", "stage", "segment"}
    assert load_model(model()).fields["size"].type == "number"
