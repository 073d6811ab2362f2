"""test_init_any: whatever the export, a first config is valid, or a sentence says why there is none."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import given, settings, strategies as st

from leadscore.analysis.check import Files, check_config
from leadscore.analysis.init.build import Asked, Made, make_config
from leadscore.errors import InputError
from tests.strategies import AS_OF

HEADERS = [
    *("Lead ID", "Email", "Job Title", "Employees", "Country", "Lead Source", "Last Activity Date", "Visits"),
    *(
        "Converted",
        "Stage",
        "Unsubscribed",
        "Created Date",
        "Budget",
        "سمت",
        "تعداد بازدید",
        "Score",
        "Tier",
        "fit",
    ),
    *(
        "Total Time Spent",
        "all",
        "none",
        "true",
        "x: y",
        'say "hi"',
        "# 1",
        " ",
        "a\tb",
        "{b}",
        "Last Activity",
    ),
]
CELLS = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                " ",
                "N/A",
                "yes",
                "no",
                "true",
                "0",
                "1",
                "2",
                "17",
                "1,234",
                "12,5",
                "-3",
                "1e5",
                "007",
                "x",
            ),
            *(
                "CEO",
                "intern",
                "US",
                "NO",
                "null",
                "Closed Won",
                "Closed Lost",
                "Open",
                "2026-06-01",
                "03/04/2026",
            ),
            *(
                "31/12/2025",
                "۱۲",
                "a@b.example",
                "a@gmail.com",
                "A; B",
                "{a: b}",
                '"q"',
                "# c",
                "- x",
                "=1+1",
                "é",
            ),
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6),
)


@st.composite
def exports(draw: st.DrawFn) -> pd.DataFrame:
    """A few columns, each of few values that repeat, as in a CRM; the first one identifies a lead, mostly."""
    headers = draw(st.lists(st.sampled_from(HEADERS), min_size=1, max_size=7, unique=True))
    count = draw(st.sampled_from([1, 2, 5, 30, 130]))
    whole = random.Random(draw(st.integers(0, 9999)))
    columns: dict[str, Any] = {}
    for header in headers:
        pool = draw(st.lists(CELLS, min_size=1, max_size=6))
        columns[header] = [whole.choice(pool) for _ in range(count)]
    if draw(st.sampled_from([True, True, True, False])):
        columns = {"Record": [f"r{place}" for place in range(count)], **columns}
    return pd.DataFrame(columns, dtype="str")


def make(leads: pd.DataFrame, folder: Path) -> Made | str:
    """The config, or the sentence."""
    leads.to_csv(folder / "leads.csv", index=False)
    try:
        return make_config([folder / "leads.csv"], Asked())
    except InputError as error:
        return error.problems[0].what


@settings(max_examples=40)
@given(exports(), st.randoms(use_true_random=False))
def test_a_config_is_valid_as_written_and_the_same_whatever_the_order_of_the_rows(
    leads: pd.DataFrame, shuffle: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = make(leads, folder)
        again = make(leads, folder)
        order = list(range(len(leads)))
        shuffle.shuffle(order)
        other = make(leads.iloc[order], folder)
        if isinstance(made, str):
            assert made
            assert made == again == other
            return
        assert not isinstance(again, str)
        assert not isinstance(other, str)
        assert made.text == again.text == other.text
        config = folder / "model.yml"
        config.write_text(made.text, encoding="utf-8")
        checked = check_config(config, (), made.as_of or AS_OF, Files([folder / "leads.csv"]))
        meant = {"leak-suspect"}
        assert [finding for finding in checked.findings if finding.code not in meant] == []
