"""test_compare: what is told of two configs is what scoring gives, on random models and random leads."""

from __future__ import annotations

import copy
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.analysis.compare.first import Mover, list_first
from leadscore.analysis.compare.lines import LineNames, subtract_lines
from leadscore.analysis.compare.movers import CHANGES, Standings, find_changes
from leadscore.analysis.compare.result import Result, compare_configs
from leadscore.analysis.compare.variants import read_variants
from leadscore.analysis.files import Files
from leadscore.model.load import load_model
from leadscore.pipeline.batch import Scored, score_leads
from leadscore.pipeline.fit import fit_model
from tests.golden import configs as shipped, sample_of, try_it
from tests.running import Place, run
from tests.strategies import AS_OF, RULES, Config, bounds, configs, criteria, frames, points, reachable
from tests.strategies_segments import Segmented, segment_cases
from tests.test_contracts_events import yaml_of

Pair = tuple[Config, Config]
MIRROR = {"up": "down", "down": "up", "entered": "left", "left": "entered", "renamed": "renamed"}


@st.composite
def edited(draw: st.DrawFn, config: Config) -> Config:
    """The config with a few things changed, as an analyst would."""
    config = copy.deepcopy(config)
    kinds = st.sampled_from(["rule", "gone", "new", "bounds", "score", "out", "tier"])
    for number, edit in enumerate(draw(st.lists(kinds, min_size=1))):
        group = config["groups"][draw(st.sampled_from(sorted(config["groups"])))]
        rules = group["rules"]
        place = draw(st.integers(0, len(rules) - 1))
        if edit == "rule":
            rules[place] = {"name": rules[place]["name"], **draw(st.one_of(RULES))}
        elif edit == "gone" and len(rules) > 1:
            del rules[place]
        elif edit == "new":
            worth = {"kind": "match", "when": draw(criteria), "points": draw(points)}
            rules.append({"name": f"new {number}", **worth})
        elif edit == "bounds":
            group.update({"floor": None, "cap": None} | draw(bounds))
        elif edit == "score":
            config["score"] = draw(bounds)
        elif edit == "out":
            config["disqualify"] = [{"name": "no more", "when": draw(criteria)}]
        elif edit == "tier":
            config["tiers"] = [{**config["tiers"][0], "name": "gold"}, *config["tiers"][1:]]
    groups = {
        name: {key: value for key, value in group.items() if value is not None}
        for name, group in config["groups"].items()
    }
    return reachable({**config, "groups": groups})


pairs: st.SearchStrategy[Pair] = st.one_of(
    configs().flatmap(lambda config: st.tuples(st.just(config), edited(config))),
    st.tuples(configs(), configs()),
)


def compare(
    folder: Path, first: Config, second: Config, leads: pd.DataFrame, by: str | None = None
) -> Result:
    paths = [folder / "a.yml", folder / "b.yml"]
    for path, config in zip(paths, (first, second), strict=True):
        path.write_text(yaml_of(config), encoding="utf-8")
    export = folder / "leads.csv"
    # What could be two dates is refused in files.
    leads.replace("13/13/2026", "someday").to_csv(export, index=False)
    return compare_configs(read_variants(paths, ()), Files([export], AS_OF), by)


def scored(config: Config, leads: pd.DataFrame) -> Scored:
    leads = leads.replace("13/13/2026", "someday")
    model = load_model(config)
    return score_leads(leads, model, fit_model(model, list(leads.columns), "leads").columns, AS_OF)


def all_movers(result: Result) -> list[Mover]:
    return list_first(result, 1, result.comparisons[0], 10**6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compare")


@settings(max_examples=40)
@given(pairs, frames)
def test_every_leads_lines_account_for_the_whole_difference_of_its_score(
    pair: Pair, leads: pd.DataFrame
) -> None:
    before, after = (scored(config, leads) for config in pair)
    names = LineNames()
    found = subtract_lines(before.portions, after.portions, np.arange(len(leads)), names)
    scores = [each.columns["score"].to_numpy() for each in (before, after)]
    assert found.sums().tolist() == (scores[1] - scores[0]).tolist()
    assert (found.points != 0).all()


@settings(max_examples=30)
@given(segment_cases())
def test_so_they_do_where_segments_have_models_of_their_own(case: tuple[Segmented, pd.DataFrame]) -> None:
    segmented, leads = case
    for single in segmented.singles.values():
        before, after = (
            scored(segmented.config, leads),
            scored({**segmented.config, **single, "segments": []}, leads),
        )
        found = subtract_lines(before.portions, after.portions, np.arange(len(leads)), LineNames())
        differ = after.columns["score"].to_numpy() - before.columns["score"].to_numpy()
        assert found.sums().tolist() == differ.tolist()


@settings(max_examples=40)
@given(pairs, frames)
def test_movers_are_the_leads_that_scoring_puts_elsewhere(
    folder: Path, pair: Pair, leads: pd.DataFrame
) -> None:
    result = compare(folder, *pair, leads)
    before, after = (scored(config, leads).columns for config in pair)
    for standing, columns in zip(result.standings, (before, after), strict=True):
        assert standing.scores.tolist() == columns["score"].tolist()
    was, now = (
        columns["tier"].astype(str).where(columns["disqualified_by"].isna(), "disqualified")
        for columns in (before, after)
    )
    ids = leads["lead_id"]
    expected = {
        ids[row]: (was[row], now[row], int(before["score"][row]), int(after["score"][row]))
        for row in range(len(leads))
        if was[row] != now[row]
    }
    movers = all_movers(result)
    assert {
        each.id: (each.previous_tier, each.tier, each.previous_score, each.score) for each in movers
    } == expected
    assert all(each.score - each.previous_score == sum(line[2] for line in each.lines) for each in movers)
    for mover in movers:
        along = [points for name, _, points in mover.lines if name == mover.moved_by]
        gained = mover.score - mover.previous_score
        assert not along or max(points * gained for points in along) > 0
    assert sum(result.comparisons[0].counts.values()) == len(movers)
    crossing = result.comparisons[0].crossing
    assert int(crossing.sum()) == len(leads)
    assert int(np.trace(crossing)) == len(leads) - len(movers)


@settings(max_examples=40)
@given(configs(), frames)
def test_a_config_against_itself_changes_nothing(folder: Path, config: Config, leads: pd.DataFrame) -> None:
    result = compare(folder, config, config, leads, by="country")
    (found,) = result.comparisons
    assert (found.changes, all_movers(result), sum(found.counts.values())) == ([], [], 0)
    assert {found.agreement.kendall, found.agreement.spearman} <= {1, None}
    assert all(first.common == first.number for first in found.agreement.first)
    assert all(each.before.tolist() == each.after.tolist() for each in found.work)
    assert result.figures[0] == result.figures[1]


@settings(max_examples=40)
@given(pairs, frames)
def test_the_other_way_round_everything_is_mirrored(folder: Path, pair: Pair, leads: pd.DataFrame) -> None:
    there = compare(folder, *pair, leads, by="country")
    back = compare(folder, *pair[::-1], leads, by="country")
    (one,), (other,) = there.comparisons, back.comparisons
    assert {MIRROR[change]: leads for change, leads in one.counts.items()} == other.counts
    assert one.agreement == other.agreement
    assert there.figures == back.figures[::-1]
    assert {
        change.key: (change.before, change.after) for change in one.changes if "order" not in str(change)
    } == {change.key: (change.after, change.before) for change in other.changes if "order" not in str(change)}
    assert {each.id: told(each) for each in all_movers(there)} == {
        each.id: told(mirrored(each)) for each in all_movers(back)
    }
    assert [(each.value, dict(zip(there.tiers, each.before.tolist(), strict=True))) for each in one.work] == [
        (each.value, dict(zip(back.tiers, each.after.tolist(), strict=True))) for each in other.work
    ]


def test_tiers_that_both_configs_list_the_same_way_round_are_up_or_down() -> None:
    def change(was: str, now: str, before: str, after: str) -> str:
        standings = [
            Standings(tuple(tiers), *(np.zeros(0, np.int64) for _ in range(4))) for tiers in (before, after)
        ]
        table = find_changes(standings[0], standings[1], "ABCD")
        return CHANGES[table["ABCD".index(was), "ABCD".index(now)]]

    assert change("B", "A", "ABC", "ABD") == "up"
    assert change("A", "B", "ABC", "ABD") == "down"
    assert change("A", "B", "ABC", "BAC") == "renamed"
    assert change("C", "D", "ABC", "ABD") == "renamed"


def mirrored(mover: Mover) -> Mover:
    return replace(
        mover,
        change=MIRROR[mover.change],
        tier=mover.previous_tier,
        previous_tier=mover.tier,
        score=mover.previous_score,
        previous_score=mover.score,
        rank=mover.previous_rank,
        previous_rank=mover.rank,
        lines=tuple((name, kind, -points) for name, kind, points in mover.lines),
    )


def told(mover: Mover) -> Mover:
    """Lines of equal size stand in the order of the first config, which is another the other way round."""
    return replace(mover, lines=tuple(sorted(mover.lines)))


def options_of(config: Path) -> list[Any]:
    """What the config's own command gives beside export, config and output."""
    words = try_it(config)
    kept = list(words[2:])
    place = kept.index("-c")
    return kept[:place] + kept[place + 2 :]


@pytest.mark.parametrize("config", shipped(), ids=lambda path: path.stem)
def test_each_config_is_compared_by_the_scores_and_the_order_of_its_run(config: Path, tmp_path: Path) -> None:
    """Accounts in the score, segments, logs and screens: whatever a config has, the numbers are the run's."""
    out = tmp_path / "out"
    assert run(*try_it(config), "-o", out, "--set", "output.formats=[csv]").code == 0
    model = load_model(config)
    header = [*model.fields[model.id].columns, model.id][0]
    place = Place(tmp_path)
    ranked = {row[header]: (int(row["rank"]), Decimal(row["score"]), row["tier"]) for row in place.rows()}
    words = options_of(config)
    files = files_of(config, words)
    variants = read_variants([config, config], ())
    result = compare_configs(variants, files)
    names = np.array(result.standing_names, dtype=object)
    for standing in result.standings:
        rows = np.flatnonzero(standing.ranks)
        ids = result.leads["id"].iloc[rows].tolist()
        scores = [Decimal(score) / 100 for score in standing.scores[rows].tolist()]
        found = zip(standing.ranks[rows].tolist(), scores, names[standing.places[rows]].tolist(), strict=True)
        assert dict(zip(ids, found, strict=True)) == ranked
    assert sum(result.comparisons[0].counts.values()) == 0


def files_of(config: Path, words: list[Any]) -> Files:
    day = words[words.index("--as-of") + 1] if "--as-of" in words else AS_OF.isoformat()
    events = [Path(words[place + 1]) for place, word in enumerate(words) if word == "--events"]
    return Files([sample_of(config)], type(AS_OF).fromisoformat(day), events)


def test_configs_that_read_a_field_in_two_ways_are_compared_by_what_each_scores(tmp_path: Path) -> None:
    head = "name: x\nid: lead_id\ngroups: {fit: {rules: [{name: r, kind: "
    tail = "}]}}\ntiers: [{name: Hot, min_score: 5}, {name: Cold}]\n"
    (tmp_path / "text.yml").write_text(f"{head}match, when: {{size: {{is: '07'}}}}, points: 10{tail}")
    (tmp_path / "number.yml").write_text(f"{head}match, when: {{size: {{at_least: 7}}}}, points: 10{tail}")
    export = tmp_path / "leads.csv"
    export.write_text("lead_id,size\n1,07\n2,7\n3,12\n4,6\n")
    variants = read_variants([tmp_path / "text.yml", tmp_path / "number.yml"], ())
    result = compare_configs(variants, Files([export], AS_OF), by="size")
    assert [standing.scores.tolist() for standing in result.standings] == [
        [1000, 0, 0, 0],
        [1000, 1000, 1000, 0],
    ]
    assert [each.id for each in all_movers(result)] == ["2", "3"]
    assert [(each.value, each.before.tolist()) for each in result.comparisons[0].work] == [
        ("07", [1, 0]), ("12", [0, 1]), ("6", [0, 1]), ("7", [0, 1]),
    ]  # fmt: skip
