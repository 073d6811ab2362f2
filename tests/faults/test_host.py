"""test_host: where, when and for whom a run is started changes no byte of it."""

from __future__ import annotations

import datetime
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.faults.judge import data_files
from tests.faults.starter import Starter
from tests.faults.worlds import LAYOUTS, arguments, make_world
from tests.running import Place, match, model_of

LAYOUT = LAYOUTS[0]
CRON = {"PATH": "/usr/bin:/bin", "HOME": "."}
HOSTS: dict[str, tuple[int, dict[str, str]]] = {
    "cron": (0o022, {}),
    "no locale": (0o000, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "TZ": "UTC"}),
    "Persian locale": (0o077, {"LC_ALL": "fa_IR.UTF-8", "LANG": "fa_IR.UTF-8", "TZ": "Asia/Tehran"}),
    "half a day away": (0o027, {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "3"}),
}
"""Name -> umask and environment, beside what cron sets."""


@pytest.fixture(scope="module")
def world(starter: Starter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("host") / "world"
    make_world(folder, LAYOUT, starter)
    assert starter.run(folder, folder / "said", arguments(LAYOUT)).code == 0
    return folder


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_changes_no_byte_and_no_mode(world: Path, tmp_path: Path, host: str) -> None:
    out, (umask, own) = tmp_path / "out", HOSTS[host]
    command = [sys.executable, "-m", "leadscore", *arguments(LAYOUT), "-o", str(out)]
    environment = {**CRON, "PYTHONPATH": str(ROOT), **own}
    done = subprocess.run(command, cwd=world, env=environment, umask=umask, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert data_files(out) == data_files(world / "place" / "out")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in out.rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (out, out / "tiers")} == {0o700}


@pytest.fixture(params=["UTC", "Europe/Berlin", "Pacific/Auckland"])
def time_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


DATES = {  # the day scored for -> the day before it
    "2024-02-29": "2024-02-28",
    "2024-03-01": "2024-02-29",
    "2025-03-01": "2025-02-28",
    "2026-01-01": "2025-12-31",
    "2026-03-29": "2026-03-28",  # clocks go forward in Berlin
    "2026-10-25": "2026-10-24",  # and back
    "2026-04-05": "2026-04-04",  # back in Auckland
    "2000-02-29": "2000-02-28",
}


@pytest.mark.parametrize("as_of", DATES)
def test_a_day_is_a_day_on_any_date_in_any_time_zone(time_zone: None, tmp_path: Path, as_of: str) -> None:
    place, yesterday = Place(tmp_path), DATES[as_of]
    before = datetime.date.fromisoformat(yesterday) - datetime.timedelta(days=1)
    leads = f"lead_id,seen\n1,{as_of}\n2,{yesterday}\n3,{before}\n4,\n"
    config = model_of(match("seen: {within_days: 1}", 10))
    assert place.score(leads, config, "--as-of", as_of).code == 0
    assert place.scores() == {"1": "10", "2": "10", "3": "0", "4": "0"}
    assert place.manifest()["as_of"] == as_of
