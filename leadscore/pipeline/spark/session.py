"""session: the Spark engine a run works on: one that is started here, a cluster, or one to connect to."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leadscore.errors import LeadscoreError, Problem, PublishError, UsageError
from leadscore.pipeline.spark.reach import CONNECT, PATIENCE, named, refuse_silent

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOCAL = "local[*,4]"
"""Where no master is named: this machine, with all of its processors; a task is tried so often."""
BATCH_ROWS = 20_000
"""Leads in a batch that goes between Spark and Python."""

# What the same bytes on every engine ask for.
_ALWAYS = {
    "spark.sql.adaptive.coalescePartitions.enabled": "false",
    "spark.sql.ansi.enabled": "true",
    # What a join is small enough for is known once its rows are there, not before: they are made by tasks.
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.adaptive.autoBroadcastJoinThreshold": "10MB",
    "spark.sql.caseSensitive": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH_ROWS),
    "spark.sql.execution.arrow.useLargeVarTypes": "true",
    "spark.sql.session.timeZone": "UTC",
}
# What a run in a terminal wants; spark-defaults.conf cannot say otherwise, but it can say all the rest.
_AT_START = {
    "spark.app.name": "leadscore",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


@contextmanager
def open_session(master: str = "", settings: Mapping[str, str] | None = None) -> Iterator[SparkSession]:
    """A session on ``master``: an address such as local[2], spark://host:7077 or sc://host:15002.

    ``settings``: Spark's own, by name; they go before what is set here. What the engine itself prints goes
    to a file, which is removed unless the engine fails. Raises UsageError in one sentence where PySpark or
    Java is missing, or the engine does not answer, PublishError where it fails later.
    """
    asked = {**_ALWAYS, **(settings or {})}
    connect = _connection(master or LOCAL, {**_AT_START, **asked})
    with warnings.catch_warnings(), _engine_log() as log:
        # PySpark doubts the newest pandas. No frame of pandas goes through it here, only Arrow's batches.
        warnings.simplefilter("ignore")
        try:
            with _printing_to(log), _stops_kept():
                session = connect()
        except Exception as error:  # whatever the engine raises: its own texts fill pages
            what = f"no engine at {named(master)} answers" if master else "Spark cannot be started"
            hint = f"see that the address is right and the engine runs; its own words are in {log}"
            raise UsageError(
                Problem("--master", what=f"{what} ({type(error).__name__})", hint=hint)
            ) from None
        for name, value in asked.items():
            if name.startswith("spark.sql."):
                session.conf.set(name, value)
        try:
            with _told(log):
                yield session
        finally:
            with suppress(Exception):  # an engine that has died cannot be stopped any more
                session.stop()


def refuse_without_spark(master: str) -> None:
    """Raise UsageError where PySpark is not installed, or Spark would find no Java to run on."""
    try:
        import pyspark  # noqa: F401 (only whether it is there)
    except ImportError:
        what, hint = (
            "Spark needs PySpark, which is not installed",
            'install it: pip install "leadscore[spark]"',
        )
        raise UsageError(Problem("--engine", what=what, hint=hint)) from None
    if master.startswith(CONNECT):
        return
    home = os.environ.get("JAVA_HOME", "")
    found = Path(home, "bin", "java").is_file() if home else shutil.which("java") is not None
    if not found:
        where = f"there is none in JAVA_HOME ({home})" if home else "there is none on this machine"
        hint = "install Java 17 or newer, or name an engine that runs elsewhere: --master sc://HOST:15002"
        raise UsageError(Problem("--engine", what=f"Spark runs on Java, and {where}", hint=hint))


def _connection(master: str, settings: Mapping[str, str]) -> Callable[[], SparkSession]:
    refuse_without_spark(master)
    refuse_silent(master)
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder
    if master.startswith(CONNECT):
        return builder.remote(master).getOrCreate  # type: ignore[no-any-return]
    # Tasks run the Python this run does, unless an administrator has said which.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    builder = builder.master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate  # type: ignore[no-any-return]


@contextmanager
def end_tasks(session: SparkSession) -> Iterator[None]:
    """Where the block fails, no task of the session goes on: what they wrote is about to be removed."""
    try:
        yield
    except BaseException:
        # By a thread of its own: a stop may have come while this one waited for the engine's answer, which
        # would be taken for the answer to this.
        ending = threading.Thread(target=_interrupt, args=(session,), daemon=True)
        ending.start()
        ending.join(PATIENCE)
        raise


def _interrupt(session: SparkSession) -> None:
    with suppress(Exception):  # an engine that has died has no tasks
        session.interruptAll()


@contextmanager
def _engine_log() -> Iterator[str]:
    """A file for what the engine prints, for its user alone; it stays where a message names it."""
    descriptor, name = tempfile.mkstemp(prefix="leadscore-engine-", suffix=".log")
    os.close(descriptor)
    try:
        yield name
    except BaseException as error:
        if name not in str(error):  # nobody is sent to it
            Path(name).unlink(missing_ok=True)
        raise
    Path(name).unlink(missing_ok=True)


@contextmanager
def _printing_to(log: str) -> Iterator[None]:
    """What is started in the block prints there instead of to the terminal, for as long as it lives."""
    sys.stderr.flush()
    before, there = os.dup(2), os.open(log, os.O_WRONLY | os.O_APPEND)
    try:
        os.dup2(there, 2)
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)
        os.close(there)


@contextmanager
def _told(log: str) -> Iterator[None]:
    """What the engine raises as one sentence: its own texts may quote what it worked on."""
    try:
        yield
    except LeadscoreError:
        raise
    except Exception as error:
        if type(error).__module__.split(".")[0] not in ("pyspark", "py4j", "grpc") and not isinstance(
            error, ConnectionError
        ):
            raise
        _append(log, str(error))
        what = f"the engine failed ({type(error).__name__}); nothing was published"
        hint = f"run it again; the engine's own words are in {log}"
        raise PublishError(Problem("--engine", what=what, hint=hint)) from None


@contextmanager
def _stops_kept() -> Iterator[None]:
    """A stop is answered as ever: Spark's own answer to Ctrl-C prints pages, and so does its client's log."""
    logging.getLogger().addHandler(logging.NullHandler())
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if before is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, before)


def _append(log: str, text: str) -> None:
    """What the engine answered, beside what it printed."""
    with suppress(OSError), Path(log).open("a", encoding="utf-8", errors="replace") as file:
        file.write(f"{text}\n")
