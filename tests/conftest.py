"""conftest: what every test may use."""

import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command does: idle threads spin

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, print_blob=True)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "default")
settings.load_profile(PROFILE)
EXAMPLES = 1_000 if PROFILE == "ci" else 100
"""How often each property of the score is tried."""


@pytest.fixture(scope="session", autouse=True)
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests read must not come from what the user's runs kept, nor join it."""
    with mock.patch.dict(os.environ, XDG_CACHE_HOME=str(tmp_path_factory.mktemp("cache"))):
        yield


@pytest.fixture(scope="session")
def x_education() -> Path:
    """A real export of 9,240 leads with their outcomes. It is not ours to ship, so it may be absent."""
    path = ROOT.parent / "shared" / "data" / "x_education_leads.csv"
    if not path.exists():
        pytest.skip("x_education_leads.csv is not on this machine")
    return path


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests counted: a harness that tries many faults says how many, and what became of them."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    counted = {report.nodeid: dict(report.user_properties).get("counted") for report in reports}
    for test, counts in counted.items():
        if counts:
            terminalreporter.write_line(f"{test.rpartition('::')[2]}: {counts}")
