"""test_screen: lamb, suspect or spam, for any signs and any leads, is what plain logic says."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import given, settings, strategies as st

from leadscore.model.load import load_model
from leadscore.pipeline.batch import score_batch
from tests.oracle import Lead, holds
from tests.strategies import AS_OF, FIELDS, cells_of, criteria, frames

Config = dict[str, Any]
RULE = {"name": "rule", "kind": "count", "field": "visits", "each": 1}


def config_of(spam: list[Config], suspect: list[Config], at_least: int, exclude: bool = False) -> Config:
    """A config with these criteria as signs: `hard 0`, `hard 1`, `soft 0` ..."""
    hard, soft = (
        [{"name": f"{sort} {place}", "when": when} for place, when in enumerate(signs)]
        for sort, signs in (("hard", spam), ("soft", suspect))
    )
    screen: Config = {"spam": hard} if hard else {}
    if soft:
        screen["suspect"] = {"at_least": min(at_least, len(soft)), "signs": soft, "exclude": exclude}
    groups = {"fit": {"rules": [RULE]}}
    return {"name": "t", "id": "lead_id", "fields": FIELDS, "screen": screen, "groups": groups,
            "tiers": [{"name": "all"}]}  # fmt: skip


def judge(config: Config, cells: dict[str, str | None]) -> tuple[str, str]:
    """Verdict and signs of one lead."""
    lead, screen = Lead(FIELDS, cells, AS_OF), config["screen"]
    suspect = screen.get("suspect", {"at_least": 1, "signs": []})
    hard = [sign["name"] for sign in screen.get("spam", []) if holds(sign["when"], lead) is True]
    soft = [sign["name"] for sign in suspect["signs"] if holds(sign["when"], lead) is True]
    verdict = "spam" if hard else "suspect" if len(soft) >= suspect["at_least"] else "lamb"
    return verdict, "; ".join(hard + soft)


@st.composite
def screens(draw: st.DrawFn) -> Config:
    """A config with a screen of one to eight signs."""
    spam = draw(st.lists(criteria, max_size=4))
    suspect = draw(st.lists(criteria, min_size=0 if spam else 1, max_size=4))
    return config_of(spam, suspect, draw(st.integers(1, 4)))


@given(screens(), frames)
@settings(max_examples=100)
def test_every_verdict_and_its_signs_are_what_plain_logic_says(config: Config, leads: pd.DataFrame) -> None:
    found = score_batch(leads, load_model(config), AS_OF)
    expected = [judge(config, cells) for cells in cells_of(leads)]
    assert list(zip(found["screen"], found["signs"], strict=True)) == expected


@given(screens(), frames)
@settings(max_examples=30)
def test_a_screen_changes_no_score_and_treats_a_lead_the_same_in_any_company(
    config: Config, leads: pd.DataFrame
) -> None:
    model, whole = load_model(config), score_batch(leads, load_model(config), AS_OF)
    bare = score_batch(leads, load_model({**config, "screen": None}), AS_OF)
    pd.testing.assert_frame_equal(whole.drop(columns=["screen", "signs"]), bare)
    alone = pd.concat([score_batch(leads.iloc[[place]], model, AS_OF) for place in range(len(leads))])
    pd.testing.assert_frame_equal(alone, whole)


def test_no_leads_have_the_same_columns() -> None:
    config = config_of([{"visits": {"above": 5}}], [], 1)
    leads = pd.DataFrame({"lead_id": pd.Series(dtype="str"), "visits": pd.Series(dtype="str")})
    found = score_batch(leads, load_model(config), AS_OF)
    assert {"screen", "signs"} <= set(found.columns)
    assert len(found) == 0
