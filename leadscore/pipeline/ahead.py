"""ahead: an iterator that works in a thread of its own, a few items before they are asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from threading import Semaphore, Thread
from typing import Generic, TypeVar

_Item = TypeVar("_Item")


def ahead(items: Iterable[_Item], depth: int = 2) -> Generator[_Item, None, None]:
    """The same items in the same order, made while the caller works on those before.

    ``depth``: items that are waiting or in the making at most, beside the one the caller has; memory is held
    for so many. ``items`` runs in the thread from its first item to its end, and is closed there. What it
    raises is raised here, after the items before. The thread is gone when this iterator ends or is closed.
    """
    return _Ahead(items, depth).take()


class _Ahead(Generic[_Item]):
    def __init__(self, items: Iterable[_Item], depth: int) -> None:
        self.items, self.waiting = items, deque[_Item]()
        # Two counters in place of a queue: neither side looks up again and again whether the other is gone.
        self.room, self.ready = Semaphore(depth), Semaphore(0)
        self.stopped, self.failed = False, list[BaseException]()

    def take(self) -> Generator[_Item, None, None]:
        # A daemon: a caller that is gone without closing this must not keep the program from ending.
        thread = Thread(target=self._make, name="ahead", daemon=True)
        thread.start()
        try:
            while self._has_next():
                self.room.release()
                yield self.waiting.popleft()  # unnamed: only the caller says how long an item is kept
        finally:
            self.stopped = True
            self.room.release()
            thread.join()
        if self.failed:
            raise self.failed.pop()

    def _has_next(self) -> bool:
        self.ready.acquire()  # a KeyboardInterrupt ends this wait
        return bool(self.waiting)

    def _make(self) -> None:
        try:
            iterator = iter(self.items)
            try:
                while self._has_room():
                    self.waiting.append(next(iterator))
                    self.ready.release()
            finally:
                getattr(iterator, "close", bool)()
        except StopIteration:
            pass
        except BaseException as error:  # whatever it is, it belongs to the caller
            self.failed.append(error)
        finally:
            self.ready.release()  # with nothing waiting: the end

    def _has_room(self) -> bool:
        self.room.acquire()
        return not self.stopped
