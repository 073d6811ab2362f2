"""conftest: what every test may use."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def x_education() -> Path:
    """A real export of 9,240 leads with their outcomes. It is not ours to ship, so it may be absent."""
    path = ROOT.parent / "shared" / "data" / "x_education_leads.csv"
    if not path.exists():
        pytest.skip("x_education_leads.csv is not on this machine")
    return path
