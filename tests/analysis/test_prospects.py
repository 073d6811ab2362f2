"""test_prospects: what a lead could be: its interval holds, and a change does what it says."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.analysis.explain.change import Trials
from leadscore.analysis.explain.interval import find_interval
from leadscore.analysis.explain.prospects import Prospects, find_prospects
from leadscore.model.load import load_content, load_model
from leadscore.pipeline.batch import score_batch
from leadscore.pipeline.frame import FrameExport
from leadscore.pipeline.sweep import open_sweep
from tests.running import model_of
from tests.strategies import AS_OF, CELLS, Case, cases

many = settings(max_examples=30)
DAY = date(2026, 6, 30)


def trials_of(leads: pd.DataFrame, config: object) -> list[Trials]:
    """Every lead, ready to be scored again."""
    model = load_content("model.yml", config.encode()) if isinstance(config, str) else load_model(config)  # type: ignore[arg-type]
    sweep = open_sweep(FrameExport(leads, "leads"), model, AS_OF if not isinstance(config, str) else DAY)
    (batch,) = sweep.read()
    columns = sweep.score(batch).columns
    scores, tiers = columns["score"].tolist(), columns["tier"].astype(str).tolist()
    return [Trials(sweep, batch, row, scores[row], tiers[row]) for row in range(len(leads))]


def completed(leads: pd.DataFrame, unknown: list[list[str]], random: Random) -> pd.DataFrame:
    """Each lead with anything at all in the cells that are unknown, some of them still empty."""
    made = leads.copy()
    for row, columns in enumerate(unknown):
        for column in columns:
            made.loc[row, column] = random.choice(CELLS[column])
    return made


@many
@given(cases, st.randoms(use_true_random=False))
def test_whatever_the_unknown_fields_are_the_score_is_in_the_interval(case: Case, random: Random) -> None:
    config, leads = case
    trials = trials_of(leads, config)
    ends = np.array([find_interval(each.lead, each.model) for each in trials])
    columns = {name: trials[0].sweep.fits[""].columns[name] for name in trials[0].sweep.fits[""].columns}
    unknown = [
        [columns[name] for name, field in each.lead.fields.items() if name in columns and not field.known[0]]
        for each in trials
    ]
    for _ in range(6):
        scores = np.round(
            score_batch(completed(leads, unknown, random), trials[0].model, AS_OF)["score"] * 100
        )
        assert (ends[:, 0] <= scores).all()
        assert (scores <= ends[:, 1]).all()


@many
@given(cases)
def test_a_lead_of_which_all_is_known_has_one_score(case: Case) -> None:
    config, leads = case
    for each in trials_of(leads, config):
        if all(field.known[0] for field in each.lead.fields.values()):
            assert find_interval(each.lead, each.model) == (each.now, each.now)


@many
@given(cases)
def test_each_change_really_reaches_a_better_tier_with_the_score_it_says(case: Case) -> None:
    config, leads = case
    for each in trials_of(leads, config)[:3]:
        names = [tier.name for tier in each.model.tiers]
        prospects = find_prospects(each, facts=True)
        for change in (*prospects.lifts, *prospects.changes):
            made = leads.iloc[[each.row]].reset_index(drop=True)
            for step in change.steps:
                made.loc[0, each.sweep.fits[""].columns[step.field]] = step.after
            scored = score_batch(made, each.model, AS_OF)
            assert (round(scored["score"][0] * 100), scored["tier"][0]) == (change.score, change.tier)
            assert names.index(change.tier) < names.index(each.tier)
            assert change.gain == change.score - each.now


SMALL = model_of(
    "kind: count, field: visits, each: 2, cap: 12",
    "kind: count, field: forms, ranges: {1: 3, 3: 7}",
    "kind: bands, age_of: seen, bands: {0: 4, 10: 0, 30: -5}",
    "kind: lookup, field: industry, values: {Software: 6, Finance: 4}",
    "kind: match, when: {all: [{visits: {at_least: 2}}, {forms: {at_least: 1}}]}, points: 1.5",
    tiers="[{name: Hot, min_score: 20}, {name: Warm, min_score: 10}, {name: Cold}]",
    score="cap: 25",
)
VISITS, FORMS = [str(number) for number in range(8)], [str(number) for number in range(5)]
SEEN = [str(DAY - timedelta(days)) for days in (0, 5, 9, 10, 20, 29, 30, 60)]
INDUSTRY = ["Software", "Finance", "Retail"]
WHOLE = {"visits": VISITS, "forms": FORMS, "seen": SEEN, "industry": INDUSTRY}


def small(*cells: str) -> pd.DataFrame:
    return pd.DataFrame([("1", *cells)], columns=["lead_id", *WHOLE], dtype="str")


def small_scores(frames: list[pd.DataFrame]) -> list[tuple[int, str]]:
    scored = score_batch(pd.concat(frames, ignore_index=True), load_content("model.yml", SMALL.encode()), DAY)
    return [(round(score * 100), tier) for score, tier in zip(scored["score"], scored["tier"], strict=True)]


@pytest.mark.parametrize("facts", [False, True])
@settings(max_examples=20)
@given(st.tuples(*(st.sampled_from([*pool, ""]) for pool in WHOLE.values())))
def test_no_single_change_is_cheaper_than_the_cheapest_one_found(facts: bool, cells: tuple[str, ...]) -> None:
    leads = small(*cells)
    (trials,) = trials_of(leads, SMALL)
    found = find_prospects(trials, facts).changes
    frames = []
    for place, (name, pool) in enumerate(WHOLE.items()):
        for cell in pool:
            forward = cells[place] == "" or (
                cell > cells[place] if name != "industry" else cell != cells[place]
            )
            if facts or (forward and name != "industry"):
                frames.append(small(*cells[:place], cell, *cells[place + 1 :]))
    order = ["Hot", "Warm", "Cold"]
    better = [score for score, tier in small_scores(frames) if order.index(tier) < order.index(trials.tier)]
    single = [change for change in found if len(change.steps) == 1]
    assert bool(better) == bool(single)
    if better:
        assert min(change.score for change in single) == min(better)
        assert found[0].gain == min(change.gain for change in found)


def test_the_prospects_of_one_lead_in_words() -> None:
    (trials,) = trials_of(small("1", "", "2026-06-10", "Retail"), SMALL)
    could = find_prospects(trials)
    assert (trials.now, trials.tier) == (200, "Cold")
    assert (could.low, could.high, could.lowest_tier, could.highest_tier) == (200, 900, "Cold", "Cold")
    assert (could.next_tier, could.missing_points) == ("Warm", 800)
    assert [(change.steps[0].field, change.steps[0].after, change.score) for change in could.changes] == [
        ("visits", "5", 1000)
    ]
    assert could.lifts == ()


def test_two_fields_together_are_looked_at_where_none_is_enough() -> None:
    (trials,) = trials_of(small("4", "0", "2026-06-10", "Retail"), SMALL)
    assert trials.tier == "Cold"
    (trials,) = trials_of(small("6", "0", "2026-06-30", "Retail"), SMALL)
    assert (trials.now, trials.tier) == (1600, "Warm")
    changes = find_prospects(trials).changes
    assert changes
    assert all(change.tier == "Hot" for change in changes)
    assert min(len(change.steps) for change in changes) == 1
    (trials,) = trials_of(small("0", "0", "2026-05-01", "Retail"), SMALL)
    changes = find_prospects(trials).changes
    assert {len(change.steps) for change in changes} == {2}
    assert all(change.tier == "Warm" for change in changes)


def test_facts_are_left_alone_unless_asked_for_or_the_config_says_otherwise() -> None:
    cells = ("3", "0", "2026-06-30", "Finance")
    (trials,) = trials_of(small(*cells), SMALL)
    assert (trials.now, trials.tier) == (1400, "Warm")

    def fields(prospects: Prospects) -> set[str]:
        return {step.field for change in prospects.changes for step in change.steps}

    assert "industry" not in fields(find_prospects(trials))
    config = SMALL.replace(
        "id: lead_id", "id: lead_id\nfields: {visits: {fixed: true}, forms: {fixed: true}}"
    )
    (fixed,) = trials_of(small(*cells), config)
    assert fields(find_prospects(fixed)) == set()
    open_ = SMALL.replace("id: lead_id", "id: lead_id\nfields: {industry: {fixed: false}}")
    (free,) = trials_of(small("4", "0", "2026-06-30", "Finance"), open_)
    assert free.now == 1600


def test_cells_are_written_as_the_config_says_they_are() -> None:
    config = (
        "name: t\nid: id\nfields:\n"
        "  visits: {type: number, decimal: ','}\n"
        "  seen: {format: '%d.%m.%Y'}\n"
        "  paid: {true: [ja], false: [nein], fixed: false}\n"
        "groups: {fit: {rules: [{name: v, kind: count, field: visits, each: 0.5, cap: 10},"
        " {name: s, kind: bands, age_of: seen, bands: {0: 10, 1: 0}},"
        " {name: p, kind: match, when: {paid: true}, points: 10}]}}\n"
        "tiers: [{name: A, min_score: 10}, {name: B}]\n"
    )
    leads = pd.DataFrame(
        {"id": ["1"], "visits": ["2,5"], "seen": ["01.06.2026"], "paid": ["nein"]}, dtype="str"
    )
    (trials,) = trials_of(leads, config)
    steps = {
        step.field: (step.before, step.after)
        for change in find_prospects(trials).changes
        for step in change.steps
    }
    assert steps == {
        "visits": ("2,5", "20"),
        "seen": ("01.06.2026", "30.06.2026"),
        "paid": ("nein", "ja"),
    }


WITH_LOG = model_of(
    "kind: count, event: visit, each: 2, cap: 12, decay: {half_life_days: 10}",
    "kind: count, event: [visit, form], ranges: {1: 3, 4: 7}",
    "kind: count, event: open, each: 1, at_most_per_day: 2",
    "kind: count, event: spam report, once: -10",
    "kind: bands, age_of: last, bands: {0: 4, 10: 0, 30: -5}",
    head="fields: {last: {derive: last_event}, week: {derive: event_count, event: form, within_days: 7}}",
    tiers="[{name: Hot, min_score: 12}, {name: Warm, min_score: 6}, {name: Cold}]",
)
LOG = st.lists(
    st.tuples(st.sampled_from(["visit", "form", "Open", "spam report"]), st.integers(0, 40)), max_size=6
)


def log_of(events: list[tuple[str, int]]) -> pd.DataFrame:
    rows = [("1", name, str(DAY - timedelta(days))) for name, days in events]
    return pd.DataFrame(rows, columns=["lead_id", "event", "time"], dtype="str")


@settings(max_examples=40)
@given(LOG)
def test_what_a_lead_could_do_today_gives_the_points_it_says(events: list[tuple[str, int]]) -> None:
    leads, model = pd.DataFrame({"lead_id": ["1"]}, dtype="str"), load_content("model.yml", WITH_LOG.encode())
    sweep = open_sweep(
        FrameExport(leads, "leads"), model, DAY, [FrameExport(log_of(events), "log")], explained=True
    )
    (batch,) = sweep.read()
    now = sweep.score(batch).columns
    trials = Trials(sweep, batch, 0, int(now["score"][0]), str(now["tier"][0]))
    for change in find_prospects(trials).changes:
        more = [
            (step.field.removeprefix("event "), 0)
            for step in change.steps
            for _ in range(int(step.after.split()[0]))
        ]
        scored = score_batch(leads, model, DAY, events=log_of(events + more))
        if ("Open", 0) in events:  # how often today is not known: what is said then is the least
            assert round(scored["score"][0] * 100) >= change.score
        else:
            assert (round(scored["score"][0] * 100), scored["tier"][0]) == (change.score, change.tier)


def test_a_date_that_stays_unknown_may_be_worse_than_one_long_ago() -> None:
    """What never fades keeps all of its points, however old it is; without a date it keeps three tenths."""
    rules = [{"name": "visits", "kind": "count", "field": "visits", "each": 1}]
    fading = {"linear": {"lose": "0", "every_days": 1}, "since": "seen", "missing": "30%"}
    config = {
        "name": "test",
        "id": "lead_id",
        "groups": {"all": {"rules": rules, "decay": fading}},
        "tiers": [{"name": "Hot", "min_score": "5"}, {"name": "Cold"}],
    }
    leads = pd.DataFrame({"lead_id": ["1"], "visits": ["20"], "seen": [""]})
    (trials,) = trials_of(leads, config)
    assert trials.now == 6_00
    assert find_interval(trials.lead, trials.model) == (6_00, 20_00)
