"""memory: whether a run may have the memory it needs, and what it looks like where it got none."""

from __future__ import annotations

import resource

from leadscore.errors import Problem, PublishError

NEEDED = 640 << 20
"""Bytes of address space that the libraries take before a lead is read; with less, some of them crash."""
_SAID = ("can't start new thread", "failed to map segment", "launch worker thread", "cannot allocate memory")


def refuse_small_limit() -> None:
    """Raise PublishError (exit 6) where `ulimit -v` leaves too little to begin with."""
    limit = _limit()
    if limit is not None and limit < NEEDED:
        what = f"this process may take only {limit >> 20:,} MB of address space"
        raise PublishError(Problem("", what=what, hint=f"a run needs {NEEDED >> 20:,} MB; raise ulimit -v"))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a library was refused memory and says so in its own words."""
    text = str(error).lower()
    # Under a limit a library may fail without saying why.
    return any(said in text for said in _SAID) or (isinstance(error, SystemError) and _limit() is not None)


def _limit() -> int | None:
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if limit == resource.RLIM_INFINITY else limit
