"""test_segments: the files of a run with segments, and what explain says of a lead in one."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

import pytest

from tests.running import DAY, Place, csv_of, parquet_rows, run

OTHER = """\
name: shop
id: customer
fields: {visits: {type: number}}
groups:
  orders: {rules: [{name: visits, kind: count, field: visits, each: 3, cap: 33}]}
tiers: [{name: Hot, min_score: 10}, {name: Cold}]
"""
CONFIG = """\
name: test
id: lead_id
output: {contributions: true, formats: [csv, parquet]}
screen: {spam: [{name: robot, when: {out: robot}}]}
disqualify: [{name: left, when: {out: "yes"}}]
nurture: {tier: Hot, margin: 20}
segments:
  - name: partner
    when: {source: Partner}
    override:
      groups: {use: {remove: true}, fit: {cap: 50, floor: -20}}
      tiers: [{name: Hot, min_score: 25}]
  - {name: shop, when: {source: Shop}, config: configs/other.yml}
  - {name: rest}
groups:
  fit:
    rules:
      - {name: size, kind: count, field: size, each: 1, cap: 60}
      - {name: lost, kind: count, field: lost, each: -1, floor: -60}
  use: {rules: [{name: visits, kind: count, field: visits, each: 0.5, cap: 40}]}
tiers: [{name: Hot, min_score: 50}, {name: Cold}]
"""
HEADER = "lead_id,source,size,lost,visits,out"
MOST = {"partner": 50, "shop": 33, "rest": 100}
CUTS = {"partner": 25, "shop": 10, "rest": 50}
GROUPS = {"partner": {"fit"}, "shop": {"orders"}, "rest": {"fit", "use"}}


def random_leads(count: int) -> str:
    random = Random(9)
    rows = []
    for number in random.sample(range(1000, 9999), count):
        source = random.choice(["Partner", "Shop", "Web", ""])
        counts = ",".join(random.choice(["", "0", "1", "7", "12", "30", "61", "2.5"]) for _ in range(3))
        rows.append(f"{number},{source},{counts},{random.choice(['', '', '', 'yes', 'robot', 'no'])}")
    return csv_of(HEADER, rows)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """150 leads, scored."""
    place = Place(tmp_path_factory.mktemp("segments"))
    (place.folder / "configs").mkdir()
    place.write("configs/other.yml", OTHER)
    ended = place.score(random_leads(150), CONFIG)
    assert ended.code == 0, ended.stderr
    return place


def percent(score: str, segment: str) -> Decimal:
    share = Decimal(score) * 100 / MOST[segment]
    return share.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_percent_is_the_share_of_the_most_the_segments_model_gives(place: Place) -> None:
    rows = [*place.rows(), *place.rows("disqualified.csv"), *place.rows("screened.csv")]
    assert len(rows) == 150
    for row in rows:
        segment = {"Partner": "partner", "Shop": "shop"}.get(row["source"], "rest")
        assert row["segment"] == segment
        assert Decimal(row["percent"]) == percent(row["score"], segment)
    assert any(Decimal(row["percent"]) < 0 for row in rows)
    assert any(Decimal(row["percent"]) % 1 for row in rows)


def test_leads_rank_by_percent_score_and_id_and_inside_their_segment(place: Place) -> None:
    rows = place.rows()
    keys = [(-Decimal(row["percent"]), -Decimal(row["score"]), row["lead_id"]) for row in rows]
    assert keys == sorted(keys)
    assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))
    counted: Counter[str] = Counter()
    for row in rows:
        counted[row["segment"]] += 1
        assert int(row["segment_rank"]) == counted[row["segment"]]
    assert len(counted) == 3


def test_screen_and_disqualify_stand_above_segments(place: Place) -> None:
    out = {name: {row["out"] for row in place.rows(f"{name}.csv")} for name in ("screened", "disqualified")}
    assert out == {"screened": {"robot"}, "disqualified": {"yes"}}
    for name in out:
        rows = place.rows(f"{name}.csv")
        assert {row["segment"] for row in rows} == set(MOST)
        assert "segment_rank" not in rows[0]
    assert {row["out"] for row in place.rows()} == {"", "no"}


def test_a_group_that_a_segment_lacks_is_empty_in_csv_and_null_in_parquet(place: Place) -> None:
    texts, values = place.rows(), parquet_rows(place.out / "ranked.parquet")
    for row, value in zip(texts, values, strict=True):
        for group in ("fit", "use", "orders"):
            assert (row[group] != "") == (group in GROUPS[row["segment"]])
        for column, cell in row.items():
            if column in ("rank", "score", "percent", "segment_rank", "fit", "use", "orders", "coverage"):
                assert value[column] == (Decimal(cell) if cell else None)
            else:
                assert (value[column] or "") == cell


def test_tiers_go_by_the_cut_of_the_segment(place: Place) -> None:
    for row in place.rows():
        assert row["tier"] == ("Hot" if Decimal(row["score"]) >= CUTS[row["segment"]] else "Cold")
    tiers = [row for tier in ("Hot", "Cold") for row in place.rows(f"tiers/{tier}.csv")]
    assert sorted(row["lead_id"] for row in tiers) == sorted(row["lead_id"] for row in place.rows())


def test_the_nurture_list_goes_by_the_cut_of_the_segment(place: Place) -> None:
    lacking = {row["lead_id"]: CUTS[row["segment"]] - Decimal(row["score"]) for row in place.rows()}
    wanted = {id_: points for id_, points in lacking.items() if 0 < points <= 20}
    found = {row["lead_id"]: Decimal(row["missing_points"]) for row in place.rows("nurture.csv")}
    assert found == wanted
    assert {row["next_tier"] for row in place.rows("nurture.csv")} == {"Hot"}


def test_contributions_add_up_and_the_lines_of_other_segments_are_zero(place: Place) -> None:
    segments = {row["lead_id"]: row for row in place.rows()}
    lines = parquet_rows(place.out / "contributions.parquet")
    assert [row["id"] for row in lines] == list(segments)
    for row in lines:
        lead, score = segments[row.pop("id")], row.pop("score")
        assert sum(row.values()) == score == Decimal(lead["score"])
        if lead["segment"] == "shop":
            assert not any(row[name] for name in ("size", "lost", "fit: cap", "fit: floor"))
            assert row["visits"] == Decimal(lead["orders"])
        elif lead["segment"] == "partner":
            assert not row["visits"]
        else:
            assert not any(row[name] for name in ("fit: cap", "fit: floor"))


def test_explain_says_what_stands_in_the_files(place: Place) -> None:
    lines = {row.pop("id"): row for row in parquet_rows(place.out / "contributions.parquet")}
    chosen = [*place.rows()[::10], *place.rows("disqualified.csv")[::8], *place.rows("screened.csv")[::8]]
    assert {row["segment"] for row in chosen} == set(MOST)
    arguments = ("explain", place.folder / "leads.csv", "-c", place.folder / "model.yml", "--as-of", DAY)
    for row in chosen:
        ended = run(*arguments, "--id", row["lead_id"], "--json")
        assert ended.code == 0
        (lead,) = json.loads(ended.stdout)["leads"]
        assert lead["segment"] == row["segment"]
        for key in ("score", "percent", "coverage"):
            assert Decimal(str(lead[key])) == Decimal(row[key])
        assert lead["tier"] == row.get("tier", lead["tier"])
        told = {line["name"]: Decimal(str(line["points"])) for line in lead["lines"]}
        assert sum(told.values()) == Decimal(row["score"])
        if row["lead_id"] in lines:
            whole = {name: points for name, points in lines[row["lead_id"]].items() if name != "score"}
            assert {**dict.fromkeys(whole, Decimal(0)), **told} == whole


def test_explain_names_the_segment_and_the_percent(place: Place) -> None:
    row = next(row for row in place.rows() if row["segment"] == "shop" and row["tier"] == "Hot")
    export, model = place.folder / "leads.csv", place.folder / "model.yml"
    ended = run("explain", export, "-c", model, "--as-of", DAY, "--id", row["lead_id"], COLUMNS="200")
    assert f"tier Hot, {row['percent']} % of the most in segment shop" in ended.stdout


def test_the_manifest_names_the_configs_of_segments_by_their_digests(place: Place) -> None:
    digest = hashlib.sha256(OTHER.encode()).hexdigest()
    assert place.manifest()["config"]["extends"] == [{"file": "configs/other.yml", "sha256": digest}]
    assert place.manifest()["rank_by"] == ["percent", "score", "id"]


def test_the_summary_counts_each_segments_leads(place: Place) -> None:
    found = {row["name"]: row["leads"] for row in place.summary()["segments"]}
    assert found == Counter(row["segment"] for row in place.rows())


# --- small runs ------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    (tmp_path / "configs").mkdir()
    place.write("configs/other.yml", OTHER)
    return place


def test_set_changes_one_segment(small: Place) -> None:
    leads = csv_of(HEADER, ["1,Partner,30,,,", "2,Web,30,,,"])
    assert small.score(leads, CONFIG, "--set", "segments.partner.override.groups.fit.cap=40").code == 0
    assert {row["lead_id"]: row["percent"] for row in small.rows()} == {"1": "75", "2": "30"}


def test_set_reaches_into_the_config_of_a_segment(small: Place) -> None:
    setting = "segments.shop.config.groups.orders.rules.visits.cap=60"
    assert small.score(csv_of(HEADER, ["1,Shop,,,10,"]), CONFIG, "--set", setting).code == 0
    assert [(row["score"], row["percent"]) for row in small.rows()] == [("30", "50")]


def test_an_export_without_leads_has_the_same_columns_as_one_with_leads(small: Place) -> None:
    options = ("--set", "checks.min_rows=0")
    assert small.score(csv_of(HEADER, ["1,Shop,,,10,"]), CONFIG, *options).code == 0
    with_one = small.files()["ranked.csv"].splitlines()
    assert small.score(csv_of(HEADER, []), CONFIG, *options).code == 0
    assert small.files()["ranked.csv"].splitlines() == with_one[:1]
    assert [row["leads"] for row in small.summary()["segments"]] == [0, 0, 0]
    assert parquet_rows(small.out / "contributions.parquet") == []


@pytest.mark.parametrize("source", ["Partner", "Shop", "Web"])
def test_one_lead_is_the_first_of_its_segment(small: Place, source: str) -> None:
    assert small.score(csv_of(HEADER, [f"1,{source},5,,2,"]), CONFIG).code == 0
    (row,) = small.rows()
    assert (row["rank"], row["segment_rank"]) == ("1", "1")
    assert sum(segment["leads"] for segment in small.summary()["segments"]) == 1


@pytest.mark.parametrize("by", ["percent", "score", "use", "segment"])
def test_leads_without_the_group_they_are_ranked_by_come_last(small: Place, by: str) -> None:
    leads = csv_of(HEADER, ["1,Web,9,,8,", "2,Shop,,,9,", "3,Partner,20,,,"])
    assert small.score(leads, CONFIG, "--set", f"rank_by=[{by}]").code == 0
    wanted = {"percent": "231", "score": "231", "use": "123", "segment": "321"}
    assert "".join(row["lead_id"] for row in small.rows()) == wanted[by]


def test_a_resolved_config_is_the_same_model_without_the_files_it_names(small: Place) -> None:
    assert small.score(csv_of(HEADER, ["1,Shop,,,10,"]), CONFIG).code == 0
    wanted = small.manifest()["config"]["model_sha256"]
    ended = run("check", small.folder / "model.yml", "--resolved")
    assert ended.code == 0
    (small.folder / "configs" / "other.yml").unlink()
    assert small.score(csv_of(HEADER, ["1,Shop,,,10,"]), ended.stdout).code == 0
    assert small.manifest()["config"]["model_sha256"] == wanted
    assert small.manifest()["config"]["extends"] == []
