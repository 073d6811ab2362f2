"""test_spark_accounts: leads rolled up on the engine are the accounts that one machine makes of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pandas.testing import assert_frame_equal

from leadscore.model.accounts import Accounts
from leadscore.model.load import load_model
from leadscore.pipeline.accounts import KEY, KNOWN, NAME, POINTS, Runs, roll_up
from leadscore.pipeline.spark.account_parts import Cut
from leadscore.pipeline.spark.accounts import rank_accounts, roll_up_accounts
from leadscore.pipeline.spark.cumulate import Offsets

_SLOW = pytest.mark.slow
COUNTS = [pytest.param(1, marks=_SLOW), pytest.param(2, marks=_SLOW), 7]
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")

Lead = tuple[str | None, str | None, str, int, int, bool, int, bool]
"""Account as compared and as written, id, score, and of two rules the points and whether they are known."""

KEYS = ["acme", "beta", "z", "\uffff", "\U00010000", "\U0001f600", "café", "日本", "c", "d", "e"]
TIERS = [{"name": "Target", "min_score": 30}, {"name": "Other", "min_score": -5}, {"name": "Rest"}]
BATCH_ROWS = "spark.sql.execution.arrow.maxRecordsPerBatch"


@pytest.fixture(autouse=True)
def small_batches(request: pytest.FixtureRequest) -> Iterator[None]:
    """Batches of three rows, so that accounts are cut in every way."""
    if "spark" not in request.fixturenames:
        yield
        return
    spark = request.getfixturevalue("spark")
    before = spark.conf.get(BATCH_ROWS)
    spark.conf.set(BATCH_ROWS, "3")
    yield
    spark.conf.set(BATCH_ROWS, before)


def settings(combine: Any, rules: int = 2, tiers: bool = True) -> Accounts:
    each = [{"name": f"rule {n}", "kind": "match", "when": {"x": n}, "points": n} for n in range(rules)]
    more = {"rules": each} if rules else {}
    found = load_model(
        {
            "name": "accounts",
            "id": "id",
            "groups": {"fit": {"rules": [{"name": "n", "kind": "count", "field": "n", "each": 1, "cap": 9}]}},
            "tiers": [{"name": "All"}],
            "accounts": {"by": "company", "combine": combine, **({"tiers": TIERS} if tiers else {}), **more},
        }
    ).accounts
    assert found is not None
    return found


def draw_leads(count: int, seed: int, skew: float) -> list[Lead]:
    """Leads with many ties and gaps, of which this share has one account."""
    chance = random.Random(seed)
    leads: list[Lead] = []
    for id in chance.sample(range(10 * count), count):
        key = "giant" if chance.random() < skew else chance.choice([None, *KEYS])
        name = key and chance.choice([key, f" {key}", key.upper()])
        told = (
            chance.choice([-250, 0, 175]),
            chance.random() < 0.2,
            chance.randrange(999),
            chance.random() < 0.6,
        )
        leads.append((key, name, f"{id}", chance.choice([-901, 0, 50, 51, 2003]), *told))
    return leads


def on_one_machine(leads: list[Lead], accounts: Accounts) -> pd.DataFrame:
    columns: list[list[Any]] = [[lead[place] for lead in leads] for place in range(8)]
    frame: dict[str, Any] = {
        KEY: pd.array(columns[0], dtype="str"),
        NAME: pd.array(columns[1], dtype="str"),
        "id": pd.array(columns[2], dtype="str"),
        "score": np.array(columns[3], dtype=np.int64),
    }
    for place, rule in enumerate(accounts.rules):
        frame[POINTS + rule.name] = np.array(columns[4 + 2 * place], dtype=np.int64)
        frame[KNOWN + rule.name] = np.array(columns[5 + 2 * place], dtype=bool)
    return roll_up(pd.DataFrame(frame), accounts)


def on_the_engine(spark: Any, leads: list[Lead], accounts: Accounts, partitions: int) -> pd.DataFrame:
    schema = "key string, name string, id string, score long, p0 long, k0 boolean, p1 long, k1 boolean"
    frame = spark.createDataFrame(leads, schema).repartition(3)
    table = roll_up_accounts(frame, accounts, partitions)
    ranked = rank_accounts(table, accounts, partitions)

    def task(batches: Iterator[pa.RecordBatch], frames: Any) -> Iterator[pa.RecordBatch]:
        for each in frames(batches):
            yield pa.RecordBatch.from_pandas(each, preserve_index=False)

    empty = on_one_machine([], accounts)
    kinds = ", ".join(
        f"{name} {'long' if kind == 'int64' else 'string'}" for name, kind in empty.dtypes.items()
    )
    found = ranked.ordered.mapInArrow(partial(task, frames=ranked.frames), kinds).collect()
    assert len(found) == ranked.count == table.count()
    shown = pd.DataFrame([tuple(row) for row in found], columns=empty.columns).astype(empty.dtypes.to_dict())
    return shown.sort_values("rank", ignore_index=True)


@pytest.mark.parametrize("partitions", COUNTS)
@pytest.mark.parametrize("combine", ["max", "mean", "sum", {"top": 5}, {"damped": "97%"}], ids=str)
def test_an_account_with_a_third_of_the_leads_is_what_one_machine_makes_of_it(
    spark: Any, combine: Any, partitions: int
) -> None:
    accounts, leads = settings(combine), draw_leads(240, seed=partitions, skew=0.33)
    expected = on_one_machine(leads, accounts)
    assert expected["leads"].max() > 240 / 4
    assert_frame_equal(on_the_engine(spark, leads, accounts, partitions), expected)


@pytest.mark.parametrize("combine", ["mean", {"top": 50}, {"damped": "100%"}], ids=str)
def test_one_account_may_have_all_leads(spark: Any, combine: Any) -> None:
    accounts, leads = settings(combine), draw_leads(90, seed=5, skew=1)
    assert_frame_equal(on_the_engine(spark, leads, accounts, 7), on_one_machine(leads, accounts))


def test_a_lead_that_tells_a_rules_points_may_stand_in_any_part_of_its_account(spark: Any) -> None:
    accounts = settings({"damped": "50%"})
    nobody = [("a", "A", f"{id:02}", 100 - id, 10 + id, False, id, False) for id in range(40)]
    for teller in (0, 3, 20, 39):
        leads: list[Lead] = [*nobody]
        leads[teller] = (*leads[teller][:6], leads[teller][6], True)
        found = on_the_engine(spark, leads, accounts, 7)
        assert found["account_points"].tolist() == [10 + teller]  # no lead tells the first rule: the best's
        assert found["best_lead"].tolist() == ["00"]


@pytest.mark.parametrize(("rules", "tiers"), [(0, False), (0, True), (1, False)])
def test_the_columns_are_those_the_config_asks_for(spark: Any, rules: int, tiers: bool) -> None:
    accounts, leads = settings({"top": 2}, rules, tiers), draw_leads(60, seed=9, skew=0.1)
    assert_frame_equal(on_the_engine(spark, leads, accounts, 2), on_one_machine(leads, accounts))


@pytest.mark.parametrize(
    "leads", [[], [(None, None, "1", 5, 0, True, 0, True)]], ids=["no leads", "no account"]
)
def test_without_accounts_there_is_nothing_to_rank(spark: Any, leads: list[Lead]) -> None:
    assert on_the_engine(spark, leads, settings("mean"), 2).empty


def test_places_are_carried_over_as_many_partitions_as_an_account_has() -> None:
    names = ("part", "rows", "first", "last", "tail")
    ends = [
        (0, 4, "a", "b", 1),
        (1, 3, "b", "b", 3),
        (3, 5, "b", "c", 2),
        (4, 2, "c", "c", 2),
        (5, 1, "d", "d", 1),
    ]
    told = [dict(zip(names, end, strict=True)) for end in ends]
    expected = Cut(Offsets.of({0: 4, 1: 3, 3: 5, 4: 2, 5: 1}), (0, 1, 0, 4, 2, 0))
    assert Cut.of(told) == Cut.of(told[::-1]) == expected
    assert Cut.of([]) == Cut(Offsets((), (), 0), ())


@pytest.mark.parametrize(
    "combine", ["max", "mean", "sum", {"top": 3}, {"damped": "50%"}, {"damped": "0.1%"}], ids=str
)
def test_leads_of_an_account_bring_as_much_to_it_cut_in_two_as_in_one(combine: Any) -> None:
    accounts = settings(combine)
    scores = np.array([4003, 4001, 777, 1, 0, -1, -333, -4001], dtype=np.int64)
    whole = Runs.of(np.array([0]), len(scores)).add_up(scores, accounts)
    for cut in range(1, len(scores)):
        first = Runs.of(np.array([0]), cut).add_up(scores[:cut], accounts)
        second = Runs.of(np.array([0]), len(scores) - cut, cut).add_up(scores[cut:], accounts)
        assert (first + second).tolist() == whole.tolist()


@pytest.mark.parametrize(
    ("share", "left"), [("50%", [0, 0]), ("100%", [9999, -7]), ("99.9999999%", [3679, -3])]
)
def test_a_lead_far_down_a_large_account_brings_what_is_left_of_its_score(
    share: str, left: list[int]
) -> None:
    # 0.999999999 ** 1,000,000,000 is 1/e to nine digits.
    accounts, scores = settings({"damped": share}), np.array([10_000, -7], dtype=np.int64)
    if share == "100%":
        scores = np.array([9999, -7], dtype=np.int64)
    places = np.array([1_000_000_000, 1_000_000_001])
    assert accounts.combine.weigh(scores, places).tolist() == left
