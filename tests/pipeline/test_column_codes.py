"""test_column_codes: a column is read the same whether its texts come as text, as codes, or hardly repeat."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from leadscore.model.schema import FieldConfig
from leadscore.pipeline import column
from leadscore.pipeline.column import Unreadable, read_field

CELLS = st.lists(
    st.sampled_from(["", " ", "1", " 1", "2.5", "yes", "no", "2026-01-31", "a;b", ";", "'=1", "N/A", "x"])
    | st.none(),
    max_size=12,
)
CONFIGS: list[dict[str, Any]] = [
    {"type": "text"},
    {"type": "text", "list": ";"},
    {"type": "text", "list": "quoted", "null": ["N/A"]},
    {"type": "number", "null": ["N/A", ""]},
    {"type": "date"},
    {"type": "boolean", "true": ["yes", "1"], "false": ["no", ""]},
]


def read(cells: pd.Series, config: FieldConfig) -> list[Any]:
    """What each lead has, and which cells were refused, why."""
    unreadable: list[Unreadable] = []
    field = read_field(cells, config, config.type or "text", unreadable)
    leads: list[Any] = [field.text(lead) for lead in range(len(cells))]
    if field.members is not None:
        values, bounds = (
            field.members.values,
            [*field.members.starts.tolist(), len(field.members.values.codes)],
        )
        leads = [
            None if code < 0 else [values.text(place) for place in range(bounds[code], bounds[code + 1])]
            for code in field.codes.tolist()
        ]
    numbers = [] if field.numbers is None else field.values.tolist()
    return [
        leads,
        [str(number) for number in numbers],
        field.known.tolist(),
        sorted((each.column, each.reason, each.rows.tolist()) for each in unreadable),
    ]


@given(CELLS, st.lists(st.sampled_from(["", "x", "3", "a;b"]), max_size=2, unique=True))
@pytest.mark.parametrize("keys", CONFIGS, ids=repr)
def test_texts_codes_and_texts_that_hardly_repeat_are_read_the_same(
    keys: dict[str, Any], cells: list[str | None], unused: list[str]
) -> None:
    config = FieldConfig.model_validate(keys)
    texts = pd.Series(cells, dtype="str", name="x")
    expected = read(texts, config)
    more = pd.Index([text for text in unused if text not in cells], dtype="str")
    coded = texts.astype("category").cat.add_categories(more)
    assert read(coded, config) == expected
    with mock.patch.object(column, "_SAMPLE", 1):  # so that any column passes for one of ids
        assert read(texts, config) == expected
