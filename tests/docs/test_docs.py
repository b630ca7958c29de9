"""The documents keep their form: every row once, every link and file there, no word twice."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("README.md")])
STATES = {"met", "part", "open"}
COLUMNS = ["no.", "source", "phrase", "requirement", "app", "", "state", "where"]
SOURCES = {"000", "001", "002", "003", "004"}
OWNERS = {"tenants", "risk", "credit", "campaigns", "analytics", "support", "portal", "ops"}
NO_CODE = "—"
# A named file has a folder and a suffix; a bare word in backticks is a name, not a file.
FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|md|js|css|html|yml|yaml|toml|csv|jsonl))[`:]")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TEXT = {".py", ".md", ".html", ".js", ".css", ".toml", ".yml", ".yaml", ".po", ".json", ".sh"}
# A path of one machine begins so. What a container has inside is the same everywhere.
PLACE = re.compile(r"(?<![\w.~}/-])/(?:work|tmp|root)(?![\w-])")
CONTAINERS = {"Dockerfile", "docker-compose.yml"}
SKIPPED = {".git", ".venv", ".data", "node_modules", "staticfiles", "htmlcov", ".hypothesis",
           ".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache"}  # fmt: skip


def rows_of(page: Path) -> Iterator[list[str]]:
    """The cells of each table row, heads and rules included."""
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip().strip("|").split("|")]


def requirements() -> list[list[str]]:
    return [cells for cells in rows_of(DOCS / "requirements.md") if cells[0].isdigit()]


def rows() -> list[list[str]]:
    return [cells for cells in requirements() if len(cells) == len(COLUMNS)]


def named_files(text: str) -> set[str]:
    return set(FILE.findall(text))


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_every_requirement_is_there_once() -> None:
    assert [int(cells[0]) for cells in requirements()] == list(range(1, 391))
    assert [len(cells) for cells in requirements()] == [len(COLUMNS)] * 390


def test_each_table_of_requirements_has_the_same_columns() -> None:
    heads = [cells for cells in rows_of(DOCS / "requirements.md") if cells[0] == "no."]
    assert heads == [COLUMNS] * len(SOURCES)


def test_cells_use_the_vocabulary() -> None:
    assert {cells[1] for cells in rows()} == SOURCES
    assert {cells[4] for cells in rows()} <= OWNERS
    assert {cells[5] for cells in rows()} == {"S", "I"}
    assert {cells[6] for cells in rows()} <= STATES
    assert [cells[0] for cells in rows() if not cells[2] or not cells[3]] == []


def test_the_counts_at_the_top_are_the_rows() -> None:
    said = {
        cells[0]: int(cells[1])
        for cells in rows_of(DOCS / "requirements.md")
        if cells[0] in {*STATES, "all"}
    }
    counted = Counter(cells[6] for cells in rows())
    assert said == {**{state: counted[state] for state in STATES}, "all": 390}


def test_what_is_met_names_its_test_and_what_is_open_names_nothing() -> None:
    without_test = [
        cells[0]
        for cells in rows()
        if cells[6] == "met" and not any("test_" in file for file in named_files(cells[7]))
    ]
    assert without_test == []
    assert [cells[0] for cells in rows() if cells[6] == "part" and cells[7] == NO_CODE] == []
    assert {cells[7] for cells in rows() if cells[6] == "open"} <= {NO_CODE}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_named_file_is_there(page: Path) -> None:
    named = named_files(page.read_text(encoding="utf-8"))
    assert sorted(file for file in named if not (ROOT / file).exists()) == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    targets = [
        target.partition("#")[0]
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith(("#", "mailto:"))
    ]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_decision_is_listed_and_numbered_once() -> None:
    pages = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))
    listed = LINK.findall((DOCS / "decisions" / "README.md").read_text(encoding="utf-8"))
    assert listed == pages
    assert [page[:4] for page in pages] == [f"{no:04d}" for no in range(1, len(pages) + 1)]
    titles = [
        (DOCS / "decisions" / page).read_text(encoding="utf-8").splitlines()[0] for page in pages
    ]
    assert [title[:7] for title in titles] == [f"# {page[:4]} " for page in pages]


def pains() -> list[list[str]]:
    return [cells for cells in rows_of(DOCS / "pains.md") if cells[0].isdigit()]


def test_every_complaint_is_there_once_and_in_few_words() -> None:
    assert [int(cells[0]) for cells in pains()] == list(range(1, 136))
    assert {len(cells) for cells in pains()} == {4}
    too_long = [
        cells[0]
        for cells in pains()
        if len(cells[1].split()) > 12 or len(cells[2].split()) > 20 or not TEST.findall(cells[3])
    ]
    assert too_long == []


def test_every_complaint_names_tests_that_are_there() -> None:
    named = [(cells[0], *test) for cells in pains() for test in TEST.findall(cells[3])]
    assert len(named) == sum(cells[3].count("`") // 2 for cells in pains())
    missing = [
        (number, file, test)
        for number, file, test in named
        if f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_a_term_has_one_line() -> None:
    terms = [cells[0] for cells in rows_of(DOCS / "glossary.md") if cells[0] not in {"term", "---"}]
    assert [term for term, count in Counter(terms).items() if count > 1] == []


def texts() -> Iterator[Path]:
    """Every text of ours: what is generated or fetched is not."""
    for top in ROOT.iterdir():
        if top.name in SKIPPED:
            continue
        for path in [top, *top.rglob("*")]:
            generated = {"__pycache__", "vendor"} & set(path.parts)
            if path.suffix in TEXT and path.name not in CONTAINERS and not generated:
                yield path


def test_no_text_names_a_place_of_one_machine() -> None:
    found = {
        name(path): PLACE.findall(path.read_text(encoding="utf-8", errors="replace"))
        for path in texts()
    }
    assert {page: places for page, places in found.items() if places} == {}
