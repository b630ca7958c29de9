"""Collecting and checking translations with Babel, so that no GNU gettext has to be installed."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
}  # fmt: skip
APPS = ("platform_app", "tenants", "risk", "credit", "campaigns", "analytics")
LOCALE = "zh_Hans"


def catalogue_path() -> Path:
    return Path(settings.ROOT) / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def _empty() -> Catalog:
    """Without dates and names in its head, so that only translations make a difference."""
    born = datetime(2026, 11, 21, tzinfo=UTC)
    return Catalog(
        locale=LOCALE, charset="utf-8", fuzzy=False, project="Baitiao", version="1",
        header_comment="# Baitiao in Chinese.", creation_date=born, revision_date=born,
        last_translator="Baitiao", language_team="zh_Hans", msgid_bugs_address="",
        copyright_holder="Baitiao",
    )  # fmt: skip


def extracted() -> Catalog:
    """Every msgid of our Python and templates, with where it stands."""
    catalogue = _empty()
    for path, source in _sources():
        # `templatize` leaves calls between blanked-out text: not Python, but a lexer that looks for
        # calls only reads it well.
        method = "python" if path.suffix == ".py" else "javascript"
        for line, found, _, context in extract(method, io.BytesIO(source), keywords=KEYWORDS):
            place = (str(path.relative_to(settings.ROOT)), line)
            catalogue.add(found, locations=[place], context=context)
    return catalogue


def stored() -> Catalog:
    """The catalogue as it is kept."""
    path = catalogue_path()
    if not path.exists():
        return _empty()
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def update() -> list[str]:
    """Write the catalogue anew, keeping translations; return the msgids still without one."""
    catalogue, kept = extracted(), stored()
    for message in catalogue:
        before = kept.get(message.id, message.context) if message.id else None
        if before is not None and before.string:
            message.string = before.string
    path = catalogue_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, sort_output=True, no_location=True, omit_header=False)
    return missing()


def missing() -> list[str]:
    """Msgids in use that the catalogue does not translate completely."""
    kept = stored()
    return [str(m.id) for m in extracted() if m.id and not _is_complete(kept, m)]


def _is_complete(kept: Catalog, message: Message) -> bool:
    found = kept.get(message.id, message.context)
    if found is None or found.fuzzy:
        return False
    strings = found.string if isinstance(found.string, list | tuple) else [found.string]
    return all(strings)


def _sources() -> Iterator[tuple[Path, bytes]]:
    for app in APPS:
        for path in sorted((Path(settings.ROOT) / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_bytes()
    for path in sorted((Path(settings.ROOT) / "templates").rglob("*.html")):
        yield path, templatize(path.read_text(), origin=str(path)).encode()
