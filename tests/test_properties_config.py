"""test_properties_config: what a config means, and what in it, and in a file, means nothing."""

from __future__ import annotations

import copy
import json
import re
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pandas as pd
from hypothesis import assume, given, strategies as st
from pandas.testing import assert_frame_equal

from leadscore.errors import ConfigError
from leadscore.model.load import load_content, load_model
from leadscore.text import Folding
from tests.properties import batch, often, score, shuffles, verdicts
from tests.strategies import TEXTS, Case, Config, gains
from tests.strategies_quick import quick_cases, quick_configs, wide_cases
from tests.strategies_text import texts


@often
@given(wide_cases, shuffles)
def test_f07_the_order_of_rules_and_of_columns_changes_no_line_and_no_score(
    case: Case, random: Random
) -> None:
    config, leads = case
    other = copy.deepcopy(config)
    for group in other["groups"].values():
        random.shuffle(group["rules"])
    moved = leads[random.sample(list(leads.columns), leads.shape[1])]
    for one, two in zip(verdicts(score(config, leads)), verdicts(score(other, moved)), strict=True):
        assert sorted(two.lines) == sorted(one.lines)
        assert (two.groups, two.score, two.tier, two.grade, two.coverage, two.disqualified_by) == (
            *(one.groups, one.score, one.tier, one.grade, one.coverage, one.disqualified_by),
        )


UNUSED = ["unused", "Title", "title", "employees", "created", "lead_age", "mail_domain", "id", "line", "won"]
UNUSED += ["index", "0", "points", " reason 1", "rank_by visits", "file", "signs", "LEAD_ID", "Score"]
"""Names that a field has that is read from another column, or that mean something inside; and any other."""


@often
@given(quick_cases, gains, st.sampled_from(UNUSED), shuffles)
def test_f08_an_unused_column_and_a_rule_that_matches_nobody_change_nothing(
    case: Case, gain: Decimal, column: str, random: Random
) -> None:
    config, leads = case
    wider = leads.copy()
    cells = pd.Series([random.choice(TEXTS) for _ in leads.index], dtype="str")
    wider.insert(random.randint(0, leads.shape[1]), column, cells)
    idle = {"name": "idle", "kind": "match", "when": {"lead_id": "nobody's"}, "points": gain}
    more = copy.deepcopy(config)
    more["groups"]["fit"]["rules"].append(idle)
    # The rules that are asked are one more, and so the coverage is another one.
    found, expected = (batch(*given).drop(columns="coverage") for given in ((more, wider), (config, leads)))
    assert_frame_equal(found, expected)


@often
@given(texts, st.builds(Folding, st.booleans(), st.booleans()))
def test_f16_folding_a_folded_text_changes_nothing(text: str, folding: Folding) -> None:
    assert folding(folding(text)) == folding(text)


def yaml_of(value: Any, random: Random, indent: str = "") -> str:
    """The value as YAML, its keys in any order, with comments and blank lines between."""
    if isinstance(value, dict) and value:
        keys = random.sample(list(value), len(value))
        parts = [(f"{json.dumps(str(key), ensure_ascii=False)}:", value[key]) for key in keys]
    elif isinstance(value, list) and value:
        parts = [("-", item) for item in value]
    else:
        return f" {json.dumps(value, default=str, ensure_ascii=False)}{random.choice(COMMENTS)}\n"
    lines = (
        f"{random.choice(['', '', LINE])}{indent}{lead}{yaml_of(item, random, indent + '  ')}"
        for lead, item in parts
    )
    return "\n" * bool(indent) + "".join(lines)


LITTLE = Decimal("0.01")
COMMENTS, LINE = ["", "", "  # points: 99", " "], "\n# fit: {cap: 1}\n"


def changed(value: Any, random: Random) -> Any:
    """A config with one value, somewhere, another one, or one list the other way round."""
    if isinstance(value, list) and value[::-1] != value and random.random() < 0.3:
        return value[::-1]
    if isinstance(value, dict | list) and value:
        key = random.choice(list(value)) if isinstance(value, dict) else random.randrange(len(value))
        other = copy.copy(value)
        other[key] = changed(value[key], random)
        return other
    if isinstance(value, bool):
        return not value
    if isinstance(value, date):
        return value + timedelta(1)
    if isinstance(value, int | Decimal):
        return value + LITTLE
    if isinstance(value, str) and (number := re.fullmatch(r"([0-9.]+)(%?)", value)):
        return f"{Decimal(number[1]) + LITTLE}{number[2]}"
    return f"{value}x" if isinstance(value, str) else "x"


@often
@given(quick_configs(), shuffles)
def test_f20_the_digest_of_a_model_is_that_of_its_meaning(config: Config, random: Random) -> None:
    read = load_model(config).fields  # a field that nothing reads means nothing
    config = {**config, "fields": {name: field for name, field in config["fields"].items() if name in read}}
    digest = load_model(config).digest
    assert load_content("model.yml", yaml_of(config, random).encode()).digest == digest
    try:
        other = load_model(changed(config, random))
    except ConfigError:
        assume(False)
    assert other.digest != digest
