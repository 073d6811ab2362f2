"""test_tally: batches counted apart and merged are counted as if they had been counted together."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, strategies as st

from leadscore.model.load import load_content
from leadscore.pipeline import drift as drift_module, tally as tally_module
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.drift import Drift, FieldSeen
from leadscore.pipeline.export import Batch
from leadscore.pipeline.files import open_exports
from leadscore.pipeline.sweep import open_sweep
from leadscore.pipeline.tally import RuleTally, SignTally, Tally
from tests.pipeline.test_figures import AS_OF
from tests.pipeline.test_run import batches_of
from tests.running import csv_of

CONFIG = """\
name: tally
id: lead_id
fields: {seen: {type: date}, visits: {type: number}}
screen: {suspect: {at_least: 1, signs: [{name: far, when: {country: NO}}, {name: idle, when: {visits: 0}}]}}
groups:
  fit:
    rules:
      - {name: country, kind: lookup, field: country, values: {DE: 5, SE: 3.25}}
      - {name: visits, kind: count, field: visits, each: 0.5, cap: 9}
  interest: {rules: [{name: seen, kind: match, when: {seen: {within_days: 90}}, points: 4}]}
score: {cap: 100}
segments: [{name: north, when: {country: [NO, SE]}}, {name: others}]
tiers: [{name: Hot, min_score: 9}, {name: Cold}]
"""
COUNTRIES = ["DE", "de ", "SE", "NO", "no", "PT", "pt", "PT ", "IT", "GR", ""]
SEEN = ["2026-06-01", "2025-01-01", "2027-01-01", "y", ""]
LEADS = csv_of(
    "lead_id,country,visits,seen",
    [f"{n},{COUNTRIES[n % 11]},{'x' if n % 7 == 0 else n % 5},{SEEN[n % 13 % 5]}" for n in range(120)],
)
Made = list[tuple[Scored, Batch]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    found = batches(tmp_path_factory.mktemp("leads"), LEADS, 200)
    assert len(found) > 8
    return found


def batches(folder: Path, leads: str, size: int) -> Made:
    """The leads in batches of about so many bytes, scored."""
    model = load_content("tally.yml", CONFIG.encode())
    (folder / "leads.csv").write_text(leads, encoding="utf-8")
    with batches_of(size):
        export = open_exports([folder / "leads.csv"], model)
        return [(scored, batch) for batch, scored in open_sweep(export, model, AS_OF).batches()]


def count(batches: Made) -> Tally:
    tally = Tally()
    for scored, batch in batches:
        tally.add(scored, batch)
    return tally


def merge(tallies: list[Tally]) -> Tally:
    """Each as it arrives from another machine."""
    merged = Tally()
    for tally in tallies:
        merged.merge(pickle.loads(pickle.dumps(tally)))
    return merged


def pieces(batches: Made, data: st.DataObject) -> list[Tally]:
    """The batches in runs that follow one another, some of them empty; each counted apart."""
    ends = sorted(data.draw(st.lists(st.integers(0, len(batches)), max_size=5)))
    return [count(batches[start:end]) for start, end in zip([0, *ends], [*ends, len(batches)], strict=True)]


@contextmanager
def limits(listed: int, most: int) -> Iterator[None]:
    """So many cells are listed, and values told apart."""
    with mock.patch.object(tally_module, "LISTED", listed), mock.patch.object(drift_module, "MOST", most):
        yield


each_limit = pytest.mark.parametrize(("listed", "most"), [(100_000, 10_000), (7, 3), (0, 2), (1, 4)], ids=str)


@each_limit
@given(data=st.data())
def test_merged_in_their_order_tallies_are_the_one_of_all_batches(
    made: Made, listed: int, most: int, data: st.DataObject
) -> None:
    with limits(listed, most):
        merged, whole = merge(pieces(made, data)), count(made)
    assert merged == whole
    assert merged.drift.report() == whole.drift.report()
    assert len(whole.cells) == min(listed, sum(whole.unreadable.values()))


@each_limit
@given(data=st.data())
def test_merged_in_another_order_only_the_cells_that_are_listed_differ(
    made: Made, listed: int, most: int, data: st.DataObject
) -> None:
    with limits(listed, most):
        merged, whole = merge(data.draw(st.permutations(pieces(made, data)))), count(made)
    assert len(merged.cells) == len(whole.cells)
    assert replace(merged, cells=[]) == replace(whole, cells=[])


def test_the_counts_are_those_one_makes_by_hand(made: Made) -> None:
    tally = merge([count(made[:3]), count(made[3:])])
    rows = [line.split(",") for line in LEADS.splitlines()[1:]]
    north = [row for row in rows if row[1].casefold() in ("no", "se")]
    assert tally.leads == tally.drift.leads == 120
    assert tally.segments == {"north": len(north), "others": 120 - len(north)}
    swedes = sum(row[1] == "SE" for row in rows)
    assert tally.rules["north", "country"] == RuleTally(swedes, 0, swedes * 3_25)
    assert tally.signs["idle"] == SignTally(
        sum(row[2] == "0" for row in rows), sum(row[2] == "x" for row in rows)
    )
    assert tally.unreadable["visits", "not a number"] == sum(row[2] == "x" for row in rows)
    unlisted = tally.drift.unlisted["others", "country"]
    assert unlisted.values == {"pt", "it", "gr"}
    assert unlisted.leads == sum(row[1].strip().casefold() in ("pt", "it", "gr") for row in rows)
    assert tally.drift.fields["seen"].newest == 20605  # 2026-06-01; 2027 is not yet


def test_merging_leaves_the_other_as_it_was(made: Made) -> None:
    one, other, merged = count(made[:4]), count(made[4:]), Tally()
    for each in (one, other, one):
        merged.merge(each)
    assert (one, other) == (count(made[:4]), count(made[4:]))
    assert merged.leads == one.leads * 2 + other.leads


def test_what_is_empty_changes_nothing(made: Made) -> None:
    tally = count(made)
    tally.merge(Tally())
    assert tally == merge([Tally(), count(made), Tally()]) == count(made)
    assert tally.drift.as_of == count(made).drift.as_of != 0


def test_values_that_differ_only_in_how_they_are_written_are_one_in_any_batch(tmp_path: Path) -> None:
    # More cells than values are told apart in one batch: the first cells alone do not say how many there are.
    cells = ["PT", "pt", "pT", "Pt", "IT", "it", "GR"]
    leads = csv_of("lead_id,country,visits,seen", [f"{n},{cell},1," for n, cell in enumerate(cells)])
    for size in (10, 10_000):
        with limits(100, 3):
            tally = count(batches(tmp_path, leads, size))
        assert tally.drift.unlisted["others", "country"].values == {"pt", "it", "gr"}
        with limits(100, 2):
            tally = count(batches(tmp_path, leads, size))
        assert tally.drift.unlisted["others", "country"].values is None


@pytest.mark.parametrize(
    ("one", "other", "newest"), [(None, None, None), (5, None, 5), (None, -3, -3), (-3, -9, -3)]
)
def test_the_newest_day_is_that_of_either(one: int | None, other: int | None, newest: int | None) -> None:
    seen = FieldSeen(2, one is not None, one)
    seen.merge(FieldSeen(1, other is not None, other))
    assert seen == FieldSeen(3, newest is not None, newest)


def test_the_day_of_a_drift_is_that_of_its_batches() -> None:
    empty, early = Drift(), Drift(1, -40, {"seen": FieldSeen(0, True, -50)})  # 1969-11-22
    empty.merge(early)
    early.merge(Drift())
    assert empty.as_of == early.as_of == -40
    assert empty.report()["fields"] == [{"name": "seen", "leads": 1, "unknown": 0, "newest_days": 10}]
