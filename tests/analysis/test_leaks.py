"""test_leaks: columns that know the outcome are suspected, those that only help to foresee it are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from leadscore.analysis import leaks
from leadscore.analysis.leaks import find_leaks
from leadscore.model.facts import Leak
from leadscore.model.load import load_content
from leadscore.pipeline.files import fit_files, open_exports

CONFIG = """\
name: small
id: lead_id
groups: {fit: {rules: [{name: visits, kind: count, field: visits, each: 1}]}}
tiers: [{name: All}]
outcome: {field: won, won: y}
"""
Cell = Callable[[int, bool], object]
"""The cell of a lead by its number (200 of each outcome) and whether it was won."""


def leaks_of(tmp_path: Path, column: Cell, won: int = 200, lost: int = 200, unknown: int = 0) -> list[str]:
    """Why the column is suspected, if it is."""
    return [leak.why for leak in found(tmp_path, column, won, lost, unknown)]


def found(tmp_path: Path, column: Cell, won: int, lost: int, unknown: int = 0) -> tuple[Leak, ...]:
    leads = [(number, "y") for number in range(won)] + [(number, "n") for number in range(lost)]
    lines = [
        f"{place},{number % 7},{won},{column(number, won == 'y')}"
        for place, (number, won) in enumerate(leads)
    ]
    lines += [f"u{number},1,,{column(number, True)}" for number in range(unknown)]
    export = tmp_path / "leads.csv"
    export.write_text("\n".join(["lead_id,visits,won,seen", *lines, ""]), encoding="utf-8")
    model = load_content("model.yml", CONFIG.encode())
    opened = open_exports([export], model)
    return find_leaks(opened, fit_files(opened, model), model)


@pytest.mark.parametrize(
    ("column", "why"),
    [
        (lambda n, won: "2026-01-02" if won and n >= 20 else "", "it is filled for 90 % of the won and 0 % of the lost leads"),  # noqa: E501
        (lambda n, won: "" if won or n < 20 else f"reason {n}", "it is filled for 0 % of the won and 90 % of the lost leads"),  # noqa: E501
        (lambda n, won: "yes" if won == (n >= 20) else "no", "its values rank a won lead above a lost one in 90 % of all pairs"),  # noqa: E501
        (lambda n, won: 1000 + n if won else 900 + n // 2, "its numbers rank a won lead above a lost one in 100 % of all pairs"),  # noqa: E501
        (lambda n, won: 1000 - n / 8 if won else 1000 + n / 8, "its numbers rank a won lead above a lost one in 100 % of all pairs"),  # noqa: E501
        (lambda n, won: "tag" if n < (40 if won else 2) else "other", "one value is had by 20 % of the won and 1.0 % of the lost"),  # noqa: E501
        (lambda n, won: "tag" if n < (2 if won else 40) else "other", "one value is had by 20 % of the lost and 1.0 % of the won"),  # noqa: E501
        (lambda n, won: "" if n < (0 if won else 40) else "other", "it is empty for 20 % of the lost and 0.0 % of the won"),  # noqa: E501
    ],
)  # fmt: skip
def test_a_column_that_knows_the_outcome_is_suspected_and_why(tmp_path: Path, column: Cell, why: str) -> None:
    assert leaks_of(tmp_path, column) == [why]


@pytest.mark.parametrize(
    "column",
    [
        lambda n, won: "x" if n >= (21 if won else 180) else "",  # ranks 89.75 % of the pairs
        lambda n, won: "yes" if won == (n >= 21) else "no",
        lambda n, won: "tag" if n < (40 if won else 3) else "other",  # a fifteenth of the share
        lambda n, won: "tag" if won and n < 19 else "other",  # less than a tenth of the won
        lambda n, won: f"{'w' if won else 'l'}{n}",  # all different: they tell who, not what
        lambda n, won: f"{'w' if won else 'l'}{n // 19}",  # of too few leads each
        lambda n, won: n,
        lambda n, won: "",
        lambda n, won: "same",
    ],
)  # fmt: skip
def test_a_column_that_just_does_not_is_not(tmp_path: Path, column: Cell) -> None:
    assert leaks_of(tmp_path, column) == []


def test_with_few_leads_of_an_outcome_nothing_is_suspected(tmp_path: Path) -> None:
    def column(number: int, won: bool) -> object:
        return "yes" if won else "no"

    assert leaks_of(tmp_path, column, 40, 40)
    assert leaks_of(tmp_path, column, 39, 400) == leaks_of(tmp_path, column, 400, 39) == []


def test_leads_without_an_outcome_say_nothing_and_are_not_counted(tmp_path: Path) -> None:
    (leak,) = found(tmp_path, lambda n, won: "yes" if won else "no", 60, 50, unknown=300)
    assert leak == Leak("seen", "its values rank a won lead above a lost one in 100 % of all pairs", 110)


def test_of_a_large_export_leads_all_over_it_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaks, "SAMPLE", 100)
    (leak,) = found(tmp_path, lambda n, won: "yes" if won else "no", 300, 300)
    assert leak.leads == 100


counts = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6)


@given(counts.filter(lambda each: all(sum(side) for side in zip(*each, strict=True))))
def test_the_auc_is_the_share_of_pairs_in_the_right_order(each: list[tuple[int, int]]) -> None:
    won, lost = (np.array(side) for side in zip(*each, strict=True))
    of_won, of_lost = (np.repeat(np.arange(len(side)), side) for side in (won, lost))
    pairs = [(above > below) + (above == below) / 2 for above in of_won for below in of_lost]
    assert leaks._auc(won, lost) == pytest.approx(sum(pairs) / len(pairs))
