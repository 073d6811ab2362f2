"""test_layout: the rules for where code lives, what it imports and how long it gets."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "leadscore"
MODULES = sorted(PACKAGE.rglob("*.py"))
TOP_LEVEL = {"pyproject.toml", "README.md", "leadscore", "tests", "sample_data", "configs"}
DOT_FILES = {".ci", ".gitattributes", ".gitignore", ".pre-commit-config.yaml", ".pre-commit-hooks.yaml"}

# Imports go from right to left. A module beside these (operators, decays, text ...) is BASIC.
BASIC = "operators, decays"
LAYERS = ["errors", BASIC, "rules", "model", "pipeline", "analysis", "views", "commands", "cli"]
LAYERS += ["__main__", "__init__"]  # the ways in

ONLY_IN = {"typer": {"commands", "cli"}, "rich": {"views", "commands", "cli"}, "yaml": {"model"}}
HEAVY = {"pandas", "pyarrow", "numpy", "pydantic"}
BANNED_CALLS = {"apply", "eval", "exec", "iterrows", "itertuples", "query"}
OPENING_CALLS = {"open", "fdopen", "read_bytes", "read_text", "write_bytes", "write_text"}
OPENING_MODULES = {
    *("model/load.py", "model/preset.py", "pipeline/publish.py", "pipeline/source.py", "pipeline/staged.py"),
    *("pipeline/write.py", "pipeline/kept.py", "pipeline/workbook.py"),
    *("pipeline/target.py", "pipeline/lock.py", "pipeline/switch.py"),  # what publishing is made of
    "pipeline/spark/session.py",  # a file for what the engine prints
    "commands/streams.py",  # /dev/null, for what a closed stdout can no longer take
}

BUDGET, LIMIT = 200, 300
LONGER_BECAUSE: dict[str, str] = {}


def name_of(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def layer_of(name: str) -> str:
    part = name.split(".")[0].split("/")[0].removesuffix(".py")
    return part if part in LAYERS else BASIC


def tree_of(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def imports_of(module: Path) -> Iterator[str]:
    """Every imported name with its dots, those inside functions and under TYPE_CHECKING as well."""
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls_in(module: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", ""))


def siblings_imported_by(module: Path) -> Iterator[str]:
    for name in imports_of(module):
        target = name.removeprefix("leadscore.")
        if target != name and not target.startswith("__"):
            yield target


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True)


every_module = pytest.mark.parametrize("module", MODULES, ids=name_of)


@every_module
def test_imports_go_one_way(module: Path) -> None:
    own = LAYERS.index(layer_of(name_of(module)))
    assert [name for name in siblings_imported_by(module) if LAYERS.index(layer_of(name)) > own] == []


@every_module
def test_a_library_stays_in_its_layer(module: Path) -> None:
    foreign = {name.split(".")[0] for name in imports_of(module)} & ONLY_IN.keys()
    assert [name for name in foreign if layer_of(name_of(module)) not in ONLY_IN[name]] == []


@every_module
def test_nothing_runs_config_text_or_walks_over_rows(module: Path) -> None:
    assert BANNED_CALLS & set(calls_in(module)) == set()


@every_module
def test_files_are_opened_in_few_places(module: Path) -> None:
    if name_of(module) not in OPENING_MODULES:
        assert OPENING_CALLS & set(calls_in(module)) == set()


@every_module
def test_a_module_opens_with_a_line_that_its_name_begins(module: Path) -> None:
    name = module.parent.name if module.stem == "__init__" else module.stem
    first, _, rest = (ast.get_docstring(tree_of(module)) or "").partition("\n")
    assert first.startswith(f"{name}: ")
    assert rest == "" or rest.startswith("\n")


@every_module
def test_a_file_can_be_read_in_one_sitting(module: Path) -> None:
    length = len(module.read_text(encoding="utf-8").splitlines())
    assert length <= (LIMIT if name_of(module) in LONGER_BECAUSE else BUDGET)


def test_every_longer_file_is_one_and_says_why() -> None:
    lengths = {name_of(module): len(module.read_text(encoding="utf-8").splitlines()) for module in MODULES}
    assert [name for name, why in LONGER_BECAUSE.items() if lengths.get(name, 0) <= BUDGET or not why] == []


def test_the_top_level_holds_what_it_should_and_nothing_else() -> None:
    try:
        listed = run("git", "ls-files").stdout.splitlines()
    except FileNotFoundError:
        pytest.skip("git is not installed")
    found = {line.split("/")[0] for line in listed}
    if not found:
        pytest.skip("this is not a git checkout")
    assert found - DOT_FILES == TOP_LEVEL


def test_the_installed_package_is_whole() -> None:
    try:
        installed = {str(file) for file in metadata.files("leadscore") or ()}
    except metadata.PackageNotFoundError:
        pytest.skip("the package is not installed")
    if "leadscore/__init__.py" not in installed:
        pytest.skip("an editable install is the checkout itself")
    files = [path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert {path.relative_to(ROOT).as_posix() for path in files} - installed == set()


def test_help_loads_nothing_heavy() -> None:
    code = f"""
import sys
import leadscore.cli
sys.argv = ["leadscore", "--help"]
try:
    leadscore.cli.main()
finally:
    print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)
"""
    done = run(sys.executable, "-c", code)
    assert "Usage: leadscore" in done.stdout
    assert (done.returncode, done.stderr) == (0, "[]\n")


def test_a_run_on_csv_files_does_not_load_what_is_for_parquet_files(tmp_path: Path) -> None:
    export, config = ROOT / "sample_data/leads.csv", ROOT / "configs/b2b_saas.yml"
    code = f"""
import sys
import leadscore.cli
sys.argv = ["leadscore", "score", {str(export)!r}, "-c", {str(config)!r}, "-o", {str(tmp_path / "out")!r}]
sys.argv += ["--as-of", "2026-06-30", "--quiet", "--no-cache"]
try:
    leadscore.cli.main()
finally:
    print(sorted({{"pyarrow.parquet", "rich"}} & set(sys.modules)))
"""
    done = run(sys.executable, "-c", code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_importing_leadscore_loads_nothing_heavy() -> None:
    code = f"import leadscore, sys; print(sorted({HEAVY!r} & set(sys.modules)))"
    assert run(sys.executable, "-c", code).stdout == "[]\n"
