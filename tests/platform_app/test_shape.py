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


TREES = {path: ast.parse(path.read_text()) for path in MODULES}


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


def calls_that_write(tree: ast.Module) -> set[str]:
    return {
        root_of(node.func.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
    }


def hand_written_sql(path: Path, tree: ast.Module) -> list[str]:
    """Texts that write a table of another app."""
    others = "|".join(set(APPS) - {path.relative_to(ROOT).parts[0]})
    texts = [
        " ".join(node.value.lower().split()).replace('"', "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    writes = re.compile(rf"(insert into|update|delete from|truncate) ({others})_")
    return [text for text in texts if writes.search(text)]


def meta_words(tree: ast.Module) -> set[str]:
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name == "Meta"
        for line in node.body
        if isinstance(line, ast.Assign)
        for target in line.targets
        if isinstance(target, ast.Name)
    }


def methods(tree: ast.Module) -> set[str]:
    return {
        item.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for item in node.body
        if isinstance(item, ast.FunctionDef)
    }


def test_a_module_fits_in_one_sitting() -> None:
    long = {name_of(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: lines for name, lines in long.items() if lines > 300} == {}


def test_only_the_owner_writes_a_table() -> None:
    assert [
        name_of(path)
        for path, tree in TREES.items()
        if foreign_models(path, tree) & calls_that_write(tree)
    ] == []


def test_no_other_apps_table_is_written_by_hand() -> None:
    found = {name_of(path): hand_written_sql(path, tree) for path, tree in TREES.items()}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_a_docstring_opens_every_module_with_code() -> None:
    assert [
        name_of(path) for path, tree in TREES.items() if tree.body and not ast.get_docstring(tree)
    ] == []


def test_no_signals_no_hidden_defaults() -> None:
    assert [name_of(path) for path, tree in TREES.items() if "ordering" in meta_words(tree)] == []
    hidden = {"save", "clean", "full_clean", "delete"}
    assert [
        name_of(path)
        for path, tree in TREES.items()
        if "models" in path.parts and methods(tree) & hidden
    ] == []


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
