"""test_trend: moves add up to the tiers of both runs, and alarms are exact at their limits."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from leadscore.analysis.trend.moves import ENTERED, LEFT, find_moves
from leadscore.analysis.trend.runs import find_runs
from leadscore.model.output import Checks
from leadscore.pipeline.alarms import find_alarms
from leadscore.pipeline.snapshot import FieldShot, RuleShot, Snapshot
from leadscore.pipeline.stability import Histogram
from tests.running import Place, csv_of, match, model_of, rows_of, run

CONFIG = model_of(
    "kind: count, field: visits, each: 1, cap: 20",
    head="disqualify: [{name: rival, when: {title: Rival}}]\n"
    "screen: {spam: [{name: spam, when: {title: Spam}}]}",
    tiers="[{name: Hot, min_score: 12}, {name: Warm, min_score: 6}, {name: Cold}]",
)
PARTS = ("ranked", "disqualified", "screened")


def stood(folder: Path) -> dict[str, str]:
    """Id -> tier or part, from the files by Python's own reader."""
    return {
        row["lead_id"]: row.get("tier", part)
        for part in PARTS
        for row in rows_of((folder / f"{part}.csv").read_bytes())
    }


@pytest.mark.parametrize("seed", range(5))
def test_the_matrix_is_what_a_recount_of_the_files_gives(tmp_path: Path, seed: int) -> None:
    chance, place = random.Random(seed), Place(tmp_path)
    model = place.write("model.yml", CONFIG)
    for day in ("2026-06-01", "2026-06-02"):
        ids = chance.sample(range(200), chance.randint(1, 120))
        rows = [
            f"{number:03},{chance.randint(0, 20)},{chance.choice(['', '', 'Rival', 'Spam'])}"
            for number in ids
        ]
        export = place.write("leads.csv", csv_of("lead_id,visits,title", rows))
        assert run("score", export, "-c", model, "-o", tmp_path / day, "--as-of", day).code == 0
    before, now = (stood(tmp_path / day) for day in ("2026-06-01", "2026-06-02"))
    expected = Counter((before.get(id_, ENTERED), now.get(id_, LEFT)) for id_ in {*before, *now})
    moves = find_moves(*find_runs([tmp_path])[0])
    assert not isinstance(moves, str)
    found = {
        (was, is_): int(moves.leads[row, column])
        for row, was in enumerate(moves.before)
        for column, is_ in enumerate(moves.now)
        if moves.leads[row, column]
    }
    assert found == expected


def snapshot(scores: list[int], fired: int, unknown: int, leads: int) -> Snapshot:
    return Snapshot(
        date(2026, 6, 1), {"in": leads, "ranked": len(scores)}, (), None, {},
        Histogram.of(np.array(scores, np.int64)),
        {("", "demo"): RuleShot(fired, leads)}, {"visits": FieldShot(unknown, leads, None, False)}, {}, (),
    )  # fmt: skip


def checks(psi: str | None = None, rise: str | None = None) -> Checks:
    limits = Checks(psi_above=None if psi is None else Decimal(psi))
    return limits.model_copy(update={"missing_rise": None if rise is None else Decimal(rise)})


@given(st.integers(1, 50), st.integers(1, 50), st.data())
def test_a_rise_rings_just_above_its_limit(before: int, now: int, data: st.DataObject) -> None:
    then, later = data.draw(st.integers(0, before)), data.draw(st.integers(0, now))
    limit = data.draw(st.integers(0, 100))
    alarms = find_alarms(
        snapshot([1], 1, then, before), snapshot([1], 1, later, now), checks(rise=str(Decimal(limit) / 100))
    )
    assert len(alarms) == (100 * (later * before - then * now) > limit * before * now)


def test_nothing_rings_where_nothing_is_watched() -> None:
    assert find_alarms(snapshot([1] * 9, 9, 0, 9), snapshot([900] * 9, 0, 9, 9), checks()) == []


def test_score_rules_and_fields_ring_in_this_order() -> None:
    before = snapshot([100, 200, 300, 400], 10, 0, 100)
    now = snapshot([400, 400, 400, 100], 60, 11, 100)
    alarms = find_alarms(before, now, checks("0.2", "0.1"))
    assert [(alarm.of, alarm.name) for alarm in alarms] == [
        ("score", "score"),
        ("rule", "demo"),
        ("field", "visits"),
    ]
    assert alarms[2].value == pytest.approx(0.11)
    assert find_alarms(before, before, checks("0.2", "0.1")) == []


def test_a_rule_or_field_that_one_of_the_runs_has_not_is_not_compared() -> None:
    before, now = snapshot([100], 0, 0, 100), snapshot([100], 100, 100, 100)
    others = replace(before, rules={}, fields={"other": FieldShot(0, 100, None, False)})
    assert find_alarms(others, now, checks("0.2", "0.1")) == []
    without = replace(before, rules={("", "demo"): RuleShot(0, None)}, fields={}, scores=None)
    assert find_alarms(without, now, checks("0.2", "0.1")) == []
    assert find_alarms(now, without, checks("0.2", "0.1")) == []


def test_a_rule_of_two_segments_is_two_rules() -> None:
    before = replace(
        snapshot([100], 0, 0, 100), rules={("a", "demo"): RuleShot(50, 100), ("b", "demo"): RuleShot(1, 100)}
    )
    now = replace(before, rules={("a", "demo"): RuleShot(50, 100), ("b", "demo"): RuleShot(50, 100)})
    (alarm,) = find_alarms(before, now, checks("0.2"))
    assert (alarm.segment, alarm.told["segment"]) == ("b", "b")
    assert "rule 'demo (b)' fires for another share: from 1.0 % to 50.0 %" in alarm.sentence


def test_a_lead_with_a_tier_of_a_dangerous_name_is_found_again(tmp_path: Path) -> None:
    place = Place(tmp_path)
    tiers = "[{name: =Hot, min_score: 1}, {name: Cold}]"
    model = place.write("model.yml", model_of(match("source: Web", 5), tiers=tiers))
    export = place.write("leads.csv", csv_of("lead_id,source", ["=1,Web", "2,"]))
    for day in ("2026-06-01", "2026-06-02"):
        assert run("score", export, "-c", model, "-o", tmp_path / day, "--as-of", day).code == 0
    moves = find_moves(*find_runs([tmp_path])[0])
    assert not isinstance(moves, str)
    assert (moves.before, moves.leads.tolist()) == (
        ("=Hot", "Cold", ENTERED),
        [[1, 0, 0], [0, 1, 0], [0, 0, 0]],
    )
