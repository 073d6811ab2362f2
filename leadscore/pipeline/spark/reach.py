"""reach: whether anybody listens at the address of an engine, and how messages name it."""

from __future__ import annotations

import os
import socket
from contextlib import suppress

from leadscore.errors import Problem, UsageError, shown

CONNECT = "sc://"
"""What the address of a Spark Connect server begins with."""
PORTS = {CONNECT: 15002, "spark://": 7077}
"""Of the addresses that name a machine: where its engine answers unless they say otherwise."""
PATIENCE = 10.0
"""Seconds an engine may take to answer, or to end its tasks."""


def refuse_silent(master: str) -> None:
    """Raise UsageError where nobody listens: Spark itself would try for a minute, and Connect for ten."""
    scheme, _, rest = master.partition("://")
    port = PORTS.get(f"{scheme}://")
    # Whoever reaches the engine by a proxy need not reach it without one.
    if port is None or any(name.lower().endswith("_proxy") for name in os.environ):
        return
    for place in rest.partition("/")[0].split(","):
        host, _, own = place.rpartition(":") if place.rpartition(":")[2].isdigit() else (place, "", port)
        with (
            suppress(OSError, OverflowError),
            socket.create_connection((host.strip("[]"), int(own)), PATIENCE),
        ):
            return
    hint = "see that the address is right and the engine runs"
    raise UsageError(Problem("--master", what=f"no engine at {named(master)} answers", hint=hint))


def named(master: str) -> str:
    """An address as messages name it: without its parameters, which may be a token."""
    return repr(shown(master.partition(";")[0]))
