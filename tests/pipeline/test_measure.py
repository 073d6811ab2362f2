"""test_measure: the columns beside the score, in every file and format, in the summary and in explain."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

from leadscore.model.load import load_model
from leadscore.pipeline.batch import score_batch
from tests.conftest import ROOT
from tests.golden import CONFIGS
from tests.make_opportunities import SAMPLE, make_opportunities
from tests.running import DAY, Place, csv_of, model_of, parquet_rows, run

CONFIG = """
name: test
id: lead_id
disqualify: [{name: out, when: {stage: lost}}]
groups:
  pain: {floor: 1, cap: 10, rules: [{name: pain, kind: count, field: hurts, each: 1}]}
  fit: {floor: 1, cap: 10, rules: [{name: fit, kind: count, field: fits, each: 1}]}
scales:
  percent: {of: score, to: percent}
  light: {of: score, cuts: {green: 70, amber: 40, red: 0}}
  band: {of: expected_value, by: points, cuts: {large: 5000, small: 0}}
heat: {weights: {pain: 1, fit: 1}}
value:
  size: size
  cases: [{when: {stage: proposal}, probability: 30%}, {when: {stage: lost}, probability: 0%}]
matrix: {pain: 6, fit: 6}
tiers: [{name: ready, high: [pain, fit]}, {name: nurture, high: fit}, {name: sell, high: pain}, {name: drop}]
rank_by: [tier, product]
output: {formats: [csv, parquet]}
"""
HEADER = "lead_id,hurts,fits,size,stage"
LEADS = ["1,8,7,20000,proposal", "2,1,9,,proposal", "3,9,2,7.5,", "4,10,10,100,lost"]
ADDED = ["expected_value", "product", "heat", "heat_colour", "percent", "light", "band"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    ended = place.score(csv_of(HEADER, LEADS), CONFIG)
    assert ended.code == 0, ended.stderr
    return place


def test_the_columns_stand_between_the_groups_and_the_reasons(place: Place) -> None:
    first = next(iter(place.rows()))
    assert list(first)[:12] == ["rank", "score", "tier", "pain", "fit", *ADDED]
    assert [first[name] for name in ADDED] == ["6000", "56", "0.72", "orange", "72.22", "green", "large"]


def test_what_is_unknown_is_an_empty_cell(place: Place) -> None:
    second, third = place.rows()[1:]
    assert [second["expected_value"], second["band"]] == ["", ""]
    assert [third["expected_value"], third["band"]] == ["", ""]


def test_the_tier_files_are_those_of_the_cells_and_a_disqualified_lead_keeps_its_columns(
    place: Place,
) -> None:
    assert [row["lead_id"] for row in place.rows("tiers/nurture.csv")] == ["2"]
    (out,) = place.rows("disqualified.csv")
    assert [out[name] for name in ADDED] == ["0", "100", "1", "red", "100", "green", "small"]


def test_parquet_holds_numbers_as_decimals_and_labels_as_text(place: Place) -> None:
    schema = pq.read_schema(place.out / "ranked.parquet")
    numbers = {"expected_value", "product", "heat", "percent"}
    for name in ADDED:
        expected = pa.decimal128(18, 2) if name in numbers else pa.large_string()
        assert schema.field(name).type == expected, name
    rows = parquet_rows(place.out / "ranked.parquet")
    assert [row["expected_value"] for row in rows] == [Decimal("6000.00"), None, None]
    assert [row["band"] for row in rows] == ["large", None, None]


def test_the_summary_counts_leads_per_colour_and_adds_up_what_they_are_worth(place: Place) -> None:
    summary = place.summary()
    assert summary["labels"]["heat_colour"] == {"red": 0, "orange": 1, "yellow": 2, "green": 0, "blue": 0}
    assert summary["labels"]["light"] == {"green": 1, "amber": 2, "red": 0}
    assert summary["expected_value"] == {"known": 1, "unknown": 2, "total": 6000.0}
    assert [tier["expected_value"]["total"] for tier in summary["tiers"]] == [6000.0, 0, 0, 0]
    assert [tier["high"] for tier in summary["tiers"]] == [["pain", "fit"], ["fit"], ["pain"], None]


def test_the_table_shows_leads_per_colour_the_value_and_the_cells(place: Place) -> None:
    shown = [
        " ".join(line.split()) for line in place.score(csv_of(HEADER, LEADS), CONFIG).stderr.splitlines()
    ]
    assert "orange 1 33.3 %" in shown
    assert "yellow 2 66.7 %" in shown
    assert "all ranked 1 2 6,000.00" in shown
    assert any(line.startswith("ready pain 1") for line in shown)


def test_explain_tells_the_same_columns(place: Place) -> None:
    arguments = ("explain", place.folder / "leads.csv", "-c", place.folder / "model.yml", "--as-of", DAY)
    (told,) = json.loads(run(*arguments, "--id", "1", "--json").stdout)["leads"]
    assert told["measures"] == {name: place.rows()[0][name] for name in ADDED}
    shown = run(*arguments, "--id", "2").stdout.splitlines()
    assert "expected_value: unknown" in shown
    assert "heat_colour: yellow" in shown


def test_a_percentile_is_the_place_among_the_leads_of_the_file(tmp_path: Path) -> None:
    # Less, as much, in all: (0 + 1/2)/5, twice (1 + 2/2)/5, (3 + 1/2)/5, (4 + 1/2)/5.
    place = Place(tmp_path)
    scales = "scales: {place: {of: score, to: percentile}, worth: {of: expected_value, to: percentile}}"
    value = "value: {size: size, cases: [{when: {lead_id: {known: true}}, probability: 10%}]}"
    config = model_of("kind: count, field: n, each: 1", head=f"{scales}\n{value}\nrank_by: [place]")
    ended = place.score(csv_of("lead_id,n,size", ["1,1,5", "2,3,", "3,3,7", "4,8,7", "5,9,"]), config)
    assert ended.code == 0, ended.stderr
    found = {row["lead_id"]: (row["place"], row["worth"]) for row in place.rows()}
    assert found == {
        "5": ("90", ""),
        "4": ("70", "66.67"),
        "2": ("40", ""),
        "3": ("40", "66.67"),
        "1": ("10", "16.67"),
    }
    assert list(found) == ["5", "4", "2", "3", "1"]
    arguments = ("explain", place.folder / "leads.csv", "-c", place.folder / "model.yml", "--id", "1")
    assert "expected_value: 0.5" in run(*arguments, "--as-of", DAY).stdout


@pytest.mark.parametrize("config", ["scales", "heat_map", "pain_fit", "expected_value"])
def test_a_lead_has_the_same_columns_in_any_part_of_the_leads_and_an_empty_one_has_them_too(
    config: str,
) -> None:
    model = load_model(CONFIGS / f"{config}.yml")
    sample = ROOT / "sample_data" / ("opportunities.csv" if config == "expected_value" else "leads.csv")
    leads = pd.read_csv(sample, dtype="str", keep_default_na=False)
    whole, day = score_batch(leads, model, date.fromisoformat(DAY)), date.fromisoformat(DAY)
    parts = [score_batch(leads.iloc[rows], model, day) for rows in (slice(0, 7), slice(7, 7), slice(7, None))]
    assert_frame_equal(pd.concat(parts), whole)
    assert parts[1].dtypes.to_dict() == whole.dtypes.to_dict()
    assert set(model.measures) <= set(whole.columns)


def test_a_column_of_the_export_that_has_the_name_of_one_is_refused(place: Place) -> None:
    leads = csv_of(HEADER + ",heat", [f"{line},x" for line in LEADS])
    ended = place.score(leads, CONFIG)
    assert ended.code == 4
    assert "heat: the output has a column of this name; set output.prefix" in ended.stderr
    assert place.score(leads, CONFIG, "--set", "output.prefix=ls_").code == 0


def test_the_sample_of_opportunities_is_what_its_script_writes() -> None:
    assert make_opportunities() == SAMPLE.read_bytes()


@pytest.mark.parametrize("name", ["rank", "days_idle", "leads"])
def test_a_group_may_not_have_the_name_of_a_column_of_whole_numbers(place: Place, name: str) -> None:
    config = model_of("kind: count, field: hurts, each: 1").replace("  fit:", f"  {name}:")
    ended = place.score(csv_of(HEADER, LEADS), config)
    assert ended.code == 3
    assert f"groups.{name}: is the name of an output column" in ended.stderr
