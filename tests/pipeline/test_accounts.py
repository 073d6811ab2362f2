"""test_accounts: leads of one company become one account, by each way to combine them."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from leadscore.errors import ConfigError
from leadscore.model.accounts import Accounts
from leadscore.model.load import load_model
from leadscore.pipeline.accounts import KEY, NAME, roll_up
from tests.running import Place

WAYS: list[tuple[Any, str]] = [
    ("max", "60"),
    ("mean", "36.67"),
    ("sum", "110"),
    ({"top": 2}, "100"),
    ({"top": 5}, "110"),
    ({"damped": 0.5}, "82.5"),
    ({"damped": "100%"}, "110"),
]
Lead = tuple[str, int]
"""Account ('' for none) and score in hundredths."""


def settings(combine: Any, **more: Any) -> Accounts:
    found = load_model(
        {
            "name": "accounts",
            "id": "lead_id",
            "groups": {
                "fit": {"rules": [{"name": "n", "kind": "count", "field": "n", "each": 1, "cap": 99}]}
            },
            "tiers": [{"name": "All"}],
            "accounts": {"by": "company", "combine": combine, **more},
        }
    ).accounts
    assert found is not None
    return found


def table(leads: list[Lead], combine: Any, **more: Any) -> pd.DataFrame:
    names = [account or None for account, _ in leads]
    frame = pd.DataFrame(
        {
            KEY: pd.array([name and name.casefold() for name in names], dtype="str"),
            NAME: pd.array(names, dtype="str"),
            "score": [score for _, score in leads],
            "id": pd.array([f"{place:03d}" for place in range(len(leads))], dtype="str"),
        }
    )
    return roll_up(frame, settings(combine, **more))


@pytest.mark.parametrize(("combine", "score"), WAYS, ids=str)
def test_leads_of_60_40_and_10_points_make_an_account(combine: Any, score: str) -> None:
    # models.md E7.
    found = table([("Acme", 6000), ("acme", 4000), ("ACME", 1000), ("", 9900)], combine)
    assert found.to_dict("records") == [
        {"rank": 1, "account": "Acme", "score": int(Decimal(score) * 100), "leads": 3, "best_lead": "000"}
    ]


def test_a_cut_belongs_to_its_account_tier() -> None:
    tiers = [{"name": "Target", "min_score": 50}, {"name": "Rest"}]
    found = table([("a", 5000), ("b", 4999)], "max", tiers=tiers)
    assert found["tier"].tolist() == ["Target", "Rest"]
    assert list(found.columns) == ["rank", "account", "score", "tier", "leads", "best_lead"]


def test_no_account_at_all_makes_an_empty_table() -> None:
    tiers = [{"name": "Rest"}]
    assert len(table([("", 100)], {"damped": 0.5}, tiers=tiers)) == 0


def plain_score(scores: list[int], combine: Any) -> int:
    falling = [Decimal(score) for score in sorted(scores, reverse=True)]
    if combine == "max":
        total = falling[0]
    elif combine == "mean":
        total = sum(falling, Decimal(0)) / len(falling)
    elif "damped" in combine:
        share = Decimal(1) if combine["damped"] == "100%" else Decimal("0.5")
        return sum(
            int((score * share**place).quantize(Decimal(1), ROUND_HALF_UP))
            for place, score in enumerate(falling)
        )
    else:
        total = sum(falling[: 99 if combine == "sum" else combine["top"]], Decimal(0))
    return int(Decimal(total).quantize(Decimal(1), ROUND_HALF_UP))


@given(
    st.lists(st.tuples(st.sampled_from(["", "A", "a", "b", "C"]), st.integers(-9_999, 9_999)), max_size=20),
    st.sampled_from([combine for combine, _ in WAYS if combine != "sum"]),
    st.randoms(use_true_random=False),
)
def test_every_way_agrees_with_a_plain_sum_in_any_order(
    leads: list[Lead], combine: Any, shuffle: random.Random
) -> None:
    scores: dict[str, list[int]] = {}
    for account, score in leads:
        if account:
            scores.setdefault(account.lower(), []).append(score)
    plain = {account: plain_score(each, combine) for account, each in scores.items()}
    expected = sorted(plain.items(), key=lambda item: (-item[1], item[0]))
    for order in (leads, shuffle.sample(leads, len(leads))):
        found = table(order, combine)
        assert [(a.lower(), s) for a, s in zip(found["account"], found["score"], strict=True)] == expected
        assert found["rank"].tolist() == list(range(1, len(expected) + 1))
        assert {a.lower(): n for a, n in zip(found["account"], found["leads"], strict=True)} == {
            account: len(each) for account, each in scores.items()
        }


@pytest.mark.parametrize(
    ("accounts", "says"),
    [
        ({"combine": "max"}, "by"),
        ({"by": "c", "combine": "average"}, "combine"),
        ({"by": "c", "combine": {"top": 0}}, "above 0"),
        ({"by": "c", "combine": {"top": 2, "damped": 0.5}}, "exactly one"),
        ({"by": "c", "combine": "max", "tiers": [{"name": "A", "min_score": 5}]}, "must end with"),
        ({"by": "c", "combine": "max", "tiers": [{"name": "A", "min_score": 5}, {"name": "A"}]}, "twice"),
        (
            {
                "by": "c",
                "combine": "max",
                "tiers": [{"name": "A", "min_score": 5}, {"name": "B", "min_score": 5}, {"name": "C"}],
            },
            "not in order",
        ),
    ],
)
def test_accounts_that_cannot_be_meant_are_refused(accounts: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        load_model(
            {
                "name": "accounts",
                "id": "lead_id",
                "groups": {
                    "fit": {"rules": [{"name": "n", "kind": "count", "field": "n", "each": 1, "cap": 9}]}
                },
                "tiers": [{"name": "All"}],
                "accounts": accounts,
            }
        )


CONFIG = """\
name: accounts
id: lead_id
disqualify: [{name: left, when: {state: left}}]
groups: {fit: {rules: [{name: points, kind: count, field: n, each: 1, cap: 99}]}}
tiers: [{name: All}]
accounts: {by: company, combine: {damped: 50%}}
output: {formats: [csv, parquet]}
"""


def test_only_ranked_leads_count_for_their_account_and_the_file_speaks_the_exports_dialect(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path)
    leads = (
        "lead_id;company;n;state\n1;Acme;60;\n2; acme;40;\n3;ACME;10;\n4;Acme;99;left\n5;=Beta;7;\n6;;5;\n"
    )
    assert place.score(leads, CONFIG).code == 0
    text = (place.out / "accounts.csv").read_text(encoding="utf-8")
    assert text == "rank;account;score;leads;best_lead\n1;Acme;82.5;3;1\n2;'=Beta;7;1;5\n"
    parquet = pd.read_parquet(place.out / "accounts.parquet")
    assert [str(score) for score in parquet["score"]] == ["82.50", "7.00"]
