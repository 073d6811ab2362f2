"""test_screen: what people see fits their terminal, and every number in it is whole."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from leadscore.views import screen
from leadscore.views.screen import figures, plain


def shown(width: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """A table wider than most terminals, as it is printed on one of this width."""
    table = figures("Tier", *(f"Figure\n{number}" for number in range(8)))
    for name in ("Call now", "Somebody to look at more closely"):
        table.add_row(plain(name), *(f"{1_234_567 + number:,}" for number in range(8)))
    file = io.StringIO()
    monkeypatch.setattr(
        screen,
        "Console",
        lambda **options: Console(**(options | {"file": file, "width": width, "stderr": False})),
    )
    screen.show(table)
    return file.getvalue()


@pytest.mark.parametrize("width", [30, 40, 60, 79, 80, 81, 100, 140, 400])
def test_no_number_is_cut_off_on_a_terminal_of_any_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(width, monkeypatch)
    assert max(map(len, text.splitlines())) <= width
    for number in range(8):
        assert text.count(f"{1_234_567 + number:,}") == 2


def test_a_table_that_fits_is_printed_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(140, monkeypatch).count("Tier") == 1
    assert shown(60, monkeypatch).count("Tier") > 1
