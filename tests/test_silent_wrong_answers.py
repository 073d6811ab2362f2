"""test_silent_wrong_answers: where common tools are wrong without a word, the result is right or refused."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.running import Place, csv_of, match, model_of, parquet_rows

BUSY = model_of(match("visits: {at_least: 50}", 10))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def parquet(place: Place, **columns: pa.Array | list[object]) -> Path:
    path = place.folder / "leads.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def test_01_ids_keep_their_leading_zeros(place: Place) -> None:
    assert place.score("lead_id,visits\n00123,60\n00456,5\n", BUSY).code == 0
    assert place.scores() == {"00123": "10", "00456": "0"}


def test_02_a_blank_id_does_not_change_the_long_ids_beside_it(place: Place) -> None:
    leads = "lead_id,visits\n9007199254740993,60\n,70\n9007199254740995,5\n"
    assert place.score(leads, BUSY).code == 5
    assert place.scores() == {"9007199254740993": "10", "9007199254740995": "0"}
    assert place.set_aside() == [(3, "lead_id is empty")]


def test_02_a_null_id_does_not_change_the_long_ids_beside_it_in_parquet(place: Place) -> None:
    ids = pa.array([9007199254740993, None, 9007199254740995], pa.int64())
    assert (
        place.score(
            parquet(place, lead_id=ids, visits=[60, 70, 5]), BUSY, "--format=csv", "--format=parquet"
        ).code
        == 5
    )
    assert place.scores() == {"9007199254740993": "10", "9007199254740995": "0"}
    assert place.set_aside() == [(2, "lead_id is empty")]
    assert [row["lead_id"] for row in parquet_rows(place.out / "ranked.parquet")] == [
        9007199254740993,
        9007199254740995,
    ]


def test_03_na_null_none_and_nan_are_names_and_countries(place: Place) -> None:
    leads = "lead_id,last,country\n1,NA,NA\n2,Null,US\n3,None,nan\n4,null,NaN\n"
    rules = [match("country: {in: [NA]}", 5), match("last: {in: ['Null', None]}", 1)]
    assert place.score(leads, model_of(*rules, tiers="[{name: all}]")).code == 0
    assert place.scores() == {"1": "5", "2": "1", "3": "1", "4": "1"}
    assert {row["lead_id"]: (row["last"], row["country"]) for row in place.rows()}["1"] == ("NA", "NA")


def test_03_a_null_word_means_missing_only_in_the_field_that_declares_it(place: Place) -> None:
    leads = "lead_id,visits,country\n1,N/A,N/A\n2,60,US\n"
    head = "fields: {visits: {type: number, null: ['', N/A]}}"
    rules = [match("visits: {missing: true}", 3), match("country: N/A", 5)]
    assert place.score(leads, model_of(*rules, head=head, tiers="[{name: all}]")).code == 0
    assert place.scores() == {"1": "8", "2": "0"}


def test_04_a_trailing_comma_on_every_row_shifts_nothing(place: Place) -> None:
    assert place.score("lead_id,name,visits\n1,Ann,60,\n2,Bob,5,\n", BUSY).code == 0
    assert place.scores() == {"1": "10", "2": "0"}
    assert [(row["name"], row["visits"]) for row in place.rows()] == [("Ann", "60"), ("Bob", "5")]
    assert place.summary()["notes"] == ["an empty extra column on all rows was ignored"]


def test_04_a_trailing_comma_on_one_row_is_a_damaged_line(place: Place) -> None:
    assert place.score("lead_id,name,visits\n1,Ann,60,\n2,Bob,5\n", BUSY).code == 5
    assert place.scores() == {"2": "0"}
    assert place.set_aside() == [(2, "4 fields, the header has 3")]
    assert place.summary()["notes"] == []


@pytest.mark.parametrize(
    ("lines", "ranked", "aside"),
    [
        (["1,Ann,60", "2,Bob"], {"1": "10"}, [(3, "2 fields, the header has 3")]),
        (
            ["1,Ann,60", "2,Bob", '3,Cy"x,y",70'],
            {"1": "10"},
            [(3, "2 fields, the header has 3"), (4, "quote inside an unquoted field")],
        ),
        (
            ["1,Ann,60", "2,Bob,70", '3Cy"x,y",70'],
            {"1": "10", "2": "10"},
            [(4, "quote inside an unquoted field")],
        ),
    ],
    ids=["a short row", "a short row and a stray quote", "a lost comma and a stray quote"],
)
def test_05_a_damaged_line_is_set_aside_and_moves_no_other(
    place: Place, lines: list[str], ranked: dict[str, str], aside: list[tuple[int, str]]
) -> None:
    assert place.score(csv_of("lead_id,name,visits", lines), BUSY).code == 5
    assert place.scores() == ranked
    assert place.set_aside() == aside
    assert [row["text"] for row in place.rows("set_aside.csv")] == [lines[line - 2] for line, _ in aside]


DATES = "lead_id,last_seen\n1,03/04/2026\n2,13/04/2026\n"
SEEN = match("last_seen: {within_days: 20}", 10)


def test_06_dates_with_two_readings_are_refused_with_their_lines(place: Place) -> None:
    ended = place.score(
        DATES, model_of(SEEN, head="fields: {last_seen: {type: date}}"), "--as-of", "2026-04-20"
    )
    assert ended.code == 3
    assert "last_seen" in ended.stderr
    assert "lines 2" in ended.stderr
    assert "format" in ended.stderr
    assert not place.out.exists()


def test_06_a_declared_format_settles_day_and_month(place: Place) -> None:
    declared = 'fields: {last_seen: {type: date, format: "%d/%m/%Y"}}'
    assert place.score(DATES, model_of(SEEN, head=declared), "--as-of", "2026-04-20").code == 0
    assert place.scores() == {"1": "10", "2": "10"}


def test_06_a_day_that_does_not_exist_is_unknown_and_counted(place: Place) -> None:
    ended = place.score(
        "lead_id,last_seen\n1,2026-02-30\n2,2026-04-13\n", model_of(SEEN), "--as-of", "2026-04-20"
    )
    assert ended.code == 5
    assert place.scores() == {"2": "10", "1": "0"}
    assert [(line, column) for line, column, _ in place.unreadable()] == [(2, "last_seen")]


def test_07_a_decimal_comma_is_one_only_where_the_grouping_is_right(place: Place) -> None:
    head = 'fields: {revenue: {type: number, decimal: ",", thousands: "."}}'
    exactly = match("revenue: {between: [1234.56, 1234.56]}", 10)
    assert place.score("lead_id;revenue\n1;1.234,56\n2;12.5\n", model_of(exactly, head=head)).code == 5
    assert {row["lead_id"]: row["score"] for row in place.rows(delimiter=";")} == {"1": "10", "2": "0"}
    assert place.unreadable() == [
        (3, "revenue", "digits grouped otherwise than declared; set `decimal` and `thousands`")
    ]


def test_07_a_thousands_comma_is_not_a_decimal_comma(place: Place) -> None:
    head = 'fields: {revenue: {type: number, thousands: ","}}'
    leads = 'lead_id,revenue\n1,"1,234.56"\n2,"12,5"\n3,"1,2345"\n'
    assert place.score(leads, model_of(match("revenue: {at_least: 100}", 10), head=head)).code == 5
    assert place.scores() == {"1": "10", "2": "0", "3": "0"}
    assert [line for line, _, _ in place.unreadable()] == [3, 4]


PERSIAN = "lead_id,visits,title\n1,۶۰,مدير\n2,60,مدیر\n3,٦٠,مدیر\n"
MANAGER = match('title: "مدیر"', 20)


def test_08_persian_and_arabic_digits_are_numbers_where_the_config_says_so(place: Place) -> None:
    head = "fields: {visits: {type: number, digits: any}}"
    assert place.score(PERSIAN, model_of(match("visits: {at_least: 50}", 10), MANAGER, head=head)).code == 0
    assert place.scores() == {"1": "30", "2": "30", "3": "30"}


def test_08_without_leave_persian_digits_are_unknown_and_counted_never_zero_in_silence(place: Place) -> None:
    ended = place.score(PERSIAN, model_of(match("visits: {at_least: 50}", 10), MANAGER))
    assert ended.code == 5
    assert place.scores() == {"2": "30", "1": "20", "3": "20"}
    assert place.unreadable() == [
        (line, "visits", "digits other than 0-9; set `digits: any`") for line in (2, 4)
    ]
    assert "digits: any" in ended.stderr


def test_09_an_id_that_looks_like_a_number_is_not_one(place: Place) -> None:
    assert place.score("lead_id,visits\n12E5,60\n1200000,5\n", BUSY).code == 0
    assert place.scores() == {"12E5": "10", "1200000": "0"}


def test_09_an_exponent_is_a_number_only_where_declared(place: Place) -> None:
    leads = "lead_id,visits\n1,1e3\n2,5\n"
    assert place.score(leads, BUSY).code == 5
    assert place.scores() == {"1": "0", "2": "0"}
    assert place.unreadable() == [(2, "visits", "a number with an exponent; set `exponent: true`")]
    declared = model_of(
        match("visits: {at_least: 1000}", 10), head="fields: {visits: {type: number, exponent: true}}"
    )
    assert place.score(leads, declared).code == 0
    assert place.scores() == {"1": "10", "2": "0"}


@pytest.mark.parametrize("damaged", ["1.23E+11", "9E+15", "1.2345E+11", "1,23E+11"])  # and German Excel's
def test_09_an_id_that_a_spreadsheet_damaged_is_set_aside_with_its_line(place: Place, damaged: str) -> None:
    assert place.score(f'lead_id,visits\n1,5\n"{damaged}",60\n', BUSY).code == 5
    assert place.scores() == {"1": "0"}
    assert [line for line, _ in place.set_aside()] == [3]


def test_10_a_missing_value_passes_no_negative_test(place: Place) -> None:
    rules = (
        match("country: {is_not: US}", 5),
        match("country: {not_in: [US, CA]}", 5),
        match("none: [{country: US}]", 5),
        match("country: {is_not: US, known: true}", 5),
    )
    assert place.score("lead_id,country\n1,\n2,DE\n3,  \n", model_of(*rules)).code == 0
    assert place.scores() == {"2": "20", "1": "0", "3": "0"}
    assert [rule["unknown"] for rule in place.summary()["rules"][:3]] == [2, 2, 2]
    assert sum(tier["leads"] for tier in place.summary()["tiers"]) == 3


def test_11_numbers_are_not_compared_as_text(place: Place) -> None:
    assert place.score("lead_id,visits\n1,9\n2,100\n", BUSY).code == 0
    assert place.scores() == {"2": "10", "1": "0"}


def test_11_what_is_no_number_is_unknown_and_counted(place: Place) -> None:
    words = [
        "many",
        "N/A",
        "-",
        "#REF!",
        "inf",
        "nan",
        "1e400",
        "0x10",
        "1_000",
        "Infinity",
        "1 000",
        "--5",
        "5-",
        "½",
    ]
    leads = csv_of("lead_id,visits", [f"{place_},{word}" for place_, word in enumerate(words, start=1)])
    assert (
        place.score(
            leads, model_of(match("visits: {at_most: 1000000}", 10), match("visits: {above: -1}", 10))
        ).code
        == 5
    )
    assert set(place.scores().values()) == {"0"}
    assert [line for line, _, _ in place.unreadable()] == [line + 2 for line in range(len(words))]
    assert sum(cells["cells"] for cells in place.summary()["unreadable"]) == len(words)


@pytest.mark.parametrize("order", ["123", "321", "213"])
def test_12_sums_of_decimals_are_exact_in_any_order_and_a_cut_belongs_to_its_tier(
    place: Place, order: str
) -> None:
    rules = [match(f"f{digit}: x", f"0.{digit}") for digit in order]
    tiers = "[{name: Hot, min_score: 0.6}, {name: Cold}]"
    assert place.score("lead_id,f1,f2,f3\nA,x,x,x\nB,x,x,\n", model_of(*rules, tiers=tiers)).code == 0
    assert [(row["score"], row["tier"]) for row in place.rows()] == [("0.6", "Hot"), ("0.3", "Cold")]


def test_12_every_edge_of_a_tier_and_of_a_band_belongs_to_what_it_opens(place: Place) -> None:
    banded = "kind: bands, field: visits, bands: {0: 0, 10: 40, 20: 70, 30: 100}"
    tiers = (
        "[{name: Top, min_score: 100}, {name: Hot, min_score: 70}, {name: Warm, min_score: 40}, {name: Cold}]"
    )
    values = ["0", "9.99", "10", "19.99", "20", "29.99", "30", "1000"]
    leads = csv_of("lead_id,visits", [f"{place_},{value}" for place_, value in enumerate(values)])
    assert place.score(leads, model_of(banded, tiers=tiers)).code == 0
    assert [(row["visits"], row["score"], row["tier"]) for row in place.rows()] == [
        *[("30", "100", "Top"), ("1000", "100", "Top"), ("20", "70", "Hot"), ("29.99", "70", "Hot")],
        *[("10", "40", "Warm"), ("19.99", "40", "Warm"), ("0", "0", "Cold"), ("9.99", "0", "Cold")],
    ]


def test_12_points_with_more_than_two_decimals_are_refused(place: Place) -> None:
    ended = place.score("lead_id,f\n1,x\n", model_of(match("f: x", "0.125")))
    assert ended.code == 3
    assert "two decimals" in ended.stderr


def test_13_equal_scores_stand_in_the_order_of_their_ids(place: Place) -> None:
    ids = [f"{number}" for number in range(99)] + ["é"]
    random.Random(1).shuffle(ids)
    leads = csv_of("lead_id,visits", [f"{id_},{60 if id_.endswith('7') else 5}" for id_ in ids])
    assert place.score(leads, BUSY).code == 0
    expected = sorted(ids, key=lambda id_: (not id_.endswith("7"), [ord(letter) for letter in id_]))
    assert list(place.scores()) == expected
    assert [row["rank"] for row in place.rows()] == [str(rank) for rank in range(1, 101)]
    assert place.manifest()["rank_by"] == ["score", "id"]


def test_14_norway_is_a_country(place: Place) -> None:
    config = model_of(match("country: {in: [NO, SE]}", 10))
    assert place.score("lead_id,country\n1,NO\n2,false\n3,SE\n", config).code == 0
    assert place.scores() == {"1": "10", "3": "10", "2": "0"}


def test_14_a_number_with_a_leading_zero_is_refused(place: Place) -> None:
    ended = place.score("lead_id,country\n1,NO\n", model_of(match("country: NO", "010")))
    assert ended.code == 3
    assert "model.yml:7:" in ended.stderr
    assert "write 10" in ended.stderr


def test_14_a_key_that_stands_twice_is_refused_with_both_lines(place: Place) -> None:
    config = model_of(match("country: NO", "10")) + "output:\n  reasons: 1\n  reasons: 2\n"
    ended = place.score("lead_id,country\n1,NO\n", config)
    assert ended.code == 3
    lines = config.splitlines()
    first, second = (line for line, text in enumerate(lines, start=1) if "reasons" in text)
    assert f"model.yml:{second}:" in ended.stderr
    assert f"line {first}" in ended.stderr


@pytest.mark.parametrize("kind", ["csv", "parquet", "parquet dictionary"])
def test_15_a_pattern_gives_the_same_answer_whatever_the_column_is_made_of(place: Place, kind: str) -> None:
    phones, cities = ["۱۲۳", "45", "4 5", "a45"], ["İSTANBUL", "istanbul", "C++ dev", "C dev"]
    rules = (
        match(r"phone: {matches: '\d+'}", 1),
        match(r"phone: {matches: '\d+', exact: true}", 2),
        match('city: {contains: "C++"}', 4),
        match("city: istanbul", 8),
        match("city: {contains: '.'}", 16),
    )
    if kind == "csv":
        leads: str | Path = csv_of(
            "lead_id,phone,city",
            [f"{i},{p},{c}" for i, (p, c) in enumerate(zip(phones, cities, strict=True), 1)],
        )
    else:
        column = pa.array(cities).dictionary_encode() if "dictionary" in kind else pa.array(cities)
        leads = parquet(place, lead_id=["1", "2", "3", "4"], phone=pa.array(phones), city=column)
    assert place.score(leads, model_of(*rules)).code == 0
    # Texts are folded before they are tested, so Persian digits are digits unless `exact` says otherwise.
    assert place.scores() == {"2": "11", "3": "4", "1": "1", "4": "0"}


def test_16_the_day_scored_for_is_an_argument_so_two_runs_of_one_night_agree(place: Place) -> None:
    leads = "lead_id,last_seen\n1,2026-06-01\n2,2026-04-13\n"
    config = model_of(
        match("last_seen: {within_days: 30}", 10), "kind: bands, age_of: last_seen, bands: {0: 5, 60: 1}"
    )
    assert place.score(leads, config, TZ="Pacific/Kiritimati").code == 0
    first = place.files()
    assert place.score(leads, config, TZ="Pacific/Pago_Pago").code == 0
    assert place.files() == first
    assert place.scores() == {"1": "15", "2": "1"}
    assert place.manifest()["as_of"] == "2026-06-30"
    assert place.score(leads, config, "--as-of", "2026-07-02").code == 0
    assert place.scores() == {"1": "5", "2": "1"}


def test_18_our_own_output_is_not_scored_by_accident(place: Place) -> None:
    assert place.score("lead_id,visits\n1,60\n2,5\n", BUSY).code == 0
    before = place.files()
    again = place.write("again.csv", before["ranked.csv"])
    ended = place.score(again, BUSY)
    assert ended.code == 4
    assert "score" in ended.stderr
    assert "output.prefix" in ended.stderr
    assert place.files() == before


def test_18_our_own_output_gives_the_same_scores_under_a_prefix(place: Place) -> None:
    assert place.score("lead_id,visits,note\n1,60,=1+1\n2,5,\n", BUSY).code == 0
    again = place.write("again.csv", place.files()["ranked.csv"])
    assert place.score(again, BUSY, "--set", "output.prefix=ls_").code == 0
    assert {row["lead_id"]: row["ls_score"] for row in place.rows()} == {"1": "10", "2": "0"}
    assert all(row["ls_score"] == row["score"] and row["ls_rank"] == row["rank"] for row in place.rows())


def test_20_a_duplicate_id_is_refused_with_the_lines_not_the_ids(place: Place) -> None:
    ended = place.score("lead_id,visits\nCANARY,1\n2,5\nCANARY,9\n", BUSY)
    assert ended.code == 4
    assert "leads.csv:2" in ended.stderr
    assert "leads.csv:4" in ended.stderr
    assert "CANARY" not in ended.said


@pytest.mark.parametrize("around", [" ", "\t", "\u00a0", "\u200b", "\ufeff", "\u3000", "\u200f"])
def test_21_invisible_space_around_a_value_changes_nothing(place: Place, around: str) -> None:
    leads = f'lead_id,country\n1,US\n2,"US{around}"\n3,"{around}US"\n'
    assert place.score(leads, model_of(match("country: US", 10))).code == 0
    assert place.scores() == {"1": "10", "2": "10", "3": "10"}


def test_22_a_name_is_the_same_in_both_unicode_forms(place: Place) -> None:
    leads = "lead_id,name\n1,Jos\u00e9\n2,Jose\u0301\n3,Jose\n"
    for spelled in ("Jos\u00e9", "Jose\u0301"):
        assert place.score(leads, model_of(match(f"name: {spelled}", 10))).code == 0
        assert place.scores() == {"1": "10", "2": "10", "3": "0"}
    assert place.score(leads, model_of(match("name: {is: Jos\u00e9, accents: ignore}", 10))).code == 0
    assert place.scores() == {"1": "10", "2": "10", "3": "10"}


def test_23_no_score_falls_out_of_every_tier(place: Place) -> None:
    counted = "kind: count, field: visits, each: 0.01"
    values = ["nan", "inf", "-inf", "", "1e999", "-5", "0", "999999999999999"]
    leads = csv_of("lead_id,visits", [f"{place_},{value}" for place_, value in enumerate(values)])
    assert place.score(leads, model_of(counted)).code == 5
    rows = place.rows()
    assert len(rows) == len(values)
    assert {row["tier"] for row in rows} == {"Hot", "Cold"}
    assert all(Decimal(row["score"]).is_finite() for row in rows)
    assert sum(tier["leads"] for tier in place.summary()["tiers"]) == len(values)


def test_24_words_are_booleans_only_where_declared(place: Place) -> None:
    leads = "lead_id,asked\n1,yes\n2,TRUE\n3,1\n4,بله\n5,no\n"
    assert place.score(leads, model_of(match("asked: yes", 10))).code == 0
    assert place.scores() == {"1": "10", "2": "0", "3": "0", "4": "0", "5": "0"}
    declared = "fields: {asked: {type: boolean, true: [yes, بله], false: [no]}}"
    assert place.score(leads, model_of(match("asked: true", 10), head=declared)).code == 5
    assert place.scores() == {"1": "10", "4": "10", "2": "0", "3": "0", "5": "0"}
    assert [line for line, _, _ in place.unreadable()] == [3, 4]
