"""test_account_scores: a lead's part of its account's score, against plain sums."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings, strategies as st

from leadscore import load_model, score_batch
from leadscore.errors import ConfigError, UsageError
from tests.running import DAY, Place, rows_of, run

AS_OF = date(2026, 6, 30)
CENT = Decimal("0.01")


def config(share: str = "20%", cap: str = "15", **more: Any) -> dict[str, Any]:
    rules = [{"name": "points", "kind": "count", "field": "points", "each": 1}]
    return {
        "name": "part",
        "id": "id",
        "groups": {"fit": {"cap": 100, "rules": rules}},
        "disqualify": [{"name": "out", "when": {"points": {"at_least": 99}}}],
        "accounts": {"by": "company", "combine": {"damped": "50%"}, "in_score": {"share": share, "cap": cap}},
        "tiers": [{"name": "SQL", "min_score": 40}, {"name": "Rest"}],
        **more,
    }


def half_up(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def account_scores(leads: list[dict[str, str]]) -> dict[str, Decimal]:
    """models.md E7, damped by half, of the leads that are ranked."""
    scores: dict[str, list[Decimal]] = {}
    for lead in leads:
        if lead["company"].strip() and Decimal(lead["points"]) < 99:
            scores.setdefault(lead["company"].strip().lower(), []).append(Decimal(lead["points"]))
    return {
        name: sum(
            (half_up(score * Decimal("0.5") ** place) for place, score in enumerate(sorted(own)[::-1])),
            Decimal(),
        )
        for name, own in scores.items()
    }


rows = st.lists(
    st.fixed_dictionaries(
        {
            "company": st.sampled_from(["", "Acme", " ACME", "acme ", "Other", "Third"]),
            "points": st.integers(0, 120).map(str),
        }
    ),
    min_size=1,
    max_size=12,
)


def write(path: Path, leads: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "company", "points"])
        writer.writeheader()
        writer.writerows(leads)
    return path


@settings(max_examples=40, deadline=None)
@given(rows, st.sampled_from(["20%", "33%", "100%", "0.5%"]), st.sampled_from(["0", "7.5", "1000"]))
def test_a_lead_has_its_share_of_what_its_colleagues_score_by_themselves(
    tmp_path_factory: pytest.TempPathFactory, leads: list[dict[str, str]], share: str, cap: str
) -> None:
    place = Place(tmp_path_factory.mktemp("part"))
    leads = [{"id": f"{number:03}", **lead} for number, lead in enumerate(leads)]
    model = write_config(place.folder / "model.yml", config(share, cap, output={"contributions": True}))
    ended = place.score(write(place.folder / "leads.csv", leads), model)
    assert ended.code == 0, ended.stderr
    found = {
        row["id"]: row
        for name in ("ranked", "disqualified")
        for row in rows_of((place.out / f"{name}.csv").read_bytes())
    }
    scores, part = account_scores(leads), Decimal(share.strip("%")) / 100
    for lead in leads:
        account = scores.get(lead["company"].strip().lower(), Decimal())
        gives = min(half_up(account * part), Decimal(cap))
        assert Decimal(found[lead["id"]]["score"]) == min(Decimal(lead["points"]), Decimal(100)) + gives
    for lead in pq.read_table(place.out / "contributions.parquet").to_pylist():
        assert sum(value for name, value in lead.items() if name not in ("id", "score")) == lead["score"]
    table = rows_of((place.out / "accounts.csv").read_bytes())
    assert {row["account"].strip().lower(): Decimal(row["score"]) for row in table} == scores


def write_config(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


LEADS = [
    {"id": "a", "company": "Acme", "points": "60"},
    {"id": "b", "company": "ACME ", "points": "40"},
    {"id": "c", "company": "acme", "points": "10"},
    {"id": "d", "company": "", "points": "50"},
]


def test_explain_shows_the_account_and_adds_up(tmp_path: Path) -> None:
    export, model = write(tmp_path / "leads.csv", LEADS), write_config(tmp_path / "model.yml", config())
    told = json.loads(run("explain", export, "-c", model, "--id", "a", "--as-of", DAY, "--json").stdout)[
        "leads"
    ][0]
    lines = {line["name"]: (line["points"], line["looked_at"]) for line in told["lines"]}
    assert lines["account"] == (16.5, "20 % of 82.5, the score of Acme")
    assert lines["account: cap"] == (-1.5, "at most 15")
    assert told["score"] == 75 == sum(line["points"] for line in told["lines"])
    assert "no account" not in run("explain", export, "-c", model, "--id", "d", "--as-of", DAY).stdout


def test_score_batch_takes_the_accounts_of_a_run_and_any_part_of_the_leads(tmp_path: Path) -> None:
    place, model = Place(tmp_path), write_config(tmp_path / "model.yml", config())
    assert place.score(write(tmp_path / "leads.csv", LEADS), model).code == 0
    accounts = pd.read_csv(place.out / "accounts.csv", dtype="str")
    ranked = {row["id"]: float(row["score"]) for row in rows_of((place.out / "ranked.csv").read_bytes())}
    for lead in LEADS:
        scored = score_batch(pd.DataFrame([lead]), load_model(model), AS_OF, accounts=accounts)
        assert scored["score"].tolist() == [ranked[lead["id"]]]
    with pytest.raises(UsageError, match="accounts"):
        score_batch(pd.DataFrame(LEADS), load_model(model), AS_OF)


def test_the_most_a_lead_can_score_counts_its_account(tmp_path: Path) -> None:
    assert load_model(config()).bounds() == (0, 115_00)
    below = config()
    below["accounts"]["in_score"]["floor"] = -5
    assert load_model(below).bounds() == (-5_00, 115_00)
    assert load_model(config(score={"cap": 100})).bounds() == (0, 100_00)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"share": "20%"}, "accounts.in_score.cap"),
        ({"share": "0%", "cap": 5}, "accounts.in_score.share"),
        ({"share": "20%", "cap": -5}, "accounts.in_score.cap"),
        ({"share": "20%", "cap": 5, "floor": 1}, "accounts.in_score.floor"),
    ],
)
def test_a_part_that_says_too_little_is_refused(change: dict[str, Any], key: str) -> None:
    bad = config()
    bad["accounts"]["in_score"] = change
    with pytest.raises(ConfigError, match=key):
        load_model(bad)


def test_a_rule_does_not_have_the_name_of_the_accounts_line() -> None:
    bad = config()
    bad["groups"]["fit"]["rules"][0]["name"] = "account"
    with pytest.raises(ConfigError, match="in_score"):
        load_model(bad)
