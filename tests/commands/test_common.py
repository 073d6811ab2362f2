"""What commands share: garbage is looked for again once their imports are done."""

import gc
import sys
from importlib import import_module
from pathlib import Path

import pytest

from leadscore.commands.common import loading


def test_garbage_is_not_looked_for_while_a_command_is_imported_and_is_afterwards() -> None:
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_import_that_fails_leaves_the_looking_on() -> None:
    with pytest.raises(ModuleNotFoundError), loading():
        import_module("leadscore.no_such_module")
    assert gc.isenabled()


def test_garbage_made_between_commands_is_found_where_nothing_is_imported() -> None:
    frozen = gc.get_freeze_count()
    with loading():
        import json  # noqa: F401  (it is there already)
    assert gc.get_freeze_count() == frozen


def test_what_is_imported_is_not_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "imported_just_now.py").write_text("lists = [[] for _ in range(1000)]\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    frozen = gc.get_freeze_count()
    with loading():
        __import__("imported_just_now")
    try:
        assert gc.get_freeze_count() >= frozen + 1000
    finally:
        del sys.modules["imported_just_now"]
        gc.unfreeze()
