"""test_polluter: no small damage to an export changes a lead's result without its line being named."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from leadscore.errors import InputError
from leadscore.model.load import load_content
from leadscore.pipeline.read import open_export
from tests.polluter import TOOLS, judge_table
from tests.polluter_export import COLUMNS, STYLES, Style
from tests.polluter_faults import EXPORTS, Edit, Fault, Polluted, double_faults, single_faults
from tests.polluter_judge import Lead, Outcome, judge, rows_of, score_by_hand, score_file
from tests.running import Place

MODELS = {style.name: load_content("model.yml", style.config.encode()) for style in STYLES}
BATCH_BYTES = (1500, *[1 << 20] * 7)
"""Most files are read whole, some in batches that end in the middle of everything."""
SINGLE = [Polluted(fault.clean, (fault,)) for fault in single_faults()]
KINDS = sorted({polluted.faults[0].kind for polluted in SINGLE})


def verdicts(all_polluted: list[Polluted], folder: Path) -> tuple[Counter[str], list[str]]:
    """How often what came of it, and all that nobody was told."""
    counts, silent, path = Counter[str](), [], folder / "leads.csv"
    for number, polluted in enumerate(all_polluted):
        path.write_bytes(polluted.data)
        model = MODELS[polluted.clean.style.name]
        verdict = judge(polluted, score_file(path, model, BATCH_BYTES[number % len(BATCH_BYTES)]))
        counts[verdict.kind] += 1
        counts["neighbours"] += verdict.neighbours
        silent += [f"{polluted}: {', '.join(verdict.wrong)}"] if verdict.wrong else []
    return counts, silent


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_the_clean_export_is_scored_as_by_hand(style: Style, tmp_path: Path) -> None:
    counts, silent = verdicts([Polluted(EXPORTS[style.name])] * 2, tmp_path)
    assert (counts, silent) == (Counter(right=2, neighbours=0), [])


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_fault_changes_no_lead_in_silence(kind: str, tmp_path: Path) -> None:
    of_kind = [polluted for polluted in SINGLE if polluted.faults[0].kind == kind]
    counts, silent = verdicts(of_kind, tmp_path)
    assert silent == []
    assert counts["neighbours"] == 0


def test_there_are_some_two_thousand_single_faults_of_many_kinds() -> None:
    assert len(SINGLE) > 2000
    assert len(KINDS) > 80
    assert all(polluted.data != polluted.clean.data for polluted in SINGLE)


def test_two_faults_change_no_lead_in_silence(tmp_path: Path) -> None:
    assert verdicts(list(double_faults(300)), tmp_path)[1] == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_ten_thousand_double_faults_change_no_lead_in_silence(part: int, tmp_path: Path) -> None:
    """``pytest -m slow -n 2 tests/test_polluter.py``"""
    assert verdicts(list(double_faults(1000, seed=100 + part)), tmp_path)[1] == []


@pytest.mark.parametrize("number", range(0, len(SINGLE), len(SINGLE) // 30))
def test_the_command_publishes_what_the_stages_say(number: int, tmp_path: Path) -> None:
    polluted, place = SINGLE[number], Place(tmp_path)
    style = polluted.clean.style
    path = place.write("leads.csv", polluted.data)
    ended, outcome = place.score(path, style.config), score_file(path, MODELS[style.name])
    assert ended.code == outcome.code
    if ended.code not in (0, 5):
        assert all(line in ended.stderr.splitlines() for line in outcome.said.splitlines())
        return
    published = [
        (Decimal(row["score"]), tuple(row[name] for name in outcome.header), name == "disqualified.csv")
        for name in ("ranked.csv", "disqualified.csv")
        for row in place.rows(name, style.delimiter)
    ]
    assert sorted(published) == sorted((lead.score, lead.cells, lead.out) for lead in outcome.leads)
    assert place.set_aside() == [(first, reason) for first, _, reason in outcome.aside]
    assert {(line, column) for line, column, _ in place.unreadable()} == outcome.unreadable


@pytest.mark.parametrize("number", range(0, len(SINGLE), 50))
def test_a_file_that_stays_on_the_disk_is_read_alike(number: int, tmp_path: Path) -> None:
    polluted, path = SINGLE[number], tmp_path / "leads.csv"
    path.write_bytes(polluted.data)
    found: list[tuple[str, list[tuple[int, list[str]]]]] = []
    for once in (False, True):
        try:
            export = open_export(path, COLUMNS, batch_bytes=900, once=once)
        except InputError as error:
            found.append((str(error), []))
            continue
        batches = [
            (batch.lines.tolist(), batch.leads.to_numpy().tolist())
            for batch in export.batches(export.columns)
        ]
        leads = [lead for lines, rows in batches for lead in zip(lines, rows, strict=True)]
        found.append((str(export.set_aside), leads))
    assert found[0] == found[1]


# The judge itself: it must see what is wrong, or nothing above means anything.

COMMA = EXPORTS["comma"]


def outcome_of(polluted: Polluted) -> Outcome:
    """What a reader gives that takes every row of the strict reading, and names nothing."""
    header, *rows = rows_of(polluted)
    outcome = Outcome(header=header.cells)
    for row in rows:
        expected = score_by_hand(row.cells, header.cells, polluted.clean.style)
        outcome.leads.append(Lead(row.line, row.cells, expected.score, expected.out))
    return outcome


def test_the_judge_finds_a_lead_that_is_missing_changed_or_made_up() -> None:
    clean = Polluted(COMMA)
    whole = outcome_of(clean)
    assert judge(clean, whole).wrong == ()
    first, second, *rest = whole.leads
    changed = Lead(first.line, first.cells, first.score + 1, first.out)
    shifted = Lead(first.line, (*first.cells[1:], first.cells[0]), first.score, first.out)
    made_up = Lead(rest[-1].line + 7, first.cells, first.score, first.out)
    for leads in ([], [changed], [shifted], [first, made_up]):
        outcome = Outcome(leads=[*leads, second, *rest], header=whole.header)
        assert judge(clean, outcome).wrong


def test_the_judge_wants_a_lead_that_is_missing_to_be_named() -> None:
    clean = Polluted(COMMA)
    whole = outcome_of(clean)
    first, *rest = whole.leads
    last = first.line + sum(cell.count("\n") for cell in first.cells)
    named = Outcome(5, leads=rest, header=whole.header, aside=[(first.line, last, "why")])
    verdict = judge(clean, named)
    assert (verdict.kind, verdict.wrong, verdict.neighbours) == ("named", (), 1)


def test_the_judge_wants_a_refusal_to_name_a_line_that_was_touched() -> None:
    record = COMMA.records[3]
    fault = Fault(COMMA, "NUL", "row 3", (Edit(record.start, record.start, b"\0"),))
    polluted = Polluted(COMMA, (fault,))
    line, _ = polluted.lines(record.start, record.stop)
    assert judge(polluted, Outcome(4, f"leads.csv:{line}: a NUL byte")).wrong == ()
    assert judge(polluted, Outcome(4, f"leads.csv:{line + 9}: a NUL byte")).wrong
    assert judge(polluted, Outcome(4, "leads.csv: something is wrong")).wrong


def test_the_judge_does_not_take_a_stray_quote_for_a_part_of_the_cell() -> None:
    start, _ = COMMA.records[5].cells[0]
    fault = Fault(COMMA, "stray quote", "row 5", (Edit(start + 1, start + 1, b'"'),))
    polluted, clean = Polluted(COMMA, (fault,)), outcome_of(Polluted(COMMA))
    assert rows_of(polluted) == []
    lead = clean.leads[4]
    assert judge(polluted, clean).wrong == (f"line {lead.line} was repaired",)
    changed = lead.cells[0][:1] + '"' + lead.cells[0][1:]
    clean.leads[4] = Lead(lead.line, (changed, *lead.cells[1:]), lead.score, lead.out)
    assert judge(polluted, clean).wrong == (f"line {lead.line} is not what it says",)


@pytest.mark.parametrize("tool", TOOLS)
def test_the_table_of_other_readers_counts_what_they_say_nothing_of(tool: str, tmp_path: Path) -> None:
    read, path = TOOLS[tool], tmp_path / "leads.csv"
    clean = Polluted(COMMA)
    path.write_bytes(clean.data)
    assert judge_table(clean, read(path, COMMA.style)) == "right"
    quote = next(each for each in SINGLE if str(each) == "comma: stray quote after, row 5, country")
    path.write_bytes(quote.data)
    assert judge_table(quote, read(path, COMMA.style)) == "silent"
