"""test_accounts: leads of one company become one account, by each way to combine them."""

from __future__ import annotations

import json
import random
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from leadscore.errors import ConfigError
from leadscore.model.accounts import RULE_LIMIT, Accounts
from leadscore.model.load import load_content, load_model
from leadscore.model.schema import Model
from leadscore.pipeline.accounts import KEY, NAME, account_columns, roll_up
from leadscore.pipeline.batch import score_leads
from tests.running import Place, run

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


# Account rules. The oracle below knows them as plain Python.
RULES = """
  - {name: industry, kind: lookup, field: industry, values: {Software: 20, Finance: 7.5}, missing: -5}
  - {name: size, kind: bands, field: employees, bands: {0: -10, 50: 15}}
  - name: visits
    kind: count
    field: visits
    each: 0.25
    cap: 10
    decay: {steps: {30: 50%}, since: seen, missing: 10%}
"""
WITH_RULES = f"""\
name: accounts
id: lead_id
fields: {{seen: {{type: date}}}}
groups: {{fit: {{rules: [{{name: points, kind: count, field: n, each: 0.5, cap: 99}}]}}}}
tiers: [{{name: All}}]
accounts:
  by: company
  combine: {{damped: 50%}}
  rules:{RULES.replace(chr(10), chr(10) + "  ")}
"""
DAY = date(2026, 6, 30)
Cells = dict[str, str]
Told = tuple[Decimal, bool]
"""A rule's points for one lead, and whether they are known."""


def by_industry(lead: Cells) -> Told:
    word = lead["industry"].lower()
    points = {"": "-5", "software": "20", "finance": "7.5"}.get(word, "0")
    return Decimal(points), word != ""


def by_size(lead: Cells) -> Told:
    if not lead["employees"].isdecimal():
        return Decimal(0), False
    return Decimal(15 if int(lead["employees"]) >= 50 else -10), True


def by_visits(lead: Cells) -> Told:
    if not lead["visits"]:
        return Decimal(0), False
    points = min(int(lead["visits"]) * Decimal("0.25"), Decimal(10))
    if not lead["seen"]:
        return rounded(points * Decimal("0.1")), points == 0
    age = (DAY - date.fromisoformat(lead["seen"])).days
    return rounded(points * Decimal("0.5" if age > 30 else "1")), True


def rounded(points: Decimal) -> Decimal:
    return points.quantize(Decimal("0.01"), ROUND_HALF_UP)


def plain_account(leads: list[Cells], combine: Any) -> tuple[int, int, str]:
    """Hundredths the leads add up to, hundredths of the rules, and the best lead."""
    scores = {lead["lead_id"]: int(lead["n"] or 0) * 50 for lead in leads}
    best_first = sorted(leads, key=lambda lead: (-scores[lead["lead_id"]], lead["lead_id"]))
    of_rules = Decimal(0)
    for rule in (by_industry, by_size, by_visits):
        told = [rule(lead) for lead in best_first]
        of_rules += next((points for points, known in told if known), told[0][0])
    return plain_score(list(scores.values()), combine), int(of_rules * 100), best_first[0]["lead_id"]


exports = st.lists(
    st.fixed_dictionaries(
        {
            "lead_id": st.sampled_from(["1", "10", "9", "B", "a", "ä", "Z", "é", "02", "2", "x y"]),
            "company": st.sampled_from(["", "A", "a ", "B"]),
            "n": st.sampled_from(["", "3", "40", "41", "120"]),
            "industry": st.sampled_from(["", "", "Software", "FINANCE", "Retail"]),
            "employees": st.sampled_from(["", "many", "49", "50"]),
            "visits": st.sampled_from(["", "0", "3", "41"]),
            "seen": st.sampled_from(["", "2026-05-31", "2026-05-30", "2026-07-01"]),
        }
    ),
    min_size=1,
    max_size=10,
    unique_by=lambda lead: lead["lead_id"],
)


def collected(leads: list[Cells], model: Model, size: int) -> pd.DataFrame:
    """The leads in batches of a size, each with what is kept of it."""
    assert model.accounts
    parts = []
    for first in range(0, len(leads), size):
        batch = pd.DataFrame(leads[first : first + size], dtype="str")
        scored = score_leads(batch, model, {name: name for name in model.fields}, DAY)
        parts.append(
            scored.columns.assign(id=batch["lead_id"], **account_columns(scored.leads, model.accounts))
        )
    return pd.concat(parts, ignore_index=True)


@given(
    exports,
    st.sampled_from(["max", "mean", {"top": 2}, {"damped": 0.5}]),
    st.randoms(use_true_random=False),
    st.integers(1, 10),
)
def test_an_account_gets_the_points_its_best_lead_who_is_known_gives_it_in_any_order_and_batch(
    leads: list[Cells], combine: Any, shuffle: random.Random, size: int
) -> None:
    way = json.dumps(combine).replace('"', "")  # as one writes it after --set
    model = load_content("model.yml", WITH_RULES.encode(), [f"accounts.combine={way}"])
    assert model.accounts
    by_account: dict[str, list[Cells]] = {}
    for lead in leads:
        by_account.setdefault(lead["company"].strip().lower(), []).append(lead)
    plain = {name: plain_account(each, combine) for name, each in by_account.items() if name}
    ordered = sorted(plain.items(), key=lambda item: (-item[1][0] - item[1][1], item[0]))
    for order in (leads, shuffle.sample(leads, len(leads))):
        found = roll_up(collected(order, model, size), model.accounts)
        told = zip(found["leads_score"], found["account_points"], found["best_lead"], strict=True)
        assert [*zip(found["account"].str.lower(), told, strict=True)] == ordered
        assert (found["score"] == found["leads_score"] + found["account_points"]).all()


def test_the_parts_of_an_accounts_score_stand_beside_it_and_only_ranked_leads_speak_for_it(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path)
    config = WITH_RULES + "  tiers: [{name: Target, min_score: 30}, {name: Rest}]\n"
    config += "disqualify: [{name: left, when: {industry: left}}]\n"
    leads = (
        "lead_id,company,n,industry,employees,visits,seen\n"
        "9,Acme,40,Finance,,3,\n"  # 20 points
        "10,ACME,40,,60,3,2026-05-30\n"  # as many: 10 comes before 9, but does not tell its industry
        "3,acme ,120,left,5,40,2026-06-30\n"  # 60 points, and disqualified
        "4,Beta,8,,,40,\n"  # 4 points; nobody knows how old the visits are: 10 % of 10
        "5,,199,Software,50,,\n"
    )
    assert place.score(leads, config).code == 0
    assert (place.out / "accounts.csv").read_text(encoding="utf-8") == (
        "rank,account,score,tier,leads_score,account_points,leads,best_lead\n"
        "1,ACME,52.88,Target,30,22.88,2,10\n"  # 7.5 + 15 + 0.38, which is half of 0.75
        "2,Beta,0,Rest,4,-4,1,4\n"  # -5 + 0 + 1
    )
    assert place.summary()["accounts"] == 2
    assert place.manifest()["counts"]["ranked"] == 4


RULE = "{name: size, kind: bands, field: employees, bands: {50: 15}}"


@pytest.mark.parametrize(
    ("rules", "key", "says"),
    [
        ("[]", "accounts.rules", "is empty"),
        ("[{name: a, kind: bandz}]", "accounts.rules.a.kind", "is not a kind of rule"),
        (
            "[{name: a, kind: count, event: visit, each: 1}]",
            "accounts.rules.a.event",
            "count events in a group",
        ),
        (f"[{RULE}, {RULE}]", "accounts.rules.size.name", "line 7, accounts.rules.size.name"),
        (
            "[{name: points, kind: match, when: {n: 1}, points: 1}]",
            "accounts.rules.points.name",
            "line 4, groups.fit",
        ),
        ("[{name: a, kind: lookup, field: n, values: {x: 1}}]", "accounts.rules.a.field", "reads n as text"),
        (
            "[{name: a, kind: match, when: {b: 1}, points: 1, decay: {window_days: 5}}]",
            "a.decay",
            "add since",
        ),
        (
            "[" + ", ".join(RULE.replace("size", f"r{place}") for place in range(RULE_LIMIT + 1)) + "]",
            "accounts.rules",
            "more than 100 rules",
        ),
    ],
)
def test_account_rules_that_cannot_be_meant_are_refused_with_their_place(
    rules: str, key: str, says: str
) -> None:
    config = CONFIG.replace("company,", f"company,\n  rules: {rules},")
    with pytest.raises(ConfigError) as refused:
        load_content("model.yml", config.encode())
    told = [problem for problem in refused.value.problems if problem.key.endswith(key)]
    assert len(told) == len(refused.value.problems) == 1
    assert told[0].line == 7
    assert says in str(told[0])


def test_as_many_account_rules_as_are_allowed_are_read() -> None:
    rules = [{"name": f"r{n}", "kind": "match", "when": {"x": n}, "points": n} for n in range(RULE_LIMIT)]
    assert settings("max", rules=rules).bounds() == (0, sum(range(RULE_LIMIT)) * 100)


def test_an_export_without_a_column_that_an_account_rule_reads_is_refused(tmp_path: Path) -> None:
    place = Place(tmp_path)
    ended = place.score("lead_id,company,n,industry,visits,seen\n1,A,2,,,\n", WITH_RULES)
    assert (ended.code, place.out.exists()) == (4, False)
    assert "leads.csv:1: employees: no column 'employees'" in ended.stderr


def test_a_group_may_have_the_name_of_what_is_kept_for_accounts(tmp_path: Path) -> None:
    place = Place(tmp_path)
    config = WITH_RULES.replace("fit:", f"{KEY.strip()}:")
    assert place.score("lead_id,company,n,industry,employees,visits,seen\n1,A,2,,,,\n", config).code == 0
    assert place.rows()[0][KEY.strip()] == "1"


def test_check_says_what_account_rules_can_give_and_doubts_those_that_do_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path)
    dull = "\n    - {name: dull, kind: lookup, field: industry, values: {Softwear: 1}}"
    idle = "\n    - {name: idle, kind: lookup, field: industry, values: {Software: 0}}"
    config = place.write("model.yml", WITH_RULES.rstrip() + dull + idle + "\n")
    export = place.write(
        "leads.csv",
        "lead_id,company,n,industry,employees,visits,seen\n1,A,2,Software,5,3,2026-06-01\n2,A,2,,50,,\n",
    )
    found = json.loads(run("check", config, export, "--json").stdout)
    assert found["account_points"] == {"minimum": -15, "maximum": 46}
    assert found["maximum"] == 99
    assert [(doubt["code"], doubt["key"]) for doubt in found["doubts"]] == [
        ("rule-never-matches", "accounts.rules.dull"),
        ("rule-without-points", "accounts.rules.idle"),
        ("rule-never-matches", "accounts.rules.idle"),
    ]
    shown = run("check", config, export, COLUMNS="200").stdout
    line = next(line for line in shown.splitlines() if "account points" in line)
    assert line.split() == ["account", "points", "5", "-15", "46"]


def test_a_combination_there_is_not_is_refused_with_those_there_are() -> None:
    groups = {"fit": {"rules": [{"name": "n", "kind": "count", "field": "n", "each": 1, "cap": 9}]}}
    config = {"name": "x", "id": "id", "groups": groups, "tiers": [{"name": "All"}]}
    with pytest.raises(ConfigError) as refused:
        load_model({**config, "accounts": {"by": "company", "combine": "best"}})
    said = "accounts.combine: must be exactly one of max, mean, sum, {top: 3} or {damped: 50%}"
    assert said in str(refused.value.problems[0])
