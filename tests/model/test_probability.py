"""test_probability: chances follow from scores alone, and a damaged or foreign model is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from leadscore.errors import ConfigError
from leadscore.model.load import load_model
from leadscore.model.probability import (
    ProbabilityModel,
    parse_probability,
    read_probability,
    scoring_digest,
)

CONFIG: dict[str, Any] = {
    "name": "test",
    "id": "lead_id",
    "groups": {"fit": {"rules": [{"name": "n", "kind": "count", "field": "n", "each": 1, "cap": 99}]}},
    "tiers": [{"name": "Hot", "min_score": 10}, {"name": "Cold"}],
}


def learned(intercept: float = -3, slope: float = 0.05, **more: object) -> ProbabilityModel:
    about: dict[str, Any] = {
        "leadscore": "0.1.0",
        "name": "test",
        "config_digest": "0" * 64,
        "config_sha256": "1" * 64,
        "data": [{"file": "leads.csv", "sha256": "2" * 64, "bytes": 5_000}],
        "as_of": date(2026, 6, 30),
        "learned_on": {"leads": 400, "won": 90},
        "held_out": {"brier": 0.13, "auc": {"value": 0.8, "low": 0.7, "high": 0.9}},
        "intercept": intercept,
        "slope": slope,
    }
    return ProbabilityModel(**about | more)


def text_of(**changes: object) -> str:
    """A model's file with other values in it; None for a key left out."""
    content = json.loads(learned().to_json()) | changes
    return json.dumps({key: value for key, value in content.items() if value is not None})


def chances(model: ProbabilityModel, *points: float) -> list[float]:
    found = model.chances(np.array([round(100 * each) for each in points], np.int64))
    return [chance / 10_000 for chance in found.tolist()]


numbers = st.floats(-1e3, 1e3, allow_nan=False)
scores = st.lists(st.integers(-100_000_000, 100_000_000), max_size=20)


def test_at_even_odds_the_chance_is_a_half_and_ten_points_more_raise_it_as_the_slope_says() -> None:
    assert chances(learned(), 60, 70, 50, 0, 100) == [0.5, 0.6225, 0.3775, 0.0474, 0.8808]


def test_far_from_even_odds_chances_are_0_and_1() -> None:
    assert chances(learned(), -1_000_000, 1_000_000) == [0, 1]
    assert chances(learned(1e300, -1e300), 0, 1, 2) == [1, 0.5, 0]


def test_a_model_that_learned_nothing_gives_every_lead_the_same() -> None:
    assert chances(learned(math.log(0.25), 0), -5, 0, 99) == [0.2, 0.2, 0.2]


@given(numbers, numbers, scores)
def test_a_chance_is_the_logistic_function_to_four_decimals(
    intercept: float, slope: float, points: list[int]
) -> None:
    found = learned(intercept, slope).chances(np.array(points, np.int64)).tolist()
    for each, chance in zip(points, found, strict=True):
        odds = intercept + slope * each / 100
        exact = 1 / (1 + math.exp(-min(max(odds, -700), 700)))
        # Doubles lose digits where intercept and slope x score cancel out.
        error = 1e-9 + 1e-15 * (abs(intercept) + abs(slope * each / 100))
        assert abs(chance / 10_000 - exact) <= 0.5e-4 + error


@given(numbers, st.floats(0, 1e3), scores)
def test_more_points_never_lower_the_chance_which_stays_between_0_and_1(
    intercept: float, slope: float, points: list[int]
) -> None:
    found = learned(intercept, slope).chances(np.sort(np.array(points, np.int64)))
    assert (np.diff(found) >= 0).all()
    assert ((found >= 0) & (found <= 10_000)).all()


@given(numbers, numbers, scores, st.integers(0, 20))
def test_a_lead_has_the_same_chance_in_any_batch(
    intercept: float, slope: float, points: list[int], cut: int
) -> None:
    model, column = learned(intercept, slope), np.array(points, np.int64)
    apart = [model.chances(column[:cut]), model.chances(column[cut:])]
    assert model.chances(column).tolist() == np.concatenate(apart).tolist()


@given(numbers, numbers, st.text(min_size=1).filter(str.strip))
def test_what_was_written_is_read_and_written_again_to_the_same_bytes(
    intercept: float, slope: float, name: str
) -> None:
    model = learned(intercept, slope, name=name, held_out={"b": [1, None], "a": {"y": 0.1, "x": name}})
    text = model.to_json()
    assert parse_probability("model.json", text.encode()) == model
    assert parse_probability("model.json", text.encode()).to_json() == text


def test_figures_in_another_order_give_the_same_bytes() -> None:
    one, other = learned(held_out={"a": 1, "b": 2}), learned(held_out={"b": 2, "a": 1})
    assert one.to_json() == other.to_json()


def test_a_file_says_what_it_is_for_whoever_opens_it() -> None:
    told = json.loads(learned().to_json())
    assert list(told)[:3] == ["format", "leadscore", "name"]
    assert (told["format"], told["as_of"], told["slope"]) == (1, "2026-06-30", 0.05)
    assert told["learned_on"] == {"leads": 400, "won": 90}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "m.json:1:1: is not valid JSON"),
        ('{"format": 1,\n "name": x}', "m.json:2:10: is not valid JSON"),
        (b'{"name":\n "\xff"}', "m.json:2: is not UTF-8"),
        ("[1, 2]", "m.json: is no probability model: it must be one object"),
        ('{"slope": 1, "slope": 2}', "m.json: has a key twice"),
        ('{"slope": NaN}', "m.json: has a key twice, a number that is none"),
        ('{"slope": ' + "9" * 5_000 + "}", "m.json: has a key twice, a number that is none"),
        ("[" * 100_000, "m.json: "),
        (" " * (1 << 20) + "{}", "m.json: is larger than 1,048,576 bytes"),
        (text_of(format=2), "m.json: format: is not a format known here; use the leadscore that wrote it"),
        (text_of(slope=None), "m.json: slope: is missing; run leadscore calibrate"),
        (text_of(slope="0.05"), "m.json: slope: is not a number"),
        (text_of(slope=True), "m.json: slope: is not a number"),
        (text_of(intercept=10**400), "m.json: intercept: is not a number"),
        (text_of(slop=1), "m.json: slop: is not a known key"),
        (text_of(config_digest="abc"), "m.json: config_digest: is not a SHA-256 digest"),
        (text_of(as_of="30/06/2026"), "m.json: as_of: is not a day (YYYY-MM-DD)"),
        (text_of(as_of=[]), "m.json: as_of: is not a day (YYYY-MM-DD)"),
        (text_of(learned_on={"leads": -1, "won": 0}), "m.json: learned_on.leads: is not a whole number"),
        (text_of(data=[]), "m.json: data: is not what belongs here"),
        (text_of(held_out=[]), "m.json: held_out: must be an object of figures"),
    ],
)
def test_a_file_that_is_no_model_is_refused_in_a_sentence(content: str | bytes, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_probability("m.json", content if isinstance(content, bytes) else content.encode())
    assert any(str(each).startswith(said) for each in refused.value.problems), str(refused.value)


def test_all_faults_of_a_file_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        parse_probability("m.json", text_of(slope="x", name="", data=None).encode())
    assert {problem.key for problem in refused.value.problems} == {"slope", "name", "data"}


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    for path, what in ((tmp_path, "is a folder"), (tmp_path / "none.json", "is not there; check the path")):
        with pytest.raises(ConfigError, match=what):
            read_probability(path)
    (tmp_path / "model.json").write_text(learned().to_json())
    assert read_probability(tmp_path / "model.json") == learned()


def digest_with(**changes: Any) -> str:
    return scoring_digest(load_model(CONFIG | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "another"},
        {"tiers": [{"name": "A", "min_score": 20}, {"name": "B", "min_score": 5}, {"name": "C"}]},
        {"output": {"reasons": 5, "formats": ["parquet"]}},
        {"checks": {"min_rows": 5}},
        {"rank_by": ["score", "size"]},
        {"outcome": {"field": "converted", "won": "yes"}},
        {"arms": {"name": "trial", "shares": {"a": "50%", "b": "50%"}}},
        {"scales": {"letter": {"of": "fit", "cuts": {"A": 50, "B": 0}}}},
    ],
)
def test_what_changes_no_score_needs_no_new_model(changes: Mapping[str, Any]) -> None:
    assert digest_with(**changes) == digest_with()


@pytest.mark.parametrize(
    "changes",
    [
        {"score": {"cap": 50}},
        {"fields": {"n": {"from": "count"}}},
        {"groups": {"fit": {"cap": 20, **CONFIG["groups"]["fit"]}}},
        {"disqualify": [{"name": "rival", "when": {"mail": "x"}}]},
        {"segments": [{"name": "all", "override": {"score": {"cap": 50}}}]},
    ],
)
def test_what_may_change_a_score_does(changes: Mapping[str, Any]) -> None:
    assert digest_with(**changes) != digest_with()


def test_of_two_segments_each_ones_points_count() -> None:
    def segments(cap: int) -> str:
        first = {"name": "some", "when": {"n": {"above": 5}}, "override": {"groups": {"fit": {"cap": cap}}}}
        return digest_with(segments=[first, {"name": "rest"}])

    assert segments(20) != segments(21)


def test_a_model_is_for_the_scores_it_was_learned_on() -> None:
    model = load_model(CONFIG)
    learned(config_digest=scoring_digest(model)).refuse_other(model, "m.json")
    with pytest.raises(ConfigError) as refused:
        learned().refuse_other(model, "m.json")
    told = "m.json: config_digest: was learned on the scores of another config; run leadscore calibrate"
    assert str(refused.value).startswith(told)
