"""test_contracts_events: random models on random activity logs against the oracle, event by event."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from pandas.testing import assert_frame_equal

from leadscore.model.load import load_model
from leadscore.pipeline import days
from leadscore.pipeline.batch import score_batch
from leadscore.pipeline.read import open_export
from tests.oracle import Verdict, judge
from tests.oracle_events import Log, read_log
from tests.running import Place, parquet_rows
from tests.strategies import AS_OF, Config, cells_of
from tests.strategies_events import EventCase, event_cases

shuffles = st.randoms(use_true_random=False)


def log_of(case: EventCase) -> Log:
    config, leads, log = case
    return read_log(config, cells_of(log), leads["lead_id"], AS_OF)


def verdicts(case: EventCase) -> list[Verdict]:
    """What plain arithmetic says of every lead."""
    config, leads, _ = case
    events = log_of(case).events
    return [judge(config, cells, AS_OF, events[str(cells["lead_id"])]) for cells in cells_of(leads)]


def batch(case: EventCase) -> pd.DataFrame:
    config, leads, log = case
    return score_batch(leads, load_model(config), AS_OF, events=log)


def in_hundredths(points: Any) -> int:
    return int(Decimal(str(points)) * 100)


def check_against_oracle(case: EventCase) -> None:
    found = batch(case).astype(object)
    for row, said in zip(found.to_dict("records"), verdicts(case), strict=True):
        assert row["tier"] == said.tier
        assert {name: in_hundredths(row[name]) for name in said.groups} == said.groups
        assert in_hundredths(row["score"]) == said.score
        assert in_hundredths(row["coverage"]) == said.coverage
        assert (None if pd.isna(row["disqualified_by"]) else row["disqualified_by"]) == said.disqualified_by


@given(event_cases)
@settings(max_examples=120)
def test_points_from_a_log_are_what_counting_event_by_event_gives(case: EventCase) -> None:
    check_against_oracle(case)


@pytest.mark.slow
@given(event_cases)
@settings(max_examples=600)
def test_points_from_a_log_are_what_counting_event_by_event_gives_in_many_more_cases(case: EventCase) -> None:
    check_against_oracle(case)


@given(event_cases, shuffles)
@settings(max_examples=30)
def test_the_order_of_a_log_and_other_leads_change_nothing(case: EventCase, random: Random) -> None:
    config, leads, log = case
    shuffled = log.sample(frac=1, random_state=random.randrange(1000))
    cut = random.randint(0, len(leads))
    parts = [batch((config, part, shuffled)) for part in (leads[:cut], leads[cut:])]
    assert_frame_equal(pd.concat(parts), batch(case))


@given(event_cases)
@settings(max_examples=15)
def test_the_callers_log_stays_as_it_is(case: EventCase) -> None:
    before = case[2].copy(deep=True)
    batch(case)
    assert_frame_equal(case[2], before)


typed_rows = st.lists(
    st.tuples(
        st.sampled_from(["000000", "000001", "000002"]),
        st.sampled_from(["visit", "purchase", "Demo Request"]),
        st.datetimes(pd.Timestamp("2026-03-01"), pd.Timestamp("2026-07-02")),
        st.one_of(st.none(), st.integers(-5000, 500_000).map(lambda n: n / 100)),
    ),
    min_size=1,
    max_size=20,
)


@given(event_cases.filter(lambda case: not case[0]["events"]), typed_rows)
@settings(max_examples=15)
def test_a_typed_log_counts_as_the_text_of_its_values(case: EventCase, rows: list[tuple[Any, ...]]) -> None:
    config, leads, log = case
    typed = pd.DataFrame(rows, columns=list(log.columns))
    typed["value"] = typed["value"].astype("float64")
    texts = [
        (*row[:2], row[2].isoformat(" ", "seconds"), None if row[3] is None else str(row[3])) for row in rows
    ]
    text = pd.DataFrame(texts, columns=list(log.columns), dtype="str")
    assert_frame_equal(batch((config, leads, typed)), batch((config, leads, text)))


@pytest.mark.parametrize(("each", "points"), [(30, 1_000_000), (-30, -1_000_000)])
def test_any_number_of_huge_values_gives_the_most_a_rule_can(each: int, points: int) -> None:
    # One sum of them would be beyond 64 bits, and come out with the other sign.
    rule = {"name": "bought", "kind": "count", "event": "purchase", "per_value": each}
    groups = {"bought": {"rules": [rule]}}
    model = load_model({"name": "huge", "id": "lead_id", "groups": groups, "tiers": [{"name": "All"}]})
    row = {"lead_id": "1", "event": "purchase", "time": "2026-06-01", "value": "999999999999"}
    log = pd.DataFrame([row] * 2_100, dtype="str")
    leads = pd.DataFrame({"lead_id": ["1"]}, dtype="str")
    assert score_batch(leads, model, AS_OF, events=log)["score"].tolist() == [points]


# --- through the command, on files -----------------------------------------------------------------------


@contextmanager
def batches_of(size: int) -> Iterator[None]:
    """Leads and logs are read about so many bytes at a time, and events merged as often."""
    assert open_export.__kwdefaults__ is not None
    with (
        mock.patch.dict(open_export.__kwdefaults__, batch_bytes=size),
        mock.patch.object(days, "MOST_WAITING", size // 20 + 1),
    ):
        yield


def write_log(place: Place, name: str, log: pd.DataFrame, damaged: bool) -> Path:
    """The log as a file of the kind its name says; ``damaged``: with a line that is too short."""
    path = place.folder / name
    if path.suffix == ".parquet":
        log.to_parquet(path)
        return path
    text = log.to_csv(index=False) + "000000,visit\n" * damaged
    octets = text.encode()
    path.write_bytes(gzip.compress(octets) if path.suffix == ".gz" else octets)
    return path


def yaml_of(config: Config) -> str:
    """JSON is YAML; keys and values of other types are written as their text."""

    def keyed(value: Any) -> Any:
        if isinstance(value, list):
            return [keyed(item) for item in value]
        return {str(key): keyed(item) for key, item in value.items()} if isinstance(value, dict) else value

    return json.dumps(keyed(config), default=str, ensure_ascii=False)


def run_on_files(place: Place, case: EventCase, files: list[Path], size: int) -> None:
    config, leads, _ = case
    # What could be two dates is refused in files.
    leads = leads.replace("13/13/2026", "someday")
    written = yaml_of({**config, "output": {"contributions": True}})
    options = [option for file in files for option in ("--events", file)]
    with batches_of(size):
        ended = place.score(leads.to_csv(index=False), written, *options)
    assert ended.code in (0, 5), ended.stderr


def lines_in(place: Place) -> dict[str, tuple[int, list[tuple[str, int]]]]:
    """Id -> score and lines, in hundredths."""
    rows = parquet_rows(place.out / "contributions.parquet")
    return {
        str(row.pop("id")): (
            in_hundredths(row.pop("score")),
            [(name, in_hundredths(points)) for name, points in row.items()],
        )
        for row in rows
    }


def check_files(place: Place, case: EventCase, damaged: int) -> None:
    """Every lead's line in the files, and the report, cell by cell."""
    said = dict(zip(case[1]["lead_id"], verdicts(case), strict=True))
    ranked = {row["lead_id"]: row for row in place.rows()}
    assert lines_in(place) == {lead: (said[lead].score, said[lead].lines) for lead in ranked}
    out = {row["lead_id"]: row for row in place.rows("disqualified.csv")}
    assert ranked.keys() | out.keys() == said.keys()
    for lead, row in (ranked | out).items():
        assert in_hundredths(row["score"]) == said[lead].score
        assert {name: in_hundredths(row[name]) for name in said[lead].groups} == said[lead].groups
        assert in_hundredths(row["coverage"]) == said[lead].coverage
        assert row.get("tier", said[lead].tier) == said[lead].tier
        assert row.get("disqualified_by") == said[lead].disqualified_by
    assert place.summary()["events"] == {**log_of(case).report, "set_aside": damaged}


def test_an_event_of_nobody_that_is_still_to_come_is_told_as_both(tmp_path: Path) -> None:
    place = Place(tmp_path)
    log = place.write("log.csv", "lead_id,event,time\n,visit,2026-07-01\nx,visit,2026-07-01\n1,visit,\n")
    rule = {"name": "came", "kind": "count", "event": "visit", "each": 1}
    config = {"name": "c", "id": "lead_id", "groups": {"all": {"rules": [rule]}}, "tiers": [{"name": "All"}]}
    assert place.score("lead_id\n1\n", yaml_of(config), "--events", log).code == 0
    told = {"read": 3, "of_unknown_leads": 2, "after_as_of": 2, "unreadable": 0, "set_aside": 0}
    assert place.summary()["events"] == told


KINDS = ["csv", "csv.gz", "parquet"]
parts_of_a_log = st.lists(st.tuples(st.sampled_from(KINDS), st.booleans()), min_size=1, max_size=3)


def check_command(
    folder: Path, case: EventCase, parts: list[tuple[str, bool]], random: Random, size: int
) -> None:
    """The log's rows in any order, dealt out to files of any kind, read in batches of any size."""
    place, log = Place(folder), case[2]
    order = random.sample(range(len(log)), len(log))
    files = [
        write_log(place, f"log{n}.{kind}", log.iloc[order[n :: len(parts)]], damaged)
        for n, (kind, damaged) in enumerate(parts)
    ]
    run_on_files(place, case, files, size)
    check_files(place, case, sum(damaged and kind != "parquet" for kind, damaged in parts))


sizes = st.sampled_from([1, 40, 100, 300, 1 << 20])


@given(event_cases, parts_of_a_log, shuffles, sizes)
@settings(max_examples=30)
def test_the_command_counts_a_log_the_same_in_any_files_order_and_batches(
    tmp_path_factory: pytest.TempPathFactory,
    case: EventCase,
    parts: list[tuple[str, bool]],
    random: Random,
    size: int,
) -> None:
    check_command(tmp_path_factory.mktemp("log"), case, parts, random, size)


@pytest.mark.slow
@given(event_cases, parts_of_a_log, shuffles, sizes)
@settings(max_examples=200)
def test_the_command_counts_a_log_the_same_in_any_files_order_and_batches_in_many_more_cases(
    tmp_path_factory: pytest.TempPathFactory,
    case: EventCase,
    parts: list[tuple[str, bool]],
    random: Random,
    size: int,
) -> None:
    check_command(tmp_path_factory.mktemp("log"), case, parts, random, size)
