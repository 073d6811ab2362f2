"""An iterator that works ahead gives what it gives without: items, order, failures, and no thread is left."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from hypothesis import given, strategies as st

from leadscore.pipeline.ahead import ahead


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "ahead"]


@given(items=st.lists(st.integers()), depth=st.integers(1, 4))
def test_the_items_come_in_their_order(items: list[int], depth: int) -> None:
    assert list(ahead(iter(items), depth)) == items
    assert threads() == []


def test_items_are_made_in_a_thread_while_the_first_is_worked_on() -> None:
    made = threading.Event()

    def items() -> Iterator[str]:
        yield threading.current_thread().name
        made.set()
        yield "second"

    taken = ahead(items())
    assert next(taken) == "ahead"
    assert made.wait(10)
    assert list(taken) == ["second"]


def test_no_more_items_are_made_than_there_is_room_for() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(10):
            made.append(number)
            yield number

    taken = ahead(items(), 2)
    assert next(taken) == 0
    until = time.monotonic() + 10
    while len(made) < 3 and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(0.05)
    assert made == [0, 1, 2]
    assert list(taken) == list(range(1, 10))


def test_what_fails_in_the_thread_is_raised_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("third")

    taken = ahead(items())
    assert [next(taken), next(taken)] == [1, 2]
    with pytest.raises(ValueError, match="third") as caught:
        next(taken)
    assert [entry.name for entry in caught.traceback][-1] == "items"
    assert threads() == []


def test_a_failure_of_the_first_item_is_raised_too() -> None:
    with pytest.raises(KeyError, match="first"):
        list(ahead({"second": 2}[name] for name in ["first"]))
    with pytest.raises(TypeError):
        list(ahead(5))  # type: ignore[arg-type]
    assert threads() == []


@pytest.mark.parametrize("taken", [1, 2, 5])
def test_closing_early_stops_the_thread_and_closes_what_runs_in_it(taken: int) -> None:
    closed_in = []

    def items() -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            closed_in.append(threading.current_thread().name)

    early = ahead(items())
    for _ in range(taken):
        next(early)
    early.close()
    assert closed_in == ["ahead"]
    assert threads() == []


def test_a_caller_that_fails_leaves_no_thread() -> None:
    def use() -> None:
        for number in ahead(iter(range(1000))):
            if number == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        use()
    gc.collect()
    assert threads() == []


def test_an_item_is_let_go_with_its_caller() -> None:
    class Item:
        pass

    taken = ahead((Item() for _ in range(2)), 1)
    gone = weakref.ref(next(taken))
    assert gone() is None
    assert len(list(taken)) == 1


def noted(made: list[int], number: int) -> int:
    made.append(number)
    return number


def test_nothing_is_made_before_the_first_item_is_asked_for() -> None:
    made: list[int] = []
    unused = ahead(noted(made, number) for number in range(3))
    assert (made, threads()) == ([], [])
    assert list(unused) == [0, 1, 2]
