"""floor: what any program must do that reads a file and writes it in another order. It scores nothing.

    python -m tests.benchmarks.peers.floor EXPORT OUT

pyarrow reads every column as text (as leadscore does: an id keeps its zeros, a budget its 66600.50),
sorts by one column and the id, and writes the ranked file and four more that split it by owner, which
has four values as there are four tiers. So it writes as many bytes as scoring does, new columns aside.
pyarrow puts every text in quotes, whether the export has them or not.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

ORDER = [("visits", "descending"), ("lead_id", "ascending")]


def main() -> None:
    """Read, sort, write."""
    export, out = map(Path, sys.argv[1:])
    (out / "tiers").mkdir(parents=True, exist_ok=True)
    leads = read_leads(export)
    leads = leads.take(pc.sort_indices(leads, ORDER))
    write_leads(leads, out / f"ranked{export.suffix}")
    for owner in pc.unique(leads["owner"]).to_pylist():
        part = leads.filter(pc.equal(leads["owner"], owner))
        write_leads(part, out / "tiers" / f"{owner or 'nobody'}{export.suffix}")


def read_leads(path: Path) -> pa.Table:
    """The export, every column as text."""
    if path.suffix == ".parquet":
        return pq.read_table(path)
    with pa_csv.open_csv(path) as reader:
        names = reader.schema.names
    return pa_csv.read_csv(
        path,
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )


def write_leads(leads: pa.Table, path: Path) -> None:
    """The leads in the format the name ends with."""
    if path.suffix == ".parquet":
        pq.write_table(leads, path)
    else:
        pa_csv.write_csv(leads, path)


if __name__ == "__main__":
    main()
