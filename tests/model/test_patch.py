"""test_patch: numbers change where they stand, and everything else stays as it was."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
import yaml
from hypothesis import given, settings, strategies as st

from leadscore.model import patch as patching
from leadscore.model.load import load_content
from leadscore.model.patch import patch
from leadscore.model.schema import Model
from leadscore.model.tree import Path
from leadscore.points import format_points
from tests.conftest import ROOT

CONFIGS = sorted((ROOT / "configs").glob("*.yml"))
COMMENT = re.compile(r"(?:^|\s)#.*")


def levers(model: Model) -> dict[Path, int]:
    """Every lever of the groups, by its place in the config."""
    return {
        ("groups", name, "rules", place, *lever.path): lever.points
        for name, group in model.groups.items()
        for place, rule in enumerate(group.rules)
        for lever in rule.levers()
    }


def is_bounded(model: Model, path: Path) -> bool:
    """Whether the rule has a bound of its own, with which its points may not have any sign."""
    rule = model.groups[str(path[1])].rules[int(path[3])]
    return getattr(rule, "cap", None) is not None or getattr(rule, "floor", None) is not None


@settings(max_examples=150)
@given(st.data())
def test_points_patched_into_any_config_are_the_only_thing_that_is_another(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(CONFIGS))
    content = file.read_bytes()
    before = levers(load_content(str(file), content))
    model = load_content(str(file), content)
    free = [path for path, points in before.items() if points and not is_bounded(model, path)]
    chosen = data.draw(st.lists(st.sampled_from(free), unique=True)) if free else []
    low, high = Decimal(1) / 100, Decimal(900)
    wanted = {
        # of the same sign and not smaller, so that no tier comes out of reach
        path: (1 if before[path] > 0 else -1)
        * (abs(before[path]) + int(data.draw(st.decimals(low, high, places=2)) * 100))
        for path in chosen
    }
    text = patch(content, {path: format_points(points) for path, points in wanted.items()})
    assert levers(load_content(str(file), text.encode())) == before | wanted
    old, new = content.decode().splitlines(), text.splitlines()
    assert [COMMENT.findall(line) for line in new] == [COMMENT.findall(line) for line in old]
    assert len(old) == len(new)
    changed = [place for place, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
    assert len(changed) <= len(wanted)
    with mock.patch.object(patching, "_LOADER", yaml.SafeLoader):  # where PyYAML has no libyaml
        assert patch(content, {path: format_points(points) for path, points in wanted.items()}) == text


BLOCK = """\
score:   # all of it
  # the floor
  floor: -5    # low
  cap: '100'
bands:   # top
    # first
    0: 15   # nothing # measured
    "1": "0" # one

  # after
next: [1, 2, "3"]
flow: {0: 1, # c1
   # c2
   2: 3}  # c3
text: "a # b"
"""


@pytest.mark.parametrize(
    ("values", "before", "after"),
    [
        ({("score", "floor"): "-7.5"}, "floor: -5    # low", "floor: -7.5    # low"),
        ({("score", "cap"): "90"}, "cap: '100'", "cap: '90'"),
        ({("bands", "1"): "4"}, '"1": "0" # one', '"1": "4" # one'),
        ({("next", 2): "9"}, '[1, 2, "3"]', '[1, 2, "9"]'),
        ({("next", 0): "10", ("next", 1): "20"}, "[1, 2,", "[10, 20,"),
        ({("flow", "2"): "-1"}, "2: 3}  # c3", "2: -1}  # c3"),
        ({("score", "otherwise"): "2"}, "  floor: -5", "  otherwise: 2\n  floor: -5"),
        ({("flow", "cap"): "2"}, "flow: {0: 1, #", "flow: {cap: 2, 0: 1, #"),
        (
            {("bands",): {"5": "6", "7": "8"}},
            '    # first\n    0: 15   # nothing # measured\n    "1": "0" # one\n',
            "    # first\n    # nothing # measured\n    5: 6\n    7: 8 # one\n",
        ),
        (
            {("flow",): {"5": "6", "7": "8"}},
            "flow: {0: 1, # c1\n   # c2\n   2: 3}  # c3",
            "flow: { # c1\n        # c2\n       5: 6, 7: 8}  # c3",
        ),
    ],
)
def test_a_number_stands_where_the_old_one_stood(values: Any, before: str, after: str) -> None:
    assert BLOCK.count(before) == 1
    wanted = BLOCK.replace(before, after)
    assert patch(BLOCK, values) == wanted
    assert patch(BLOCK.encode(), values) == wanted
    dos = patch("\ufeff" + BLOCK.replace("\n", "\r\n"), values)
    assert dos == "\ufeff" + wanted.replace("\n", "\r\n")
    assert yaml.safe_load(wanted)


@pytest.mark.parametrize(
    "values",
    [
        {("score", "cap", "x"): "1"},
        {("none", "cap"): "1"},
        {("next", 3): "1"},
        {("bands",): "1"},
        {("score", "cap"): {"1": "2"}},
        {("score", "cap"): "1 # x"},
        {("score", "cap"): "[1]"},
        {("score", "a b"): "1"},
        {("bands",): {"a": "1"}},
    ],
)
def test_what_is_not_there_and_what_is_no_number_is_never_written(values: Any) -> None:
    with pytest.raises(LookupError):
        patch(BLOCK, values)


def test_a_block_scalar_is_not_replaced() -> None:
    with pytest.raises(LookupError):
        patch("points: >-\n  5\n", {("points",): "6"})
