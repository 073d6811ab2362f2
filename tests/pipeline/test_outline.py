"""test_outline: what pictures show is what the ranked leads are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from leadscore.fields import FALSE, TRUE, UNKNOWN
from leadscore.model.load import load_content
from leadscore.model.schema import Model
from leadscore.pipeline.outline import Outline, Whole

CONFIG = """\
name: outline
id: lead_id
groups:
  fit: {rules: [{name: a, kind: match, when: {x: y}, points: 50}]}
  engagement: {rules: [{name: b, kind: match, when: {x: z}, points: 50}]}
tiers: [{name: Hot, min_score: 10}, {name: Cold}]
"""
OUTCOMES = (TRUE, FALSE, UNKNOWN)
Lead = tuple[int, int, np.int8]


def outline_leads(leads: pd.DataFrame, model: Model) -> dict[str, Any]:
    ranked = np.arange(len(leads))
    return Outline.of(leads, ranked, model, Whole.of(leads, ranked, model)).report(model)


def model() -> Model:
    return load_content("model.yml", CONFIG.encode())


def frame(leads: list[Lead]) -> pd.DataFrame:
    fit, engagement, won = zip(*leads, strict=True) if leads else ((), (), ())
    columns = {"fit": np.array(fit, np.int64), "engagement": np.array(engagement, np.int64)}
    return pd.DataFrame({**columns, "won": np.array(won, np.int8)})


leads = st.lists(
    st.tuples(st.integers(-50_00, 200_00), st.integers(0, 7), st.sampled_from(OUTCOMES)),
    min_size=1,
    max_size=60,
)


@given(leads)
def test_every_lead_stands_in_one_cell_of_the_heat_map(made: list[Lead]) -> None:
    found = outline_leads(frame(made), model())["heat_map"]
    counted = {name: np.array(found[name]) for name in ("leads", "known", "won")}
    assert counted["leads"].sum() == len(made)
    assert counted["known"].sum() == sum(won != UNKNOWN for *_, won in made)
    assert counted["won"].sum() == sum(won == TRUE for *_, won in made)
    assert (counted["won"] <= counted["known"]).all()
    assert counted["leads"].shape == (len(found["rows"]["labels"]), len(found["columns"]["labels"]))
    assert max(counted["leads"].shape) <= 8


def test_bands_begin_at_round_numbers_and_hold_what_is_from_there_on() -> None:
    made = [(0, 0, TRUE), (9_99, 0, FALSE), (10_00, 1, FALSE), (25_00, 5, UNKNOWN), (50_00, 5, TRUE)]
    found = outline_leads(frame(made), model())["heat_map"]
    assert found["rows"]["labels"] == ["from 0", "from 10", "from 20", "from 30", "from 40", "from 50"]
    assert [sum(row) for row in found["leads"]] == [2, 1, 1, 0, 0, 1]


@given(leads)
def test_tenths_hold_all_known_leads_in_their_order(made: list[Lead]) -> None:
    tenths = outline_leads(frame(made), model())["tenths"]
    known = [won == TRUE for *_, won in made if won != UNKNOWN]
    assert sum(tenth["known"] for tenth in tenths) == len(known)
    ends = np.cumsum([tenth["known"] for tenth in tenths])
    assert np.cumsum([tenth["won"] for tenth in tenths]).tolist() == [sum(known[:end]) for end in ends]
    assert ends.tolist() == [len(known) * place // 10 for place in range(1, 11)]


@pytest.mark.parametrize(
    "text",
    [CONFIG.replace("  engagement: {rules: [{name: b, kind: match, when: {x: z}, points: 50}]}\n", "")],
)
def test_one_group_makes_no_map(text: str) -> None:
    found = outline_leads(frame([(0, 0, TRUE)]), load_content("model.yml", text.encode()))
    assert found["heat_map"] is None


def test_without_outcomes_there_are_leads_alone() -> None:
    found = outline_leads(frame([(0, 0, TRUE)]).drop(columns="won"), model())
    assert set(found["heat_map"]) == {"rows", "columns", "leads"}
    assert found["tenths"] is None
