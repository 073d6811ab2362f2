"""test_chances: predicted chances against what came, tenth by tenth."""

from __future__ import annotations

import hashlib
import json
import math
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from leadscore.analysis.evaluate.chances import Chances, judge_chances
from leadscore.analysis.evaluate.judged import judge_leads
from leadscore.analysis.files import Files
from leadscore.analysis.variant import read_variant
from leadscore.model.probability import ProbabilityModel
from leadscore.views.chances import chances_json, chances_view
from tests.analysis.test_arms import shown
from tests.model.test_probability import learned
from tests.running import model_of

RULE = "kind: count, field: n, each: 1, cap: 99"
HEAD = "outcome: {field: converted, won: [yes]}\ndisqualify: [{name: rival, when: {n: 98}}]"
Lead = tuple[int, str]
"""Score, and what became of it."""

leads = st.lists(st.tuples(st.integers(0, 97), st.sampled_from(["yes", "no"])), min_size=1, max_size=60)


def judge(folder: Path, rows: list[Lead], model: ProbabilityModel) -> Chances | None:
    export, config = folder / "leads.csv", folder / "model.yml"
    lines = [f"{place},{score},{outcome}\n" for place, (score, outcome) in enumerate(rows)]
    export.write_text("lead_id,n,converted\n" + "".join(lines))
    config.write_text(model_of(RULE, head=HEAD))
    judged = judge_leads(read_variant("A", config), Files([export], date(2026, 6, 30)))
    return judge_chances(judged, model)


def told(chances: Chances | None) -> Chances:
    assert chances is not None
    return chances


def test_each_part_has_its_mean_chance_beside_what_came(tmp_path: Path) -> None:
    rows = [(score, "yes" if score % 3 == 0 else "no") for score in range(80)]
    chances = told(judge(tmp_path, rows, learned(-2, 0.05)))
    assert [part.leads for part in chances.parts] == [8] * 10
    best = chances.parts[0]
    assert best.won == sum(score % 3 == 0 for score in range(72, 80))
    predicted = [1 / (1 + math.exp(2 - 0.05 * score)) for score in range(72, 80)]
    assert best.predicted == pytest.approx(sum(predicted) / 8, abs=5e-5)
    assert best.lowest == pytest.approx(min(predicted), abs=5e-5)
    assert best.highest == pytest.approx(max(predicted), abs=5e-5)
    assert best.observed.value == best.won / 8
    assert best.observed.low < best.observed.value < best.observed.high


@settings(max_examples=30)
@given(rows=leads, slope=st.floats(-0.2, 0.2))
def test_figures_are_those_of_a_plain_sum_over_the_leads(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Lead], slope: float
) -> None:
    chances = told(judge(tmp_path_factory.mktemp("chances"), rows, learned(-1, slope)))
    predicted = [round(1 / (1 + math.exp(1 - slope * score)), 4) for score, _ in rows]
    won = [outcome == "yes" for _, outcome in rows]
    squares = [(chance - hit) ** 2 for chance, hit in zip(predicted, won, strict=True)]
    assert chances.brier == pytest.approx(sum(squares) / len(rows), abs=1e-6)
    assert chances.predicted == pytest.approx(sum(predicted) / len(rows), abs=1e-4)
    rate = sum(won) / len(rows)
    assert chances.observed.value == pytest.approx(rate)
    assert chances.brier_of_rate == pytest.approx(rate * (1 - rate))
    assert sum(part.leads for part in chances.parts) == len(rows)
    assert sum(part.won for part in chances.parts) == sum(won)
    ends = [(part.lowest, part.highest) for part in chances.parts]
    assert all(before[0] > after[1] for before, after in pairwise(ends))


def test_leads_with_the_same_chance_are_in_one_part(tmp_path: Path) -> None:
    rows = [(50, "yes")] * 30 + [(10, "no")] * 70
    parts = told(judge(tmp_path, rows, learned())).parts
    assert [(part.leads, part.won) for part in parts] == [(30, 30), (70, 0)]


def test_only_ranked_leads_whose_outcome_is_known_count(tmp_path: Path) -> None:
    rows = [(50, "yes"), (50, "no"), (98, "yes"), (60, "")]
    chances = told(judge(tmp_path, rows, learned(0, 0)))
    assert [(part.leads, part.won) for part in chances.parts] == [(2, 1)]
    assert (chances.brier, chances.brier_of_rate) == (0.25, 0.25)
    assert judge(tmp_path, [(98, "yes"), (60, "")], learned()) is None


def test_leads_that_the_model_was_learned_on_are_named(tmp_path: Path) -> None:
    rows = [(score, "yes" if score > 50 else "no") for score in range(98)]
    assert told(judge(tmp_path, rows, learned())).learned_from == []
    digest = hashlib.sha256((tmp_path / "leads.csv").read_bytes()).hexdigest()
    data = [{"file": "other.csv", "sha256": digest, "bytes": 1}]
    chances = told(judge(tmp_path, rows, learned(data=data)))
    assert chances.learned_from == ["leads.csv"]
    assert "learned on these leads (leads.csv)" in shown(chances_view(chances))


def test_the_table_says_where_chances_are_too_high_or_too_low(tmp_path: Path) -> None:
    rows = [(60, "no")] * 50 + [(0, "yes")] * 50
    text = shown(chances_view(told(judge(tmp_path, rows, learned()))))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "50.0 to 50.0 % 50.0 % 0.0 % 0.0 to 7.1 0 50 too high" in lines
    assert "4.7 to 4.7 % 4.7 % 100.0 % 92.9 to 100.0 50 50 too low" in lines
    assert any(line.startswith("27.4 % predicted, 50.0 % came; Brier 0.5787") for line in lines)


def test_json_has_what_the_table_has(tmp_path: Path) -> None:
    chances = told(judge(tmp_path, [(60, "no"), (0, "yes")], learned()))
    content = json.loads(json.dumps(chances_json(chances)))
    assert content["parts"][0] == {
        "lowest": 0.5,
        "highest": 0.5,
        "predicted": 0.5,
        "leads": 1,
        "won": 0,
        "observed": {"value": 0, "low": 0, "high": pytest.approx(0.7935, abs=5e-5)},
    }
    assert (content["brier_of_rate"], content["learned_from"]) == (0.25, [])
