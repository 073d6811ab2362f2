"""test_activity: a log of events becomes points and fields, in whatever order and batches it comes."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.errors import ConfigError, InputError, UsageError
from leadscore.model.events import Wanted
from leadscore.model.load import load_model
from leadscore.pipeline import days, event_sums, read_csv, unread
from leadscore.pipeline.batch import score_batch
from leadscore.pipeline.frame import FrameExport
from leadscore.pipeline.gather import gather_activity
from leadscore.pipeline.inputs import open_log
from leadscore.pipeline.read import open_export
from leadscore.pipeline.source import FileBytes
from tests.running import Place

DAY = date(2026, 6, 30)
Event = tuple[str, str, int, str]
"""Lead, event, how many days ago, value."""


def model_of(*rules: dict[str, Any], **more: Any) -> Any:
    named = [{"name": f"rule {place}", "kind": "count", **rule} for place, rule in enumerate(rules)]
    groups = {"activity": {"rules": named}}
    return load_model({"name": "log", "id": "lead_id", "groups": groups, "tiers": [{"name": "All"}], **more})


def log_of(events: list[Event]) -> pd.DataFrame:
    rows = [
        (lead, event, (DAY - timedelta(days=ago)).isoformat(), value) for lead, event, ago, value in events
    ]
    return pd.DataFrame(rows, columns=["lead_id", "event", "time", "value"], dtype="str")


def scores(model: Any, events: list[Event], leads: str = "ab") -> dict[str, float]:
    frame = pd.DataFrame({"lead_id": list(leads)}, dtype="str")
    return dict(zip(leads, score_batch(frame, model, DAY, log_of(events))["score"].tolist(), strict=True))


@pytest.mark.parametrize(
    ("rule", "days_ago", "points"),
    [
        # E2: modes
        ({"each": 5}, [1, 2, 3], 15),
        ({"each": 5, "cap": 12}, [1, 2, 3], 12),
        ({"each": -5, "floor": -12}, [1, 2, 3], -12),
        ({"once": 20}, [1, 2, 3], 20),
        ({"once": 20}, [], 0),
        ({"ranges": {1: 5, 3: 10}}, [9, 9], 5),
        ({"ranges": {1: 5, 3: 10}}, [9, 9, 9], 10),
        # scanners and bots: nobody opens a mail forty times a day
        ({"each": 1, "at_most_per_day": 2}, [4] * 40 + [5], 3),
        ({"ranges": {1: 5, 3: 10}, "at_most_per_day": 2}, [4] * 40, 5),
        # windows: the last day counts
        ({"each": 10, "within_days": 14}, [14], 10),
        ({"each": 10, "within_days": 14}, [15], 0),
        ({"each": 10, "within_days": 0}, [0], 10),
        # E4, event by event: Keap, HubSpot, Ontraport, half-life, Breadcrumbs
        ({"each": 10, "decay": {"window_days": 14}}, [14, 15], 10),
        ({"each": 10, "decay": {"linear": {"lose": "50%", "every_days": 30}}}, [29, 30, 60], 15),
        ({"each": 50, "decay": {"daily": "2%"}}, [30], 27.27),
        ({"each": 50, "decay": {"half_life_days": 14}}, [30], 11.32),
        ({"each": 50, "decay": {"half_life_days": 14}}, [30, 0], 61.32),
        ({"each": 40, "decay": {"steps": {45: "85%"}}}, [45], 40),
        ({"each": 40, "decay": {"steps": {45: "85%"}}}, [46], 34),
        ({"each": 30, "cap": 30, "decay": {"half_life_days": 30}}, [0, 30, 60], 30),
        ({"once": 50, "decay": {"half_life_days": 14}}, [30, 44], 11.32),
        ({"ranges": {2: 8}, "decay": {"linear": {"lose": "50%", "every_days": 10}}}, [10, 19], 4),
    ],
)
def test_events_give_the_points_a_salesperson_would_count(
    rule: dict[str, Any], days_ago: list[int], points: float
) -> None:
    events = [("a", "Visit", ago, "") for ago in days_ago]
    assert scores(model_of({"event": "visit", **rule}), events) == {"a": points, "b": 0}


def test_form_newsletter_follow_and_a_visit_are_45_points() -> None:
    points = {"form": 20, "newsletter": 15, "follow": 5, "visit": 5, "goes on interacting": 5}
    rules = [{"event": name, "once": once} for name, once in points.items()]
    four = [("a", name, 1, "") for name in ("form", "newsletter", "follow", "visit")]
    assert scores(model_of(*rules), four) == {"a": 45, "b": 0}
    assert scores(model_of(*rules), [*four, ("a", "goes on interacting", 0, "")]) == {"a": 50, "b": 0}


def test_points_per_unit_of_value_are_exact() -> None:
    rule = {"event": "purchase", "per_value": 0.5}
    assert scores(model_of(rule), [("a", "purchase", 3, "19.99"), ("a", "purchase", 9, "0.01")]) == {
        "a": 10.01,  # 9.995 and 0.005, each rounded half away from zero
        "b": 0,
    }


def test_several_events_may_count_as_one_and_others_do_not() -> None:
    rule = {"event": ["demo request", "Trial"], "each": 3}
    events = [("a", "DEMO REQUEST ", 1, ""), ("a", "trial", 1, ""), ("b", "visit", 1, "")]
    assert scores(model_of(rule), events) == {"a": 6, "b": 0}


def test_events_to_come_and_events_of_others_count_for_nobody() -> None:
    model = model_of({"event": "visit", "each": 1})
    log = FrameExport(log_of([("a", "visit", -1, ""), ("x", "visit", 1, ""), ("", "visit", 1, "")]), "log")
    activity = gather_activity([log], model, DAY)
    assert activity is not None
    (seen,) = activity.of(pd.Series(["a", "b"], dtype="str")).values()
    assert seen.count.tolist() == [0, 0]
    assert activity.report == {
        "read": 3, "of_unknown_leads": 2, "after_as_of": 1, "unreadable": 0, "set_aside": 0
    }  # fmt: skip


def test_fields_made_from_the_log_serve_every_other_rule() -> None:
    fields = {
        "last_seen": {"derive": "last_event"},
        "visits": {"derive": "event_count", "event": "visit", "within_days": 10},
        "spent": {"derive": "event_value", "event": "purchase"},
    }
    rules = [
        {"kind": "bands", "age_of": "last_seen", "bands": {0: 10, 5: 4}, "missing": -1},
        {"kind": "match", "when": {"visits": {"at_least": 2}}, "points": 20},
        {"kind": "match", "when": {"spent": {"above": 20}}, "points": 100},
    ]
    events = [("a", "visit", 6, ""), ("a", "visit", 5, ""), ("a", "visit", 11, ""),
              ("b", "purchase", 0, "20"), ("b", "purchase", 4, "0.01")]  # fmt: skip
    assert scores(model_of(*rules, fields=fields), events, "abc") == {"a": 24, "b": 110, "c": -1}


# --- against a plain count -----------------------------------------------------------------------------

HALF = {"half_life_days": 7}
RULES: list[dict[str, Any]] = [
    {"event": "visit", "each": 1.25, "cap": 6},
    {"event": "visit", "each": 2, "at_most_per_day": 2, "within_days": 20},
    {"event": ["form", "demo"], "each": 10.01, "decay": HALF},
    {"event": "visit", "each": 0.05, "decay": {"linear": {"lose": "15%", "every_days": 3}}},
    {"event": "form", "once": 7, "within_days": 9},
    {"event": "demo", "ranges": {1: 5, 3: 10}, "decay": {"window_days": 11}},
    {"event": "purchase", "per_value": 0.33, "cap": 50},
    {"event": "visit", "each": 3, "at_most_per_day": 1, "decay": {"daily": "7%"}},
]
EVENTS = st.lists(
    st.tuples(
        st.sampled_from("abcdx"),
        st.sampled_from(["visit", "Visit ", "form", "demo", "purchase", "other"]),
        st.integers(-2, 30),
        st.sampled_from(["", "1", "2.5", "19.99", "0.05"]),
    ),
    max_size=60,
)


def half_up(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def left(decay: dict[str, Any], age: int) -> Decimal:
    with localcontext(prec=50):
        if age <= 0 or not decay:
            return Decimal(1)
        if "half_life_days" in decay:
            return Decimal((Decimal(-age) / decay["half_life_days"] * Decimal(2).ln()).exp())
        if "daily" in decay:
            return Decimal(Decimal("0.93") ** age)
        if "window_days" in decay:
            return Decimal(age <= decay["window_days"])
        return Decimal(max(0, 1 - Decimal("0.15") * (age // decay["linear"]["every_days"])))


def plain_points(rule: dict[str, Any], events: list[Event]) -> Decimal:
    """One lead's points for one rule, event by event."""
    names = rule["event"] if isinstance(rule["event"], list) else [rule["event"]]
    mine = [(ago, value) for _, name, ago, value in events
            if name.strip().lower() in names and 0 <= ago <= rule.get("within_days", 99)]  # fmt: skip
    if "at_most_per_day" in rule:
        taken: Counter[int] = Counter()
        kept = []
        for ago, value in mine:
            taken[ago] += 1
            if taken[ago] <= rule["at_most_per_day"]:
                kept.append((ago, value))
        mine = kept
    decay = rule.get("decay", {})
    if "once" in rule or "ranges" in rule:
        ranges = rule.get("ranges") or {1: rule["once"]}
        full = max(
            (Decimal(str(points)) for least, points in ranges.items() if len(mine) >= least),
            default=Decimal(0),
        )
        return half_up(full * left(decay, min((ago for ago, _ in mine), default=0)))
    total = Decimal(0)
    for ago, value in mine:
        if "per_value" in rule:
            total += half_up(Decimal(str(rule["per_value"])) * Decimal(value or "0"))
        else:
            total += half_up(Decimal(str(rule["each"])) * left(decay, ago))
    return min(total, Decimal(rule.get("cap", 10**6)))


@given(EVENTS)
def test_every_rule_agrees_with_a_plain_count(events: list[Event]) -> None:
    expected = {
        lead: float(
            sum(plain_points(rule, [event for event in events if event[0] == lead]) for rule in RULES)
        )
        for lead in "abcd"
    }
    assert scores(model_of(*RULES), events, "abcd") == pytest.approx(expected, abs=1e-9)


@given(EVENTS, st.randoms(use_true_random=False), st.integers(40, 400))
def test_order_batches_and_files_of_the_log_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], shuffle: random.Random, size: int
) -> None:
    model, folder = model_of(*RULES), tmp_path_factory.mktemp("log")
    shuffled = shuffle.sample(events, len(events))
    log_of(shuffled[::2]).to_csv(folder / "0.csv", index=False)
    log_of(shuffled[1::2]).to_csv(folder / "1.csv", index=False)
    log_of(shuffled).to_parquet(folder / "log.parquet")
    expected = sums(model, [FrameExport(log_of(events), "log")])
    for names in (["0.csv", "1.csv"], ["log.parquet"]):
        logs = [open_export(folder / name, ("lead_id", "event", "time"), batch_bytes=size) for name in names]
        assert sums(model, logs) == expected


def sums(model: Any, logs: list[Any]) -> dict[tuple[str, str], list[list[float]]]:
    """All that is known of four leads, -1 for no age."""
    activity = gather_activity(logs, model, DAY, explained=True)
    assert activity is not None
    amounts = ("count", "points", "faded", "value")
    return {
        key: [getattr(seen, amount).tolist() for amount in amounts]
        + [np.nan_to_num(seen.age, nan=-1).tolist()]
        for key, seen in activity.of(pd.Series(list("abcd"), dtype="str")).items()
    }


# --- memory that does not grow with the log -------------------------------------------------------------


@settings(max_examples=60)
@given(EVENTS, st.integers(1, 9), st.integers(40, 400))
def test_merging_the_days_of_leads_as_they_come_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], most: int, size: int
) -> None:
    model, folder = model_of(*RULES), tmp_path_factory.mktemp("log")
    log_of(events).to_csv(folder / "log.csv", index=False)
    expected = sums(model, [FrameExport(log_of(events), "log")])
    with mock.patch.multiple(days, MOST_WAITING=most, _PIECE=most):
        log = open_export(folder / "log.csv", ("lead_id", "event", "time"), batch_bytes=size, once=True)
        assert sums(model, [log]) == expected


def test_what_waits_for_the_end_of_the_log_is_days_of_leads_not_events(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(days, "MOST_WAITING", 10)
    rule = model_of({"event": "visit", "each": 1, "at_most_per_day": 150}).groups["activity"].rules[0]
    counted = event_sums.EventSums(Wanted(("rule", "visit"), ("visit",), None, 150, rule), told=True)
    counted.grow(3)
    kept = 0
    for _ in range(100):  # 700 events on 4 days
        codes, ages = np.array([0, 0, 0, 1, 1, 2, 2]), np.array([5.0, 5, 6, 5, 5, 9, 9])
        counted.add(codes, ages)
        kept = max(kept, counted.days.known + counted.days.waiting)
    counted.close()
    assert kept <= 4 + 10
    assert counted.amounts["count"][:3].tolist() == [250, 150, 150]
    assert counted.amounts["age"][:3].tolist() == [5, 5, 9]


def test_a_log_stays_on_the_disk(place: Place) -> None:
    log = write_log(place, "lead_id,event,time\n1,visit,2026-06-01\n")
    assert isinstance(open_log(log, model_of({"event": "visit", "each": 1}))._data, FileBytes)


@pytest.mark.parametrize("size", [60, 1 << 20])
def test_beyond_a_limit_what_cannot_be_read_is_counted_and_no_longer_listed(
    place: Place, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    for module in (unread, read_csv):
        monkeypatch.setattr(module, "LISTED", 6)
    first, second = place.folder / "first.csv", place.folder / "second.csv"
    text = "lead_id,event,time,value\n" + "1,visit,soon,much\n1,visit\n" * 2
    first.write_text(text, encoding="utf-8")
    second.write_text(text + "1,visit,soon,much\n1,visit\n" * 9, encoding="utf-8")
    model = model_of({"event": "visit", "per_value": 1})
    logs = [open_export(log, ["lead_id"], batch_bytes=size, once=True) for log in (first, second)]
    activity = gather_activity(logs, model, DAY)
    assert activity is not None
    assert activity.report["unreadable"] == 2 * 2 + 11 * 2
    assert activity.report["set_aside"] == 2 + 11
    assert [problem[:3] for problem in activity.problems()] == [
        *(("first.csv", "3", ""), ("first.csv", "5", "")),
        *(("second.csv", "3", ""), ("second.csv", "5", ""), ("second.csv", "7", ""), ("second.csv", "9", "")),
        *(("first.csv", "2", "time"), ("first.csv", "2", "value")),
        *(("first.csv", "4", "time"), ("first.csv", "4", "value")),
        *(("second.csv", "2", "time"), ("second.csv", "2", "value")),
    ]


def test_a_date_with_two_readings_is_refused_however_late_it_comes(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "LISTED", 2)
    log = write_log(place, "lead_id,event,time\n" + "1,visit,soon\n" * 9 + "1,visit,03/04/2026\n")
    with pytest.raises(ConfigError, match="day-first and month-first"):
        gather_activity([open_log(log, MODEL)], MODEL, DAY)


MODEL = model_of({"event": "visit", "each": 1})


# --- through the command -------------------------------------------------------------------------------

CONFIG = """\
name: log
id: lead_id
groups:
  activity:
    rules:
      - {name: demo asked for, kind: count, event: demo_request, each: 30, cap: 30, within_days: 90}
tiers: [{name: Hot, min_score: 30}, {name: Cold}]
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def write_log(place: Place, text: str) -> Path:
    log = place.folder / "log.csv"
    log.write_text(text, encoding="utf-8")
    return log


def test_the_command_counts_events_and_reports_what_it_could_not_count(place: Place) -> None:
    log = write_log(
        place,
        "lead_id,event,time\n1,demo_request,2026-06-01\n2,demo_request,2026-07-01\n9,demo_request,2026-06-01\n"
        "2,demo_request,soon\n2,demo_request\n",
    )
    ended = place.score("lead_id\n1\n2\n", CONFIG, "--events", log)
    assert ended.code == 5
    assert place.scores() == {"1": "30", "2": "0"}
    assert "events of leads the export does not have: 1" in ended.stderr
    assert "events after the day scored for, not counted: 1" in ended.stderr
    lines = (place.out / "events_set_aside.csv").read_text().splitlines()
    assert [line.split(",")[:3] for line in lines[1:]] == [["log.csv", "6", ""], ["log.csv", "5", "time"]]
    assert "soon" not in ended.stderr


def test_a_sound_log_ends_with_exit_0_and_stands_in_the_manifest(place: Place) -> None:
    log = write_log(place, "lead_id,event,time\n1,demo_request,2026-06-01 10:30\n")
    assert place.score("lead_id\n1\n2\n", CONFIG, "--events", log).code == 0
    assert '"log.csv"' in (place.out / "manifest.json").read_text()


@pytest.mark.parametrize(
    ("log", "code", "says"),
    [
        ("lead,event,time\n1,demo_request,2026-06-01\n", 4, "events.lead: no column 'lead_id'"),
        ("lead_id,event,when\n1,demo_request,2026-06-01\n", 4, "events.time: no column 'time'"),
        ("lead_id,event,time\n1,demo_request,03/04/2026\n", 3, "events.time"),
        ("", 4, "no header"),
    ],
)
def test_a_log_that_cannot_be_read_is_refused_and_the_old_result_stands(
    place: Place, log: str, code: int, says: str
) -> None:
    sound = write_log(place, "lead_id,event,time\n1,demo_request,2026-06-01\n")
    assert place.score("lead_id\n1\n", CONFIG, "--events", sound).code == 0
    before = place.files()
    ended = place.score("lead_id\n1\n", CONFIG, "--events", write_log(place, log))
    assert (ended.code, says in ended.stderr, place.files() == before) == (code, True, True)


def test_a_config_that_counts_events_needs_a_log(place: Place) -> None:
    ended = place.score("lead_id\n1\n", CONFIG)
    assert ended.code == 2
    assert "--events" in ended.stderr
    with pytest.raises(UsageError, match="there is no log"):
        score_batch(pd.DataFrame({"lead_id": ["1"]}), model_of({"event": "visit", "each": 1}), DAY)


def test_the_columns_of_the_log_may_have_any_name(place: Place) -> None:
    log = write_log(place, "Contact;What;When;Worth\n1;Bought;24.12.2025;1.234,50\n")
    config = """\
name: log
id: lead_id
events: {lead: Contact, event: What, time: {from: When, format: "%d.%m.%Y"},
         value: {from: Worth, decimal: ",", thousands: "."}}
groups: {activity: {rules: [{name: bought, kind: count, event: bought, per_value: 0.01}]}}
tiers: [{name: All}]
"""
    assert place.score("lead_id\n1\n", config, "--events", log).code == 0
    assert place.scores() == {"1": "12.35"}


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"event": "x", "field": "y", "each": 1}, "either field or event"),
        ({"event": "x"}, "exactly one of"),
        ({"event": "x", "each": 1, "once": 1}, "exactly one of"),
        ({"field": "x", "each": 1, "within_days": 3}, "is for events of the log"),
        ({"event": "x", "per_value": 1, "at_most_per_day": 1}, "cannot tell which values"),
        ({"event": "x", "each": 1, "missing": 2}, "has no meaning for events"),
        ({"event": "x", "each": -1, "cap": 3}, "write floor"),
        ({"field": "x", "each": 1, "decay": {"half_life_days": 3}}, "add since"),
    ],
)
def test_a_count_that_cannot_be_meant_is_refused(rule: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        model_of(rule)


def test_a_column_missing_from_the_log_is_an_input_error() -> None:
    with pytest.raises(InputError, match="no column"):
        score_batch(
            pd.DataFrame({"lead_id": ["1"]}),
            model_of({"event": "visit", "each": 1}),
            DAY,
            pd.DataFrame({"lead_id": ["1"], "event": ["visit"]}),
        )


def test_a_value_too_large_to_add_up_exactly_is_told_and_does_not_count(tmp_path: Path) -> None:
    place, when = Place(tmp_path), "{spent: {at_least: 1000000000000}}"
    rule = f"{{name: big, kind: match, when: {when}, points: 5}}"
    config = f"""
name: worth
id: lead_id
fields: {{spent: {{derive: event_value}}}}
groups: {{a: {{rules: [{rule}]}}}}
tiers: [{{name: All}}]
"""
    log = "lead_id,event,time,value\n1,buy,2026-06-01,1000000000000\n2,buy,2026-06-01,1000000000000.01\n"
    ended = place.score("lead_id\n1\n2\n", config, "--events", place.write("log.csv", log))
    assert (ended.code, place.scores()) == (5, {"1": "5", "2": "0"})
    (told,) = place.rows("events_set_aside.csv")
    assert (told["line"], told["reason"]) == ("3", "a value beyond 1,000,000,000,000")
