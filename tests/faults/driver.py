"""driver: a process that has loaded what runs need; each run of the command is a fork of it.

    python driver.py GO

Reads one JSON request per line and answers each with a number. ``{"run": [...], "folder": ..., "said": ...,
"memory": ...}`` forks a run that waits for one byte from the pipe ``GO``, and answers its process id;
``memory`` is how many bytes beside the libraries it may take, or null. ``{"wait": ID}`` answers how it ended,
below zero for a signal. What comes before the wait for the byte comes before any tracer counts calls.
"""

import gc
import json
import os
import resource
import sys


def _load() -> None:
    """What a run loads before it publishes; what it loads later, it loads under the fault."""
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401
    import rich.console
    import rich.table  # noqa: F401

    import leadscore.cli
    import leadscore.model.build
    import leadscore.pipeline.run  # noqa: F401

    gc.freeze()  # or each fork would copy all of it while it looks for garbage


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _limit_memory(more: int) -> None:
    """So many bytes of address space more than there are now, and then no more."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  nothing is to be loaded here
        pages = int(file.read().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more,) * 2)


def _become_run(request: dict[str, object], go: int) -> None:
    """The forked process until it is let go; then it is as one that was started by a shell."""
    said = os.open(str(request["said"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, place in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(descriptor, place)
    os.close(said)
    os.close(nothing)
    if request["memory"] is not None:
        _limit_memory(int(str(request["memory"])))
    arguments = request["run"]
    assert isinstance(arguments, list)
    sys.argv = ["leadscore", *arguments]
    os.chdir(str(request["folder"]))
    os.read(go, 1)
    os.close(go)


def main() -> None:
    """Answer requests until there are no more; in a fork, be the run."""
    _load()
    go = int(sys.argv[1])
    _answer(os.getpid())
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            _, status = os.waitpid(request["wait"], 0)
            _answer(os.waitstatus_to_exitcode(status))
        elif process := os.fork():
            _answer(process)
        else:
            _become_run(request, go)
            from leadscore import cli

            cli.main()


if __name__ == "__main__":
    main()
