"""make_events: a large made-up activity log for the leads of make_export.py.

    python tests/benchmarks/make_events.py 10000000 events_10m.csv 1000000       (or events_10m.parquet)
    python tests/benchmarks/make_events.py 10000000 more_10m.parquet 1000000 1

One row per event with lead, kind, day and, for one in ten, a value. A twentieth belongs to leads that the
export does not have. The same numbers give the same file, and another last one a file of other events.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

BATCH = 1_000_000
SEED = 20260630
KINDS = {"visit": 0.5, "open": 0.2, "click": 0.15, "form": 0.1, "demo_request": 0.03, "purchase": 0.02}
DAYS = [(date(2026, 1, 1) + timedelta(days=day)).isoformat() for day in range(180)]


def make_events(count: int, path: Path, leads: int, seed: int = SEED) -> None:
    """Write ``count`` events of ``leads`` leads as CSV, or as Parquet where the name ends so."""
    random = np.random.default_rng(seed)
    writer = None
    for first in range(0, count, BATCH):
        table = _make_batch(min(BATCH, count - first), leads, random)
        if writer is None:
            kind = pq.ParquetWriter if path.suffix == ".parquet" else pa_csv.CSVWriter
            writer = kind(str(path), table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _make_batch(count: int, leads: int, random: np.random.Generator) -> pa.Table:
    numbers = random.integers(0, leads + leads // 20, count)
    kinds = random.choice(len(KINDS), count, p=list(KINDS.values()))
    worth = random.random(count)
    columns = {
        "lead_id": [f"{number * 7919 % 10**9:010d}" for number in numbers.tolist()],
        "event": pa.array(list(KINDS)).take(pa.array(kinds)),
        "time": pa.array(DAYS).take(pa.array(random.integers(0, len(DAYS), count))),
        "value": ["" if value < 0.9 else f"{value * 100:.2f}" for value in worth.tolist()],
    }
    return pa.table(columns)


if __name__ == "__main__":
    make_events(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), SEED + sum(map(int, sys.argv[4:5])))
