"""test_agreement: the peers that leadscore is timed against say the same of every lead."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest

from tests.benchmarks.agree import differences, read_ranked
from tests.benchmarks.cases import EDIT, EVENTS_MODEL, MODEL
from tests.benchmarks.make_events import make_events
from tests.benchmarks.make_export import make_export
from tests.running import DAY, run

COUNT = 3_000
PEERS = {"plain_pandas": "pandas", "row_by_row": "csv", "duckdb_sql": "duckdb", "polars_": "polars"}
EXPORTS = {"quoted.csv": "all", "plain.csv": "needed", "leads.parquet": "all"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exports, a log, and what leadscore makes of them."""
    folder = tmp_path_factory.mktemp("files")
    for name, quoting in EXPORTS.items():
        make_export(COUNT, folder / name, quoting)
        _score(folder / name, MODEL, folder / "leadscore" / name)
    make_events(COUNT * 10, folder / "log.csv", COUNT)
    _score(folder / "quoted.csv", EVENTS_MODEL, folder / "leadscore" / "log", "--events", folder / "log.csv")
    return folder


def _score(export: Path, model: Path, out: Path, *extra: object) -> None:
    form = export.suffix.removeprefix(".")
    ended = run("score", export, "-c", model, "-o", out, "--as-of", DAY, "--format", form, *extra)
    assert ended.code == 0, ended.said


def _run_peer(name: str, patch: pytest.MonkeyPatch, *arguments: object) -> None:
    pytest.importorskip(PEERS[name], reason="the peers are the extra `bench`")
    patch.setattr(sys, "argv", [name, *map(str, arguments)])
    importlib.import_module(f"tests.benchmarks.peers.{name}").main()


@pytest.mark.parametrize("export", EXPORTS)
@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_ranks_every_lead_as_leadscore_does(
    peer: str, export: str, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run_peer(peer, monkeypatch, files / export, tmp_path)
    assert differences(files / "leadscore" / export, tmp_path) == []


@pytest.mark.parametrize("peer", [peer for peer in PEERS if peer != "row_by_row"])
def test_a_peer_adds_up_events_as_leadscore_does(
    peer: str, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run_peer(peer, monkeypatch, files / "quoted.csv", tmp_path, "--events", files / "log.csv")
    assert differences(files / "leadscore" / "log", tmp_path) == []


def test_the_floor_writes_every_lead_once_into_the_ranked_file_and_once_into_the_parts(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["floor", str(files / "plain.csv"), str(tmp_path)])
    importlib.import_module("tests.benchmarks.peers.floor").main()
    given = _ids([files / "plain.csv"])
    assert _ids([tmp_path / "ranked.csv"]) == given
    parts = list((tmp_path / "tiers").iterdir())
    assert (len(parts), _ids(parts)) == (4, given)


def _ids(paths: list[Path]) -> list[str]:
    types = pa_csv.ConvertOptions(include_columns=["lead_id"], column_types={"lead_id": pa.string()})
    return sorted(
        lead for path in paths for lead in pa_csv.read_csv(path, convert_options=types)["lead_id"].to_pylist()
    )


def test_every_tier_has_leads_and_every_rule_has_a_say(files: Path) -> None:
    ranked = read_ranked(files / "leadscore" / "quoted.csv")
    assert set(ranked["tier"].to_pylist()) == {"SQL", "MQL", "Nurture", "Cold"}
    told = run("check", MODEL, files / "quoted.csv", "--as-of", DAY)
    assert (told.code, "[rule-never-matches]" in told.said) == (0, False)


def test_another_score_place_or_tier_is_told(files: Path, tmp_path: Path) -> None:
    _score(files / "plain.csv", MODEL, tmp_path / "edited", "--set", EDIT)
    found = differences(files / "leadscore" / "plain.csv", tmp_path / "edited")
    assert [problem.rpartition(" ")[2] for problem in found] == ["lead_id", "score", "tier"]


def test_a_lead_in_the_wrong_tier_file_is_told(files: Path, tmp_path: Path) -> None:
    _score(files / "plain.csv", MODEL, tmp_path / "moved")
    tiers = tmp_path / "moved" / "tiers"
    (tiers / "SQL.csv").rename(tiers / "MQL.csv")
    (tiers / "SQL.csv").write_bytes((tiers / "MQL.csv").read_bytes())
    expected = ["the file of MQL does not hold the leads of that tier"]
    assert differences(files / "leadscore" / "plain.csv", tmp_path / "moved") == expected
