"""check: every fault and doubt of a config, before a run meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from leadscore.commands.common import (
    AsOf,
    Events,
    Join,
    Json,
    NoCache,
    Set,
    loading,
    open_cache,
    print_json,
    read_as_of,
)
from leadscore.commands.completion import complete_doubt, complete_refusal
from leadscore.errors import ConfigError, InputError, Problem

if TYPE_CHECKING:
    from datetime import date

    from leadscore.analysis.check import Checked
    from leadscore.model.lint import Finding

Config = Annotated[Path | None, typer.Argument(help="The scoring model, a YAML file.", show_default=False)]
Exports = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[EXPORT]...", help="An export, or several as one, to hold it against.", show_default=False
    ),
]
Explain = Annotated[
    str | None,
    typer.Option(
        "--explain",
        metavar="CODE",
        help="Explain one kind of doubt.",
        show_default=False,
        autocompletion=complete_doubt,
    ),
]
FailOn = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on",
        metavar="CODE",
        help="Exit 3 where there is a doubt of this kind; any: of whatever kind. May be given again.",
        show_default=False,
        autocompletion=complete_refusal,
    ),
]
Previous = Annotated[
    Path | None,
    typer.Option(
        "--previous",
        metavar="RUN",
        help="An earlier run's folder: what is suddenly unknown, or read from another column?",
        show_default=False,
    ),
]
Form = Annotated[
    Literal["text", "plain", "sarif"],
    typer.Option(
        "--format", help="plain: a line per doubt, file:line:column. sarif: SARIF 2.1.0, for code hosts."
    ),
]
Resolved = Annotated[
    bool,
    typer.Option(
        "--resolved", help="Print the config as it stands after extends and --set, and nothing else."
    ),
]

Each = Annotated[
    bool,
    typer.Option("--configs", help="All files named are configs, each checked by itself and told in lines."),
]


def check(
    config: Config = None, exports: Exports = None, as_of: AsOf = None, set_: Set = None, json_: Json = False,
    explain: Explain = None, events: Events = None, join: Join = None, resolved: Resolved = False,
    no_cache: NoCache = False, fail_on: FailOn = None, previous: Previous = None, form: Form = "text",
    each: Each = False,
) -> int:  # fmt: skip
    """List every fault (exit 3) and doubt (exit 0, or 3 with --fail-on) of a config."""
    with loading():
        from leadscore.analysis import check as checks

    if explain is not None:
        typer.echo(checks.explain_doubt(explain))
        return 0
    if config is None:
        raise typer.BadParameter("name a config, or a kind of doubt after --explain", param_hint="CONFIG")
    if json_ and form != "text":
        raise typer.BadParameter("is another form than --json; leave one of them out", param_hint="--format")
    if resolved:
        typer.echo(checks.resolve_config(config, set_ or ()), nl=False)
        return 0
    refuse = checks.refusal_of(fail_on or ())
    if each:
        if json_ or form == "sarif" or events or join or previous:
            raise typer.BadParameter("is for configs alone, told in lines", param_hint="--configs")
        return _check_each([config, *(exports or ())], set_ or (), read_as_of(as_of), refuse)
    files = checks.Files(exports or (), events or (), join or (), previous)
    with _faults_as(form, config):
        checked = checks.check_config(config, set_ or (), read_as_of(as_of), files, open_cache(no_cache))
    _show(checked, "json" if json_ else form)
    return ConfigError.exit_code if refuse(checked.findings) else 0


def _check_each(
    configs: Sequence[Path],
    overrides: Sequence[str],
    as_of: date,
    refuse: Callable[[Sequence[Finding]], bool],
) -> int:
    """Several configs, none of which is left out for the faults of another."""
    from leadscore.analysis.check import check_config

    problems: list[Problem] = []
    doubtful = False
    for config in configs:
        try:
            checked = check_config(config, overrides, as_of)
        except ConfigError as error:
            problems += error.problems
        else:
            _show(checked, "plain")
            doubtful |= refuse(checked.findings)
    if problems:
        raise ConfigError(problems)
    return ConfigError.exit_code if doubtful else 0


@contextmanager
def _faults_as(form: str, config: Path) -> Iterator[None]:
    """What refuses the config or the export is told in the form asked for as well."""
    try:
        yield
    except (ConfigError, InputError) as error:
        if form == "sarif":
            from leadscore.views.sarif import sarif_of_faults

            print_json(sarif_of_faults(error.problems, str(config)))
        raise


def _show(checked: Checked, form: str) -> None:
    from leadscore.views.check import check_json, check_lines, check_view
    from leadscore.views.sarif import sarif
    from leadscore.views.screen import plain, show

    if form == "json":
        print_json(check_json(checked))
    elif form == "sarif":
        print_json(sarif(checked))
    elif form == "plain":
        show(*map(plain, check_lines(checked)), stderr=False)
    else:
        show(*check_view(checked), stderr=False)
