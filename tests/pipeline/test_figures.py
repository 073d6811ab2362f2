"""test_figures: leads counted in pieces, and added up in any order, have the figures of all leads at once."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, reduce
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.fields import TRUE, UNKNOWN
from leadscore.model.load import load_content, load_model
from leadscore.model.schema import Model
from leadscore.pipeline.arms import deal_leads
from leadscore.pipeline.coded import to_texts
from leadscore.pipeline.collect import Collected, collect_leads
from leadscore.pipeline.export import SetAside
from leadscore.pipeline.figures import Figures, Whole
from leadscore.pipeline.files import open_exports
from leadscore.pipeline.inputs import open_log
from leadscore.pipeline.lists import Rows, divide_ranked
from leadscore.pipeline.measure import TEXT
from leadscore.pipeline.summary import describe, summarize
from tests.golden import CONFIGS, events_of, sample_of
from tests.running import DAY, SAMPLE

AS_OF = date.fromisoformat(DAY)
NAMES = [
    *("segments", "heat_map", "nurture", "lamb_or_spam", "expected_value", "scales", "b2b_saas", "combined"),
    *("personas", "value_and_speed", "products", "activity_log"),
]
"""With arms, a matrix, several reasons to be disqualified and an outcome: what no config has together."""
EVERYTHING = """\
name: everything
id: lead_id
fields: {employees: {from: Employees, type: number, null: [N/A]}}
outcome: {field: converted, won: ["1", "Yes"]}
arms: {name: trial, shares: {pilot: 30%, control: 70%}}
disqualify:
  - {name: small, when: {employees: {below: 10}}}
  - {name: retail, when: {industry: Retail}}
  - {name: from India, when: {country: IN}}
groups:
  fit: {rules: [{name: size, kind: bands, field: employees, bands: {10: 1.25, 50: 7, 250: 30}}]}
  interest: {rules: [{name: visits, kind: count, field: visits, each: 0.33, cap: 9.9}]}
scales: {place: {of: score, to: percentile}}
tiers: [{name: Hot, min_score: 20}, {name: Warm, min_score: 5}, {name: Cold}]
"""


@dataclass(frozen=True)
class Run:
    """A scored sample."""

    model: Model
    collected: Collected

    def of(self, rows: Sequence[int], coded: bool = True) -> Run:
        """The same with some of its leads; labels as categories, or as the texts they are."""
        leads = self.collected.leads.iloc[list(rows)].reset_index(drop=True)
        return Run(self.model, replace(self.collected, leads=leads if coded else as_texts(leads)))

    @property
    def parts(self) -> dict[str, Rows]:
        leads = self.collected.leads
        return divide_ranked(leads, np.ones(len(leads), dtype=bool), self.model)

    def summary(self) -> str:
        return json.dumps(summarize(self.collected, self.parts, self.model, AS_OF))


def as_texts(leads: pd.DataFrame) -> pd.DataFrame:
    """As leads come from elsewhere: every label in full, every number in 64 bits."""
    labels = [str(name) for name in leads if isinstance(leads[name].dtype, pd.CategoricalDtype)]
    numbers = {name: np.int64 for name in leads if leads[name].dtype == np.int32}
    texts = {name: pd.array(to_texts(leads[name]), dtype=TEXT) for name in labels}
    return leads.assign(**texts).astype(numbers)


@cache
def scored(name: str) -> Run:
    if name == "everything":
        return score(load_content("everything.yml", EVERYTHING.encode()), SAMPLE)
    config = CONFIGS / f"{name}.yml"
    return score(load_model(config), sample_of(config), [Path(word) for word in events_of(config)[1:]])


def score(model: Model, export: Path, logs: Sequence[Path] = ()) -> Run:
    opened = open_exports([export], model)
    collected = collect_leads(opened, model, AS_OF, [open_log(path, model) for path in logs])
    collected.leads = deal_leads(collected.leads, model)
    # What is set aside is told, and in no part.
    collected.set_aside += [SetAside(7, "some reason", b""), SetAside(9, "another", b"")]
    return Run(model, collected)


def cut(run: Run, ends: Sequence[int], coded: bool = True) -> list[Figures]:
    """The figures of the leads of a run, cut into pieces where they stand one part below the other.

    Each piece has a frame of its own, as if no other lead were on the same machine.
    """
    names = list(run.parts)
    order = np.concatenate([run.parts[name] for name in names])
    of = np.repeat(np.arange(len(names)), [len(run.parts[name]) for name in names])
    pieces = list(pairwise([0, *sorted(end % (len(order) + 1) for end in ends), len(order)]))
    frames, parts, wholes = [], [], []
    for start, end in pieces:
        shuffled = np.random.default_rng(start).permutation(end - start)
        frames.append(run.of(order[start:end][shuffled].tolist(), coded).collected.leads)
        places = np.argsort(shuffled)  # of the leads in their own order
        parts.append({name: places[of[start:end] == place] for place, name in enumerate(names)})
        wholes.append(Whole.of(frames[-1], parts[-1]["ranked"], run.model))
    whole = reduce(Whole.join, wholes)
    assert whole == Whole.of(run.collected.leads, run.parts["ranked"], run.model)
    before = np.cumsum([0, *(each.known for each in wholes)]).tolist()
    return [
        Figures.of(frame, part, run.model, whole, known, place)
        for place, (frame, part, known) in enumerate(zip(frames, parts, before, strict=False))
    ]


def describe_all(run: Run, figures: Sequence[Figures]) -> str:
    """What the figures of all pieces say together, each having been on its way between machines."""
    first, *others = (pickle.loads(pickle.dumps(each)) for each in figures)
    for other in others:
        first.add(other)
    collected = run.collected
    set_aside = Counter(aside.reason for aside in collected.set_aside)
    report = collected.activity.report if collected.activity else None
    told = describe(first, collected.tally, set_aside, report, collected.read, run.model, AS_OF)
    return json.dumps(told)


@pytest.mark.parametrize("name", [*NAMES, "everything"])
@settings(max_examples=20)
@given(data=st.data())
def test_pieces_added_up_in_any_order_have_the_figures_of_the_whole(name: str, data: st.DataObject) -> None:
    run = scored(name)
    count = len(run.collected.leads)
    kept = data.draw(st.lists(st.integers(0, count - 1), unique=True, max_size=60) | st.just(range(count)))
    some = run.of(kept)
    figures = cut(some, data.draw(st.lists(st.integers(0, count), max_size=6)), data.draw(st.booleans()))
    assert describe_all(some, data.draw(st.permutations(figures))) == some.summary()


@settings(max_examples=5)
@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=6), st.randoms())
def test_the_same_holds_for_a_real_export_with_outcomes(
    x_education: Path, ends: list[int], random: Any
) -> None:
    run = real(x_education)
    figures = cut(run, ends)
    random.shuffle(figures)
    assert describe_all(run, figures) == run.summary()


@cache
def real(export: Path) -> Run:
    return score(load_model(CONFIGS / "x_education.yml"), export)


def test_adding_leaves_what_is_added_as_it_was() -> None:
    run = scored("everything")
    one, other, third = cut(run, [50, 100])
    before = pickle.dumps(other)
    third.add(other)
    third.add(one)
    assert pickle.dumps(other) == before


def test_what_goes_between_machines_does_not_grow_with_the_leads() -> None:
    run = scored("everything")
    twenty = run.of([*range(len(run.collected.leads))] * 20)
    whole = Whole.of(twenty.collected.leads, twenty.parts["ranked"], run.model)
    (one,), many = cut(run, []), Figures.of(twenty.collected.leads, twenty.parts, run.model, whole)
    assert many.leads["ranked"] == 20 * one.leads["ranked"]
    assert len(pickle.dumps(many)) < 1.1 * len(pickle.dumps(one))


def test_reasons_to_disqualify_are_told_in_the_order_in_which_leads_first_have_them() -> None:
    run = scored("everything")
    told = json.loads(describe_all(run, list(reversed(cut(run, list(range(0, 400, 3)))))))["disqualified_by"]
    rows = run.collected.leads.iloc[run.parts["disqualified"]]["disqualified_by"].tolist()
    assert list(told) == list(dict.fromkeys(rows))
    assert told == Counter(rows)
    assert len(told) == 3


def test_the_figures_are_those_one_counts_by_hand() -> None:
    run = scored("everything")
    told = json.loads(describe_all(run, cut(run, [11, 90, 170])))
    leads = run.collected.leads.iloc[run.parts["ranked"]]
    rows = leads[["score", "tier", "won", "arm"]].astype(object).values.tolist()
    scores = sorted(score for score, *_ in rows)
    assert told["leads"]["ranked"] == len(rows)
    assert told["leads"]["in"] == run.collected.read
    assert told["set_aside"] == {"another": 1, "some reason": 1}
    assert told["score"]["quantiles"]["50"] == scores[-(-len(scores) // 2) - 1] / 100
    assert sum(told["score"]["histogram"]["leads"]) == len(rows)
    known = [won == TRUE for _, _, won, _ in rows if won != UNKNOWN]
    assert (told["outcome"]["known"], told["outcome"]["won"]) == (len(known), sum(known))
    assert [tenth["won"] for tenth in told["tenths"]] == [
        sum(known[len(known) * place // 10 : len(known) * (place + 1) // 10]) for place in range(10)
    ]
    for tier in told["tiers"]:
        own = [score for score, name, *_ in rows if name == tier["name"]]
        assert (tier["leads"], tier["lowest"], tier["highest"]) == (len(own), min(own) / 100, max(own) / 100)
        assert tier["mean"] == round(sum(own) / len(own)) / 100
        won = [each == TRUE for _, name, each, _ in rows if name == tier["name"] and each != UNKNOWN]
        assert (tier["outcome"]["known"], tier["outcome"]["won"]) == (len(won), sum(won))
    for arm in told["arms"]["arms"]:
        assert arm["leads"] == sum(name == arm["name"] for *_, name in rows)
    assert np.sum(told["heat_map"]["known"]) == len(known)
