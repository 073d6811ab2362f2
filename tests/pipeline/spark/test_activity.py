"""test_activity: logs added up in the engine say of every lead what they say when one process reads them."""

from __future__ import annotations

import gzip
import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from leadscore.errors import ConfigError, InputError, LeadscoreError, UsageError
from leadscore.model.events import wanted_events
from leadscore.model.load import load_model
from leadscore.pipeline.activity import Activity
from leadscore.pipeline.export import LISTED
from leadscore.pipeline.gather import gather_activity
from leadscore.pipeline.inputs import open_log
from leadscore.pipeline.spark.activity import SparkActivity, add_up_logs, seen_of
from leadscore.pipeline.spark.activity_tasks import close_days, read_logs, read_note, slots_of
from leadscore.pipeline.unread import Unread
from tests.conftest import ROOT

# PySpark doubts the newest pandas, of which no frame goes through it here.
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")

DAY = date(2026, 6, 30)
LEADS = ["a", "b", "00c", "é𝄞", "nobody", "", None, "a"]
HEAD = ["lead_id", "event", "time", "value"]
RULES: list[dict[str, Any]] = [
    {"event": "visit", "each": 1.25, "cap": 6},
    {"event": "visit", "each": 2, "at_most_per_day": 2, "within_days": 20},
    {"event": ["form", "demo"], "each": 10.01, "decay": {"half_life_days": 7}},
    {"event": "form", "once": 7, "within_days": 9},
    {"event": "demo", "ranges": {1: 5, 3: 10}, "decay": {"window_days": 11}},
    {"event": "purchase", "per_value": 0.33, "cap": 50},
    {"event": "visit", "each": 3, "at_most_per_day": 1, "decay": {"daily": "7%"}},
    {"event": "form", "ranges": {2: 8}, "at_most_per_day": 1, "decay": {"half_life_days": 9}},
]
FIELDS = {
    "seen": {"derive": "last_event"},
    "spent": {"derive": "event_value", "event": "purchase"},
    "visits": {"derive": "event_count", "event": "visit", "within_days": 3},
}
READ: list[dict[str, Any]] = [  # a field that nothing reads is not wanted
    {"kind": "bands", "age_of": "seen", "bands": {0: 10, 5: 4}},
    {"kind": "match", "when": {"spent": {"above": 20}, "visits": {"at_least": 2}}, "points": 5},
]


def model_of(rules: Sequence[dict[str, Any]], **more: Any) -> Any:
    named = [{"name": f"rule {place}", "kind": "count", **rule} for place, rule in enumerate(rules)]
    groups = {"activity": {"rules": named}}
    return load_model({"name": "log", "id": "lead_id", "groups": groups, "tiers": [{"name": "All"}], **more})


VISITS = [{"event": "visit", "each": 1}]
MODELS = {
    "from configs": load_model(ROOT / "configs/activity_log.yml"),
    "every kind": model_of([*RULES, *READ], fields=FIELDS),
    "no day is bounded": model_of(
        [*(rule for rule in RULES if "at_most_per_day" not in rule), *READ], fields=FIELDS
    ),
}

texts_of_days = st.integers(-2, 30).map(lambda ago: (DAY - timedelta(days=ago)).isoformat())
rows_of_logs = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "00c", "é𝄞", "stranger", "", "'=a"]),
        st.sampled_from(["visit", "Visit ", "form", "demo", "demo_request", "open", "purchase", "other"]),
        st.one_of(texts_of_days, texts_of_days, texts_of_days, st.just("soon")),
        st.sampled_from(["", "1", "2.5", "19.99", "0.05", "much"]),
    ),
    max_size=80,
)


def write(path: Path, rows: Sequence[tuple[str, ...]], damaged: bool = False) -> Path:
    """A log of the kind its name says; ``damaged``: with a line that is too short."""
    frame = pd.DataFrame(rows, columns=HEAD, dtype="str")
    if path.suffix == ".parquet":
        frame.to_parquet(path)
        return path
    text = frame.to_csv(index=False) + "a,visit\n" * damaged
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def gathered(logs: Sequence[Path], model: Any) -> Activity:
    activity = gather_activity([open_log(path, model) for path in logs], model, DAY)
    assert activity is not None
    return activity


@contextmanager
def added_up(spark: Any, logs: Sequence[Path], model: Any, **more: int) -> Iterator[SparkActivity]:
    activity = add_up_logs(spark, logs, model, DAY, **{"partitions": 2, **more})
    assert activity is not None
    try:
        yield activity
    finally:
        activity.close()


def frame_of(spark: Any, ids: Sequence[str | None]) -> Any:
    numbered = [(place, lead) for place, lead in enumerate(ids)]
    return spark.createDataFrame(numbered, "place long, id string")


def seen_by_engine(activity: SparkActivity, leads: Any, model: Any) -> dict[Any, list[Any]]:
    table = activity.join(leads).toArrow().sort_by("place").combine_chunks()
    (batch,) = table.to_batches()
    return plain(seen_of(batch, list(wanted_events(model))))


def plain(seen: dict[Any, Any]) -> dict[Any, list[Any]]:
    """-1 where there is no age."""
    return {
        key: [np.nan_to_num(part, nan=-1).tolist() for part in astuple(each)] for key, each in seen.items()
    }


def check_alike(spark: Any, logs: Sequence[Path], model: Any, ids: Sequence[str | None], **more: int) -> None:
    local = gathered(logs, model)
    expected = plain(local.of(pd.Series(list(ids), dtype="str")))
    leads = frame_of(spark, ids)
    with added_up(spark, logs, model, **more) as activity:
        assert seen_by_engine(activity, leads, model) == expected
        assert activity.report(activity.known_events(leads)) == local.report
        assert list(activity.problems()) == list(local.problems())
        assert activity.notes == local.unread.notes
        files = [open_log(path, model) for path in logs]
        assert [(log.path, log.digest, log.size, log.dialect) for log in activity.logs] == [
            (log.path, log.digest, log.size, log.dialect) for log in files
        ]


def test_what_is_compared_holds_every_amount() -> None:
    for name in ("every kind", "no day is bounded"):
        amounts = {amount for _, amount in slots_of(list(wanted_events(MODELS[name])))}
        assert amounts == {"count", "age", "points", "faded", "value"}


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(
    rows_of_logs,
    st.sampled_from(sorted(MODELS)),
    st.sampled_from([1, 2, 7]),
    st.sampled_from([1, 3, 500_000]),
)
def test_any_logs_say_the_same_of_every_lead_as_in_one_process(
    spark: Any,
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, ...]],
    name: str,
    files: int,
    most_leads: int,
) -> None:
    folder, kinds = tmp_path_factory.mktemp("logs"), ["csv", "parquet", "csv.gz"]
    logs = [
        write(folder / f"{place}.{kinds[place % 3]}", rows[place::files], damaged=place % 3 != 1)
        for place in range(files)
    ]
    check_alike(spark, logs, MODELS[name], LEADS, most_leads=most_leads, partitions=files)


def test_a_day_counts_at_most_so_often_in_all_logs_together(spark: Any, tmp_path: Path) -> None:
    model = model_of([{"event": "visit", "each": 2, "at_most_per_day": 3}])
    logs = [write(tmp_path / f"{place}.csv", [("a", "visit", "2026-06-29", "")] * 2) for place in range(3)]
    logs.append(
        write(tmp_path / "more.csv", [("a", "visit", "2026-06-28", ""), ("b", "visit", "2026-06-28", "")])
    )
    with added_up(spark, logs, model) as activity:
        ((*_, points, _, _),) = seen_by_engine(activity, frame_of(spark, ["a", "b", "c"]), model).values()
    assert points == [200 * (3 + 1), 200, 0]


def test_a_lead_with_a_million_events_is_a_row_of_each_log_before_anything_is_sorted(
    spark: Any, tmp_path: Path
) -> None:
    model = model_of([*VISITS, {"event": "visit", "each": 0.5, "at_most_per_day": 100}])
    log = tmp_path / "log.csv"
    log.write_text("lead_id,event,time\n" + "a,visit,2026-06-29\n" * 1_000_000 + "b,visit,2026-06-01\n")
    numbers = pa.RecordBatch.from_pydict({"id": [0]})
    made = list(read_logs(iter([numbers]), [log], model, DAY, 500_000))
    assert sum(batch.num_rows for batch in made) == 2 + 2 + 1  # days, sums, the note
    check_alike(spark, [log], model, ["b", "a", "c"])
    with added_up(spark, [log], model) as activity:
        (first, second) = seen_by_engine(activity, frame_of(spark, ["b", "a"]), model).values()
    assert (first[2], second[2]) == ([100, 100_000_000], [50, 5_000])


def test_leads_beyond_what_a_task_adds_up_at_once_are_handed_on_and_added_up_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(lead, "visit", "2026-06-29", "") for lead in "abcdefgh" * 40]
    log = write(tmp_path / "log.csv", rows)
    model = model_of(VISITS)
    batches = small_batches(monkeypatch, log, model)
    made = list(read_logs(iter([pa.RecordBatch.from_pydict({"id": [0]})]), [log], model, DAY, 4))
    sums = [batch for batch in made if batch.column("events").null_count == 0]
    assert len(sums) >= batches > 3
    table = pa.Table.from_batches(sums).group_by("lead").aggregate([("events", "sum"), ("s0", "sum")])
    assert sorted(table.to_pydict()["lead"]) == list("abcdefgh")
    assert table.to_pydict()["events_sum"] == [40] * 8
    assert table.to_pydict()["s0_sum"] == [4_000] * 8


def small_batches(monkeypatch: pytest.MonkeyPatch, log: Path, model: Any) -> int:
    """Logs are read a few lines at a time; how often this one is."""
    from leadscore.pipeline.read import open_export

    assert open_export.__kwdefaults__ is not None
    monkeypatch.setitem(open_export.__kwdefaults__, "batch_bytes", 500)
    return sum(1 for _ in open_log(log, model).batches(["lead_id"]))


def test_days_that_wait_are_handed_on_before_they_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("a", "visit", (DAY - timedelta(days=ago)).isoformat(), "") for ago in range(200)]
    log = write(tmp_path / "log.csv", rows)
    model = model_of([{"event": "visit", "each": 1, "at_most_per_day": 1}])
    small_batches(monkeypatch, log, model)
    made = list(read_logs(iter([pa.RecordBatch.from_pydict({"id": [0]})]), [log], model, DAY, 2))
    days = [batch for batch in made if batch.column("want").null_count == 0]
    assert max(batch.num_rows for batch in days) < 2 * 24 + 40  # those that wait, and a batch
    assert sorted(age for batch in days for age in batch.column("age").to_pylist()) == list(range(200))
    closed = list(close_days(iter(days), model))
    assert sum(sum(batch.column("s0").to_pylist()) for batch in closed) == 200 * 100


def test_values_that_add_up_beyond_64_bits_come_out_as_in_one_process(spark: Any, tmp_path: Path) -> None:
    model = MODELS["no day is bounded"]
    rows = [("a", "purchase", "2026-06-01", "999999999999")] * 50_000
    logs = [
        write(tmp_path / f"{place}.csv", [*rows, ("b", "purchase", "2026-06-01", "-7.25")])
        for place in range(2)
    ]
    check_alike(spark, logs, model, ["a", "b"])


# --- what is told of logs, and what they are refused for -------------------------------------------------


def test_damaged_lines_and_cells_are_told_in_the_order_the_logs_were_given(
    spark: Any, tmp_path: Path
) -> None:
    for name in ("z.csv", "a.csv"):
        (tmp_path / name).write_text("lead_id,event,time\na,visit,soon\na,visit\nb,visit,2026-06-01\n")
    with added_up(spark, [tmp_path / "z.csv", tmp_path / "a.csv"], model_of(VISITS)) as activity:
        assert [problem[:3] for problem in activity.problems()] == [
            *(("z.csv", "3", ""), ("a.csv", "3", "")),
            *(("a.csv", "2", "time"), ("z.csv", "2", "time")),
        ]
        assert activity.report(0) == {
            "read": 4, "of_unknown_leads": 4, "after_as_of": 0, "unreadable": 2, "set_aside": 2
        }  # fmt: skip


def test_what_is_listed_of_several_logs_ends_where_it_ends_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [("log.csv", line, "time", "no date") for line in range(3)]
    first, second = (Unread(cells=list(cells), damaged=1, notes=[note]) for note in "ab")
    monkeypatch.setattr("leadscore.pipeline.unread.LISTED", 4)
    first.merge(second)
    assert (first.cells, first.damaged, first.notes) == ([*cells, cells[0]], 2, ["a", "b"])
    assert LISTED > 4


def refusal(make: Any) -> tuple[type[LeadscoreError], Any]:
    with pytest.raises(LeadscoreError) as refused:
        make()
    return type(refused.value), refused.value.problems


def test_every_log_that_is_refused_is_told_at_once(spark: Any, tmp_path: Path) -> None:
    model = model_of(VISITS)
    sound = write(tmp_path / "sound.csv", [("a", "visit", "2026-06-01", "")])
    other, broken, gone = tmp_path / "other.csv", tmp_path / "broken.parquet", tmp_path / "gone.csv"
    other.write_text("lead,event,time\na,visit,2026-06-01\n")
    broken.write_bytes(
        write(tmp_path / "whole.parquet", [("a", "visit", "2026-06-01", "")]).read_bytes()[:-9]
    )
    each = [refusal(lambda path=path: gathered([path], model)) for path in (other, broken, gone)]
    kind, problems = refusal(lambda: add_up_logs(spark, [sound, other, broken, gone], model, DAY, 2))
    assert kind is InputError
    assert problems == tuple(problem for _, found in each for problem in found)
    assert [Path(problem.file).name for problem in problems] == ["other.csv", "broken.parquet", "gone.csv"]


def test_a_date_with_two_readings_is_refused_as_in_one_process(spark: Any, tmp_path: Path) -> None:
    model = model_of(VISITS)
    logs = [
        write(tmp_path / "sound.csv", [("a", "visit", "2026-06-01", "")]),
        write(tmp_path / "unclear.csv", [("a", "visit", "03/04/2026", "")]),
    ]
    kind, problems = refusal(lambda: add_up_logs(spark, logs, model, DAY, 2))
    assert (kind, problems) == refusal(lambda: gathered(logs, model))
    assert kind is ConfigError


def test_a_config_that_counts_events_needs_a_log_here_too(spark: Any, tmp_path: Path) -> None:
    kind, problems = refusal(lambda: add_up_logs(spark, [], model_of(VISITS), DAY, 2))
    assert (kind, problems) == refusal(lambda: gathered([], model_of(VISITS)))
    assert kind is UsageError
    plain_model = model_of([{"field": "visits", "each": 1}])
    assert add_up_logs(spark, [tmp_path / "never read"], plain_model, DAY, 2) is None


def test_what_a_log_is_refused_for_reaches_the_driver_whole(tmp_path: Path) -> None:
    numbers = pa.RecordBatch.from_pydict({"id": [0]})
    (row,) = read_logs(iter([numbers]), [tmp_path / "gone.csv"], model_of(VISITS), DAY, 9)
    note = read_note(row.column("note")[0].as_py())
    assert note.log is None
    assert [problem.what for problem in note.problems] == ["cannot be read: No such file or directory"]
    assert pickle.loads(pickle.dumps(note)) == note
