"""test_canary: what stands in cells and ids is nowhere but in the files of leads, whatever goes wrong."""

from __future__ import annotations

import errno
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pyarrow as pa
import pytest

from tests.model.test_bad_configs import CASES as BAD_CONFIGS, spoil
from tests.running import DAY, Ended, Place, match, model_of, run
from tests.test_bad_inputs import BAD, Bad

CANARY = "CANARY-7f3a@x.test"
HEADER = "lead_id,name,email,visits,seen,company"
CONFIG = model_of(
    match("visits: {at_least: 1}", 10),
    match("seen: {within_days: 30}", 20),
    match("name: {known: true}", 5),
    "kind: count, event: visit, each: 1, cap: 3",
    match("size: {at_least: 5}", 1),
    head="""disqualify: [{name: out, when: {email: {contains: out}}}]
accounts: {by: company, combine: max}
join: {firms: {on: company, key: firm}}
checks: {max_rows_set_aside: 0}""",
)


def leads(*rows: str) -> str:
    return "".join(f"{row}\n" for row in (HEADER, *rows))


def lead(number: int) -> str:
    return f"{CANARY}-{number},{CANARY} Ann,{number}{CANARY},{number},2026-06-01,{CANARY} Ltd"


GOOD = leads(*map(lead, range(8)))
LOG = f"lead_id,event,time\n{CANARY}-1,visit,2026-06-01\n{CANARY}-2,visit,2026-06-02\n"
FIRMS = f"firm,size\n{CANARY} Ltd,9\n"


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong in a run over cells that all hold the canary."""

    name: str
    export: str | bytes = GOOD
    config: str = CONFIG
    log: str = LOG
    firms: str = FIRMS
    failing: str = ""
    """The call that fails."""
    error: BaseException = field(default_factory=RuntimeError)

    def __str__(self) -> str:
        return self.name


def of_configs() -> Iterator[Fault]:
    for number, (old, new, *_) in enumerate(BAD_CONFIGS):
        yield Fault(f"config {number}", config=spoil(old, new))


# Calls of each part of a run, from the first byte that is read to the last that is written.
CALLS = (
    *("os.pread", "os.open", "os.fsync", "os.fdopen", "json.dumps", "tempfile.mkdtemp", "numpy.concatenate"),
    *("pyarrow.csv.read_csv", "pyarrow.py_buffer", "pyarrow.array", "pyarrow.concat_arrays", "pandas.Series"),
    *("pyarrow.compute.binary_join_element_wise", "pyarrow.compute.match_substring_regex", "pandas.concat"),
    *("pyarrow.compute.if_else", "pyarrow.compute.fill_null", "numpy.unique", "numpy.flatnonzero"),
)
ERRORS = (
    ValueError(f"Unable to parse string {CANARY!r}"),
    KeyError(CANARY),
    pa.ArrowInvalid(f"CSV parse error: Expected 3 columns, got 4: {CANARY}"),
    OSError(errno.EIO, CANARY, CANARY),
    MemoryError(CANARY),
    UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, CANARY),
    RecursionError(CANARY),
)


def of_calls() -> Iterator[Fault]:
    for call in CALLS:
        for error in ERRORS:
            yield Fault(f"{call} {type(error).__name__}", failing=call, error=error)


def of_damage() -> Iterator[Fault]:
    """A letter lost, changed or added anywhere in the file, in the log and in the table."""
    dice = random.Random(7)
    marks = [",", '"', "\n", "\r", ";", "\t", "'", "\\", "\0", "\x1b", "\ufeff", "\u202e", "=", "é", "[/b]"]
    for number in range(120):
        at, mark = dice.randrange(len(GOOD)), marks[number % len(marks)]
        end = at + number % 2
        yield Fault(f"{mark!r} at {at}", GOOD[:at] + mark + GOOD[end:])
    for number in range(40):
        mark, at, there = marks[number % len(marks)], dice.randrange(len(LOG)), dice.randrange(len(FIRMS))
        yield Fault(f"log, {mark!r} at {at}", log=LOG[:at] + mark + LOG[at:])
        yield Fault(f"table, {mark!r} at {there}", firms=FIRMS[:there] + mark + FIRMS[there:])
    for _ in range(20):
        cut = dice.randrange(len(GOOD))
        yield Fault(f"cut off at {cut}", GOOD[:cut])
    yield Fault("ids that stand twice", leads(lead(1), lead(1)))
    yield Fault("a key that stands twice", firms=FIRMS + f"{CANARY} Ltd,10\n")
    yield Fault("no number", GOOD.replace(",3,", f",{CANARY},"))
    yield Fault("no date", GOOD.replace("2026-06-01", CANARY))
    yield Fault("no time", log=LOG.replace("2026-06-01", CANARY))
    yield Fault("latin-1", GOOD.replace("Ann", "Zoë").encode("latin-1"))
    yield Fault("a header of data", "\n".join(map(lead, range(5))))


FAULTS = [*of_configs(), *of_calls(), *of_damage()]


def test_the_cases_are_many_and_each_is_another_one() -> None:
    assert len(BAD) >= 300, "the table of bad exports asks for the canary in each of its own tests"
    assert len(FAULTS) >= 500
    assert len({fault.name for fault in FAULTS}) >= 480


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def score(place: Place, fault: Fault, *options: str) -> Ended:
    place.write("log.csv", fault.log)
    place.write("firms.csv", fault.firms)
    added = ("--events", place.folder / "log.csv", "--join", place.folder / "firms.csv", *options)
    return place.score(fault.export, fault.config, *added)


def assert_silent(place: Place, ended: Ended) -> None:
    assert "CANARY" not in ended.said
    for name in ("manifest.json", "summary.json", "unreadable.csv"):
        for path in place.out.rglob(name):
            assert b"CANARY" not in path.read_bytes()
    assert not [path for path in place.folder.rglob("*") if "CANARY" in path.name]


def test_the_canary_is_in_the_files_of_leads(place: Place) -> None:
    """Or its absence elsewhere would tell nothing."""
    ended = score(place, Fault("none"))
    assert ended.code == 0
    assert_silent(place, ended)
    assert place.files()["ranked.csv"].count(CANARY.encode()) == 32


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_no_fault_of_a_run_tells_what_stands_in_a_cell(fault: Fault, place: Place) -> None:
    if not fault.failing:
        assert_silent(place, score(place, fault, "--json"))
        return
    with (
        mock.patch("tests.running._sound", lambda ended: ended),  # that it is a bug is meant
        mock.patch(fault.failing, side_effect=fault.error) as call,
    ):
        ended = score(place, fault)
    assert ended.code in {1, 4, 6} or not call.called
    assert_silent(place, ended)


LEADS_FOR_A_HEADER = {"no header", "a header only after 21 lines"}
"""What is taken for a header is shown, as headers are."""
ASKED = [bad for bad in BAD[::3] if bad.name not in LEADS_FOR_A_HEADER]


@pytest.mark.parametrize("bad", ASKED, ids=str)
def test_no_question_about_a_bad_export_tells_what_stands_in_it(bad: Bad, place: Place) -> None:
    export, model = place.write("leads.csv", bad.content), place.write("model.yml", bad.config)
    questions = (
        ("check", model, export),
        ("inspect", export, "--no-values"),
        ("explain", export, "-c", model, "--as-of", DAY, "--id", "nobody"),
    )
    ended = run(*questions[ASKED.index(bad) % 3])
    assert "CANARY" not in ended.said


def test_a_traceback_that_was_asked_for_is_the_only_exception(place: Place) -> None:
    """It may hold what a library says of a cell: the README warns of that."""
    error = ValueError(f"Unable to parse string {CANARY!r}")
    for setting, told in (("0", False), ("1", True)):
        with (
            mock.patch("tests.running._sound", lambda ended: ended),
            mock.patch("pyarrow.compute.fill_null", side_effect=error),
        ):
            ended = place.score(GOOD, model_of(match("visits: 1", 10)), LEADSCORE_TRACEBACK=setting)
        assert ("CANARY" in ended.said) == told
