"""conftest: one engine for all tests of this folder, on two processors; without Java they are skipped."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    pytest.importorskip("pyspark", reason="PySpark is not installed: the tests of the engine are left out")
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: the tests of the engine are left out")
    from leadscore.pipeline.spark.session import open_session

    with open_session(
        "local[2]", {"spark.sql.shuffle.partitions": "3", "spark.driver.memory": "1g"}
    ) as session:
        yield session
