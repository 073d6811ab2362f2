"""test_properties_damage: a damaged copy of an export gives no lead that the export does not have."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, strategies as st

from leadscore.model.load import load_content
from tests.polluter_export import COLUMNS, STYLES, Clean, make_export
from tests.polluter_faults import ALL, ROW, SOME, Fault, Polluted
from tests.polluter_judge import Lead, judge, score_file
from tests.properties import often

MODELS = {style.name: load_content("model.yml", style.config.encode()) for style in STYLES}
LEADS = 12
MAKERS = {**ALL, **SOME, **ROW}
BREAKING = {"delimiter dropped", "delimiter added", "opening quote lost", "closing quote lost", "lone quote"}
BREAKING |= {"text after a closing quote", "column dropped in one row", "trailing delimiter", "NUL"}
"""Whatever the cells are, a row with one of these is a row no more: it must go."""


@lru_cache
def export_of(style: int, seed: int) -> Clean:
    """The first leads of one."""
    whole = make_export(STYLES[style], seed)
    kept = whole.records[: LEADS + 1]
    return Clean(whole.style, whole.data[: kept[-1].end], kept)


@st.composite
def damaged_exports(draw: st.DrawFn) -> Polluted:
    """An export with one fault, or two that do not touch."""
    clean = export_of(draw(st.integers(0, len(STYLES) - 1)), draw(st.integers(0, 40)))
    faults = []
    for kind in draw(st.lists(st.sampled_from(sorted(MAKERS)), min_size=1, max_size=2)):
        row, column = draw(st.integers(1, LEADS)), draw(st.integers(0, len(COLUMNS) - 1))
        edits = tuple(MAKERS[kind](clean, clean.records[row], column))
        assume(edits)
        faults.append(Fault(clean, kind, f"row {row}, {COLUMNS[column]}", edits))
    polluted = Polluted(clean, tuple(faults))
    assume(all(edit.stop < after.start for edit, after in pairwise(polluted.edits)))
    return polluted


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damage") / "leads.csv"


def told(leads: list[Lead]) -> set[tuple[object, ...]]:
    return {(lead.cells, lead.score, lead.out) for lead in leads}


@lru_cache
def clean_leads(clean: Clean, path: Path) -> set[tuple[object, ...]]:
    path.write_bytes(clean.data)
    return told(score_file(path, MODELS[clean.style.name]).leads)


@often
@given(damaged_exports(), st.sampled_from([700, 1500, 1 << 20]))
def test_f17_a_damaged_copy_gives_no_new_and_no_changed_lead(
    path: Path, polluted: Polluted, batch_bytes: int
) -> None:
    expected = clean_leads(polluted.clean, path)
    path.write_bytes(polluted.data)
    outcome = score_file(path, MODELS[polluted.clean.style.name], batch_bytes)
    # What a damage makes another cell of, to the letter, is that lead's cell now; else it must be named.
    assert judge(polluted, outcome).wrong == ()
    if {fault.kind for fault in polluted.faults} <= BREAKING:
        assert told(outcome.leads) <= expected
