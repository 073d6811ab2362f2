"""test_cli: however a run ends, the user meets plain lines and an exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from leadscore import __version__
from tests.conftest import ROOT
from tests.running import run as run_here, run_alone

FAIL = """
import sys
from leadscore import cli
from leadscore.errors import *
@cli.app.command()
def fail() -> None:
    {body}
sys.argv = ["leadscore", {arguments}]
cli.main()
"""


def run(
    body: str = "pass", arguments: str = '"fail"', **environment: str
) -> subprocess.CompletedProcess[str]:
    code = FAIL.format(body=body, arguments=arguments)
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize(
    ("body", "code", "lines"),
    [
        ("pass", 0, []),
        ("return 5", 5, []),
        ("raise cli.typer.Exit(5)", 5, []),
        ("raise KeyboardInterrupt", 130, []),
        ("raise MemoryError", 6, ["could not finish: not enough memory"]),
        ("raise KeyError('CANARY')", 1, ["a bug in leadscore: KeyError; please report it"]),
        ("raise OSError(28, 'CANARY')", 6, ["could not finish: No space left on device"]),
        (
            "raise ConfigError([Problem('a.yml', 3, 1, 'x', 'is bad', 'drop it'), Problem('b[/b]')])",
            3,
            ["a.yml:3:1: x: is bad; drop it", "b[/b]"],
        ),
        (r"raise InputError(Problem('a\x1b]0;\n\u202e.csv'))", 4, [r"a\x1b]0;\n\u202e.csv"]),
        ("raise InputError(Problem('leads of ۶۰ é\u200cب.csv'))", 4, ["leads of ۶۰ é\u200cب.csv"]),
        (r"raise InputError(Problem('\udcff.csv'))", 4, [r"\udcff.csv"]),
    ],
)
def test_an_end_has_one_exit_code(body: str, code: int, lines: list[str]) -> None:
    done = run(body)
    assert (done.returncode, done.stdout, done.stderr.splitlines()) == (code, "", lines)


def test_a_traceback_is_shown_on_request() -> None:
    done = run("raise KeyError('x')", LEADSCORE_TRACEBACK="1")
    assert done.returncode == 1
    assert "Traceback" in done.stderr


@pytest.mark.parametrize("arguments", ['"nope"', '"fail", "--nope"', '"--nope"', r'"fail", "a\x1b[2J\n"'])
def test_a_wrong_command_line_is_exit_2(arguments: str) -> None:
    done = run(arguments=arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "\x1b" not in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_no_arguments_show_the_help() -> None:
    done = run(arguments="")
    assert done.returncode == 2
    assert "Usage: leadscore" in done.stderr


def test_the_version() -> None:
    done = run(arguments='"--version"')
    assert (done.returncode, done.stdout) == (0, f"leadscore {__version__}\n")


@pytest.mark.parametrize("size", [10, 10_000_000])
def test_a_closed_pipe_is_no_bug(size: int) -> None:
    code = FAIL.format(body=f"print('x' * {size})", arguments='"fail"')
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stdout=write, stderr=subprocess.PIPE, text=True
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (7, "")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_a_signal_clears_up_on_the_way_out(number: int) -> None:
    body = "\n    ".join(
        ["import time", "try: print('up', flush=True); time.sleep(30)", "finally: print('cleared')"]
    )
    code = FAIL.format(body=body, arguments='"fail"')
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(number)
        assert process.stdout.read() == "cleared\n"
    assert process.returncode == 128 + number


def test_what_a_library_makes_of_a_signal_is_still_a_stop_and_no_bug() -> None:
    body = "\n    ".join(
        [
            "import os, signal, time",
            "try: os.kill(os.getpid(), signal.SIGTERM); time.sleep(5)",
            "except SystemExit: raise ValueError('CANARY')",
        ]
    )
    done = run(body)
    assert (done.returncode, done.stdout, done.stderr) == (143, "", "")


@pytest.mark.parametrize("stdout", [">/dev/full", ">&-", ">&- 2>&-", ">/dev/full 2>/dev/full"])
@pytest.mark.parametrize(
    ("body", "code"), [("print('x')", 7), ("pass", 0), ("return 5", 5), ("raise InputError(Problem('a'))", 4)]
)
def test_a_stdout_that_takes_nothing(stdout: str, body: str, code: int) -> None:
    program = FAIL.format(body=body, arguments='"fail"')
    done = subprocess.run(
        ["bash", "-c", f'"$0" -c "$1" {stdout}', sys.executable, program],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == code
    assert done.stderr == ("a\n" if code == 4 and "2>" not in stdout else "")


def test_a_closed_stderr_changes_no_exit_code() -> None:
    program = FAIL.format(body="raise InputError(Problem('a'))", arguments='"fail"')
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, stderr=write, stdout=subprocess.PIPE)
    os.close(write)
    assert (done.returncode, done.stdout) == (4, b"")


def test_cron_has_no_locale() -> None:
    program = FAIL.format(
        body="print('\u00e9 \u06f6'); raise InputError(Problem('\u00e9'))", arguments='"fail"'
    )
    done = subprocess.run(
        ["env", "-i", "LC_ALL=C", "PYTHONIOENCODING=ascii", sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
    )
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (4, "\u00e9 \u06f6\n", "\u00e9\n")


HEAVY = {"numpy", "pandas", "pyarrow", "yaml"}


# Typer itself imports pydantic once a command's own options are read.
@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], HEAVY | {"pydantic"}),
        (["--version"], HEAVY | {"pydantic"}),
        (["score", "--help"], HEAVY),
        (["explain", "--help"], HEAVY),
        (["nope"], HEAVY),
    ],
)
def test_help_imports_nothing_heavy(arguments: list[str], heavy: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "leadscore", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "typer" in imported
    assert imported & heavy == set()


@pytest.mark.parametrize("command", ["score", "explain"])
def test_the_help_names_every_option_in_plain_letters(command: str) -> None:
    ended = run_alone(command, "--help")
    assert (ended.code, ended.stderr) == (0, "")
    assert "\x1b" not in ended.stdout
    for option in ("--config", "--as-of", "--set", "--json", "--help"):
        assert option in ended.stdout


def test_a_run_in_this_process_and_one_of_its_own_say_the_same() -> None:
    for arguments in (["nope"], ["score", "not there.csv", "-c", "not there.yml", "-o", "out"], ["explain"]):
        assert run_here(*arguments) == run_alone(*arguments)
