"""conftest: one engine for all tests of this folder, on two processors; without Java they are skipped."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine_world import World, make_world


@pytest.fixture(scope="session")
def installed() -> None:
    pytest.importorskip("pyspark", reason="PySpark is not installed: the tests of the engine are left out")
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: the tests of the engine are left out")


@pytest.fixture(scope="session")
def spark(installed: None) -> Iterator[Any]:
    from leadscore.pipeline.spark.session import open_session

    settings = {"spark.sql.shuffle.partitions": "3", "spark.driver.memory": "1g"}
    with open_session("local[2]", settings) as session:
        yield session


@pytest.fixture(scope="session")
def world(installed: None, tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("faults") / "world")


@pytest.fixture
def fresh(world: World, tmp_path: Path) -> World:
    """The world as it was made."""
    shutil.copytree(world.folder, tmp_path / "world")
    return World(tmp_path / "world")
