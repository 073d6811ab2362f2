"""test_properties_forms: neither the machine nor the form of a file changes what comes out."""

from __future__ import annotations

import functools
import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from unittest import mock

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, strategies as st

from leadscore.model.load import load_model
from leadscore.pipeline import guard, inputs, lines, spans, write, write_csv
from leadscore.pipeline.inputs import open_wanted
from leadscore.pipeline.read import open_export
from tests.properties import often, rank_export, rank_frame, shuffles
from tests.properties_files import damaged, publish, with_notes, written
from tests.strategies import Case
from tests.strategies_quick import quick_cases


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@contextmanager
def another_machine(size: int, threads: int, zone: str) -> Iterator[None]:
    """Everything read and written in pieces of this size, by so many threads, in another time zone."""
    before = pa.cpu_count(), pa.io_thread_count()
    with ExitStack() as until_then:
        for module, name, value in (
            (inputs, "open_export", functools.partial(open_export, batch_bytes=size)),
            (spans, "WINDOW", size // 2 + 1),
            (lines, "WINDOW", size + 3),
            (guard, "PIECE", size // 3 + 1),
            (write, "HOLD_BYTES", 5 * size),
            (write_csv.CsvFormat, "block_rows", size // 50 + 1),
        ):
            until_then.enter_context(mock.patch.object(module, name, value))
        until_then.enter_context(mock.patch.dict(os.environ, TZ=zone))
        time.tzset()
        pa.set_cpu_count(threads)
        pa.set_io_thread_count(threads)
        yield
    time.tzset()
    pa.set_cpu_count(before[0])
    pa.set_io_thread_count(before[1])


MACHINES = st.tuples(
    st.sampled_from([200, 400, 800]),
    st.sampled_from([1, 2, 5]),
    st.sampled_from(["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"]),
)


@often
@given(quick_cases, shuffles, MACHINES)
def test_f02_batches_threads_and_time_zone_change_no_byte(
    folder: Path, case: Case, random: Random, machine: tuple[int, int, str]
) -> None:
    config, leads = case
    export = folder / "leads.csv"
    export.write_text(damaged(written(with_notes(leads, random)), random)[0])
    expected = publish(config, export, folder / "out")
    with another_machine(*machine):
        assert publish(config, export, folder / "out") == expected


FORMS: dict[str, Callable[[pd.DataFrame], bytes]] = {
    "commas": lambda leads: written(leads).encode(),
    "semicolons": lambda leads: written(leads, ";").encode(),
    "UTF-16": lambda leads: written(leads).encode("utf-16"),
    "all quoted": lambda leads: written(leads, quote_all=True).encode(),
    "Parquet": lambda leads: parquet(leads),
}


def parquet(leads: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    columns = {name: pa.array(leads[name].tolist(), pa.string()) for name in leads}
    pq.write_table(pa.table(columns), file, row_group_size=3)
    return file.getvalue()


@often
@given(quick_cases, shuffles, st.sampled_from(sorted(FORMS)))
def test_f03_a_table_gives_the_same_in_whatever_form_it_comes(
    folder: Path, case: Case, random: Random, form: str
) -> None:
    config, leads = case
    leads, model, export = with_notes(leads, random), load_model(config), folder / "leads"
    expected = rank_frame(config, leads)
    export.write_bytes(FORMS[form](leads))
    found = rank_export(model, open_wanted(export, model))
    assert list(found.items()) == list(expected.items())
