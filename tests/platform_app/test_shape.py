"""The shape of the code, checked the way behavior is checked."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("tenants", "risk", "credit", "campaigns", "analytics")
WRITES = {
    "create", "bulk_create", "bulk_copy", "get_or_create", "update_or_create", "bulk_update",
    "update", "delete", "save",
}  # fmt: skip
MODULES = [
    path
    for top in ("platform_app", *APPS)
    for path in sorted((ROOT / top).rglob("*.py"))
    if "migrations" not in path.parts and "node_modules" not in path.parts
]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


each_module = pytest.mark.parametrize("path", MODULES, ids=name_of)


def foreign_models(path: Path, tree: ast.Module) -> set[str]:
    """Names of classes imported from another app's models."""
    app = path.relative_to(ROOT).parts[0]
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {
        alias.asname or alias.name
        for node in imports
        if ".models" in str(node.module)
        and str(node.module).split(".")[0] in APPS
        and str(node.module).split(".")[0] != app
        for alias in node.names
    }


def root_of(node: ast.AST) -> str:
    """`Merchant` of `Merchant.objects.filter(…).exclude(…)`."""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


@each_module
def test_a_module_fits_in_one_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


@each_module
def test_only_the_owner_writes_a_table(path: Path) -> None:
    tree = ast.parse(path.read_text())
    written = {
        root_of(node.func.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
    }
    assert foreign_models(path, tree) & written == set()


@each_module
def test_no_other_apps_table_is_written_by_hand(path: Path) -> None:
    app = path.relative_to(ROOT).parts[0]
    texts = [
        " ".join(node.value.lower().split())
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    for other in set(APPS) - {app}:
        for verb in ("insert into", "update", "delete from", "truncate"):
            assert not [text for text in texts if f"{verb} {other}_" in text.replace('"', "")]


@each_module
def test_a_docstring_opens_every_module_with_code(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert not tree.body or ast.get_docstring(tree)


@each_module
def test_no_signals_no_hidden_defaults(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assigned = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name == "Meta"
        for line in node.body
        if isinstance(line, ast.Assign)
        for target in line.targets
        if isinstance(target, ast.Name)
    }
    assert "ordering" not in assigned
    methods = {
        item.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and "models" in path.parts
        for item in node.body
        if isinstance(item, ast.FunctionDef)
    }
    assert not methods & {"save", "clean", "full_clean", "delete"}


@pytest.mark.parametrize("app", APPS)
def test_every_part_of_an_app_has_its_place_in_the_layers(app: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (inside,) = [one for one in contracts["contracts"] if one["id"] == "inside"]
    words = set(re.findall(r"[a-z]+", " ".join(inside["layers"])))
    parts = {path.stem for path in (ROOT / app).iterdir() if path.suffix == ".py" or path.is_dir()}
    assert parts - words - {"__init__", "__pycache__", "apps", "migrations"} == set()


@pytest.mark.parametrize("word", ["core", "common", "utils", "services", "helpers", "misc"])
def test_no_drawer_for_everything(word: str) -> None:
    found = [path for path in MODULES if word in {*path.parts, path.stem}]
    assert found == []
