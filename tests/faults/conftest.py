"""conftest: what the fault tests share, which takes a while to make."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import pytest

from tests.faults.scene import Scene, make_scene
from tests.faults.starter import Starter, open_starter
from tests.faults.strace import why_not
from tests.faults.worlds import Layout


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """Starts runs."""
    with open_starter(tmp_path_factory.mktemp("compiled")) as starter:
        yield starter


@pytest.fixture(scope="session")
def traceable() -> None:
    """Skips where no fault can be put into a call."""
    if reason := why_not():
        pytest.skip(reason)


@pytest.fixture(scope="session")
def scene_of(
    traceable: None, starter: Starter, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Layout], Scene]:
    """The scene of a layout, made once."""
    return functools.cache(
        lambda layout: make_scene(layout, starter, tmp_path_factory.mktemp("scene") / "world")
    )
