"""test_init_history: points from won and lost leads: which columns, which points, and what is left out."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadscore.analysis.init.build import Asked, Made, make_config
from leadscore.analysis.init.fives import to_points
from leadscore.analysis.init.learn import Cases, choose_columns, fit_model, ranks_won_first
from leadscore.model.load import load_content


def made_up(count: int = 3_000) -> pd.DataFrame:
    """A title, a source and visits decide; a shirt size does not, and a remark knows the outcome."""
    chance = random.Random(8)
    rows = []
    for number in range(count):
        title = chance.choice(["Director", "Engineer", ""])
        source = chance.choice(["Partner", "Web", "Fair", "List"])
        visits = chance.choice([0, 0, 1, 2, 5, 9])
        odds = -2.0 + 1.5 * (title == "Director") + 1.5 * (source == "Partner") + 0.25 * visits
        won = chance.random() < 1 / (1 + np.exp(-odds))
        tag = "called back" if won and chance.random() < 0.8 else chance.choice(["no answer", ""])
        rows.append(
            (f"id{number}", title, source, visits, chance.choice("SML"), tag, chance.choice("ABC"), won)
        )
    headers = ["Lead ID", "Job Title", "Source", "Visits", "Shirt", "Remark of", "Lead Stage", "Converted"]
    return pd.DataFrame(rows, columns=headers).astype("str")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    path = tmp_path_factory.mktemp("history") / "leads.csv"
    made_up().to_csv(path, index=False)
    return make_config([path], Asked())


def points_of(made: Made, group: str, rule: str) -> dict[str, float]:
    """The points a lookup gives each value."""
    rules = load_content("model.yml", made.text.encode()).groups[group].rules
    found = next(each for each in rules if each.name == rule)
    return {value: points / 100 for value, points in found.values.items()}  # type: ignore[union-attr]


def test_what_decides_earns_points_and_what_does_not_is_left_out(made: Made) -> None:
    assert [rule.name for rule in made.draft.live()] == ["seniority", "source", "visits"]
    source = points_of(made, "fit", "source")
    assert source["Partner"] >= 20
    assert max(source["Web"], source["Fair"], source["List"]) <= 5
    assert "# These add nothing to the rules below, or separate nothing: Shirt." in made.text


def test_what_knows_the_outcome_or_may_is_named_with_the_reason(made: Made) -> None:
    assert set(made.suspects) == {"Remark of", "Lead Stage"}
    assert "it knows the outcome: " in made.suspects["Remark of"]
    assert "--with 'Remark of'" in made.text


def test_a_suspect_is_taken_in_where_the_user_trusts_it(tmp_path: Path) -> None:
    made_up().to_csv(tmp_path / "leads.csv", index=False)
    made = make_config([tmp_path / "leads.csv"], Asked(trusted=["Remark of"]))
    assert "remark of" in [rule.name for rule in made.draft.live()]


def test_the_points_come_to_a_hundred_or_a_little_less(made: Made) -> None:
    low, high = load_content("model.yml", made.text.encode()).bounds()
    assert 80_00 <= high <= 100_00
    assert low == 0


def test_the_leads_left_out_are_ranked_nearly_as_well_as_they_can_be(made: Made) -> None:
    assert made.learned is not None
    assert made.learned.held_out == pytest.approx(600, abs=80)
    leads = made_up()
    odds = 1.5 * (leads["Job Title"] == "Director") + 1.5 * (leads["Source"] == "Partner")
    best = odds + 0.25 * leads["Visits"].astype(int)
    possible = ranks_won_first(np.asarray(best, dtype=np.float64), (leads["Converted"] == "True").to_numpy())
    assert made.learned.area == pytest.approx(possible, abs=0.04)


def test_beside_each_value_stands_how_many_leads_have_it_and_how_many_were_won(made: Made) -> None:
    leads = made_up()
    there = leads["Source"] == "Partner"
    share = round(100 * (leads["Converted"] == "True")[there].mean())
    assert f"# {there.sum()} leads, {share} % won" in made.text


def test_tiers_hold_a_tenth_a_fifth_and_a_third(made: Made) -> None:
    cuts = [tier.min_score for tier in made.draft.tiers if tier.min_score is not None]
    reached = [float((made.tried.scores >= 100 * cut).mean()) for cut in cuts]
    assert reached == pytest.approx([0.1, 0.3, 0.6], abs=0.08)
    assert cuts == sorted(cuts, reverse=True)


def test_with_few_outcomes_points_are_rules_of_thumb(tmp_path: Path) -> None:
    leads = made_up(60)
    leads.to_csv(tmp_path / "leads.csv", index=False)
    made = make_config([tmp_path / "leads.csv"], Asked())
    assert made.learned is None
    assert "fewer than 40 of each say little" in made.text


def test_two_columns_that_say_the_same_share_their_points() -> None:
    chance = np.random.default_rng(1)
    codes = chance.integers(0, 2, 4_000)
    won = chance.random(4_000) < np.where(codes, 0.6, 0.2)
    alone = fit_model([Cases(codes, 2)], won)
    twice = fit_model([Cases(codes, 2), Cases(codes, 2)], won)
    spread = [each[1] - each[0] for each in (*alone.weights, *twice.weights)]
    assert spread[1] + spread[2] == pytest.approx(spread[0], rel=0.02)


def test_weights_are_those_of_the_log_odds_where_a_column_stands_alone() -> None:
    codes = np.repeat([0, 1], [3_000, 3_000])
    won = np.concatenate([np.arange(3_000) < 600, np.arange(3_000) < 1_800])
    weights = fit_model([Cases(codes, 2)], won).weights[0]
    assert weights[1] - weights[0] == pytest.approx(np.log(0.6 / 0.4) - np.log(0.2 / 0.8), abs=0.02)


def test_a_column_that_knows_leads_by_heart_is_not_chosen() -> None:
    chance = np.random.default_rng(2)
    signal, noise = chance.integers(0, 2, 800), chance.integers(0, 40, 800)
    won = chance.random(800) < np.where(signal, 0.5, 0.2)
    chosen, _ = choose_columns([Cases(noise, 40), Cases(signal, 2)], won)
    assert chosen == [1]


def test_points_are_fives_and_the_worst_case_of_a_column_has_none() -> None:
    cases = [Cases(np.array([0, 1, -1]), 2), Cases(np.array([0, -1, -1]), 1, is_open=True)]
    won = np.array([False, True, False])
    given = to_points(cases, [np.array([-1.0, 1.0]), np.array([-1.0])], won)
    assert given[0].points == (0, 100)
    assert given[0].otherwise == 50
    assert given[1].points == (-50,)
    assert given[1].otherwise == 0


def test_on_the_x_education_leads_it_comes_near_a_config_made_by_hand(x_education: Path) -> None:
    made = make_config([x_education], Asked())
    assert made.learned is not None
    assert made.learned.area > 0.83
    assert made.learned.top_rate > 0.9
    worked_on = {
        *("Tags", "Lead Quality", "Lead Profile", "Last Activity", "Last Notable Activity"),
        *("Asymmetrique Activity Index", "Asymmetrique Profile Index"),
        *("Asymmetrique Activity Score", "Asymmetrique Profile Score"),
    }
    assert set(made.suspects) == worked_on
    assert made.tried.findings == ()
