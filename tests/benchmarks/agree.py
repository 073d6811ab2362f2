"""agree: whether two ranked files say the same of every lead: id, place, score and tier.

    python tests/benchmarks/agree.py OUT OTHER_OUT...

Exact: scores are compared as whole hundredths, and the order line by line. Each tier file must hold the
ids that the ranked file has in that tier, in that order.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

COLUMNS = ["lead_id", "score", "tier"]


def main() -> None:
    """Compare the first folder with each of the others; end with what is different."""
    first, *others = map(Path, sys.argv[1:])
    found = [f"{other}: {problem}" for other in others for problem in differences(first, other)]
    if found:
        raise SystemExit("\n".join(found))


def differences(out: Path, other: Path) -> list[str]:
    """What the two folders do not agree on; nothing where they do."""
    ours, theirs = read_ranked(out), read_ranked(other)
    if len(ours) != len(theirs):
        return [f"{len(theirs):,} leads are ranked, and not {len(ours):,}"]
    places = {name: pc.sum(pc.not_equal(ours[name], theirs[name])).as_py() or 0 for name in COLUMNS}
    found = [f"{count:,} places have another {name}" for name, count in places.items() if count]
    return found + _wrong_tiers(other, theirs)


def read_ranked(out: Path) -> pa.Table:
    """The ranked file: id, score in hundredths and tier, in its order."""
    table = _read(_the_file(out, "ranked"), COLUMNS)
    hundredths = pc.round(pc.multiply(pc.cast(table["score"], pa.float64()), 100.0))
    return table.set_column(1, "score", pc.cast(hundredths, pa.int64()))


def _wrong_tiers(out: Path, ranked: pa.Table) -> list[str]:
    found = []
    for tier in pc.unique(ranked["tier"]).to_pylist():
        ids = ranked.filter(pc.equal(ranked["tier"], tier))["lead_id"].combine_chunks()
        if not ids.equals(_read(_the_file(out / "tiers", tier), ["lead_id"])["lead_id"].combine_chunks()):
            found.append(f"the file of {tier} does not hold the leads of that tier")
    return found


def _the_file(folder: Path, name: str) -> Path:
    return next(path for path in (folder / f"{name}.csv", folder / f"{name}.parquet") if path.exists())


def _read(path: Path, names: list[str]) -> pa.Table:
    if path.is_dir():  # what an engine wrote: its parts follow each other
        return pa.concat_tables([_read(part, names) for part in sorted(path.iterdir())])
    if path.suffix == ".parquet":
        table = pq.read_table(path, columns=names)
    else:
        # Only these columns become a table, but every line is read with its quoted line breaks.
        table = pa_csv.read_csv(
            path,
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                include_columns=names, column_types=dict.fromkeys(names, pa.string())
            ),
        )
    texts = {"lead_id", "tier"} & set(names)
    return pa.table(
        {name: pc.cast(table[name], pa.string()) if name in texts else table[name] for name in names}
    )


if __name__ == "__main__":
    main()
