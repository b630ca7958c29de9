"""A guide for developers, from Markdown to a page of the console: plain text in, safe HTML out.

Markup in a guide is shown as text, a link of an unsafe kind stays text, and nothing carries a style
of its own. Guides speak both languages side by side, English first: "Webhooks 事件通知".
"""

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

HAN: Final = re.compile(r"[\u3400-\u9fff]")
# A line that ends or begins so is broken for the width of the file: no blank is meant.
WIDE: Final = r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
BROKEN: Final = re.compile(rf"(?<={WIDE})\n(?={WIDE})")
NUMBER: Final = re.compile(r"^\d+\. ")
CODE: Final = re.compile(r"^`([a-z][a-z0-9_]*)`$")
CLIENTS: Final = "clients"
OUTSIDE: Final = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Heading:
    """A part of a guide: where it begins, and its name in the reader's language."""

    anchor: str
    name: str


@dataclass(frozen=True, slots=True)
class Guide:
    """What a page shows: `html` may be put into a page as it is."""

    slug: str
    title: str
    about: str
    headings: tuple[Heading, ...]
    html: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a page says around the text, in the reader's language."""

    copy: str
    copied: str
    table: str


def in_language(text: str, language: str) -> str:
    """The English or the Chinese half of "Webhooks 事件通知"; a leading number belongs to both."""
    found = HAN.search(text)
    number = NUMBER.match(text)
    start = number.end() if number else 0
    if found is None or found.start() == start:
        return text
    if language.startswith("zh"):
        return text[:start] + text[found.start() :]
    return text[: found.start()].strip()


def anchor_of(text: str) -> str:
    """As code hosts make it: lower case, letters and digits, hyphens for blanks."""
    kept = re.sub(r"[^\w\- ]", "", text.lower())
    return kept.strip().replace(" ", "-")


def read_guide(
    *, slug: str, text: str, language: str, others: frozenset[str], words: Words
) -> Guide:
    """One guide; links to `others` lead to their pages, links to other files become plain text."""
    tokens = _markdown().parse(text)
    title, tokens = _title(tokens)
    for token in tokens:
        if token.children is not None:
            token.children = list(_linked(_joined(token.children), others))
        token.attrs.pop("style", None)
    headings = tuple(_headings(tokens, language))
    _name_rows(tokens)
    return Guide(
        slug=slug,
        title=in_language(title, language),
        about=_about(tokens, language),
        headings=headings,
        html=_markdown().renderer.render(tokens, _markdown().options, {"words": words}),
    )


def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.add_render_rule("fence", _fence)
    made.add_render_rule("table_open", _table_open)
    made.add_render_rule("table_close", _table_close)
    return made


def _title(tokens: list[Token]) -> tuple[str, list[Token]]:
    """The page has a heading of its own: the guide's is taken out."""
    if len(tokens) > 1 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        return tokens[1].content, tokens[3:]
    return "", tokens


def _about(tokens: Sequence[Token], language: str) -> str:
    """What the guide is about: the quotation it begins with, in one of the languages."""
    for position, token in enumerate(tokens):
        if token.type == "blockquote_open":
            end = next(n for n in range(position, len(tokens)) if tokens[n].level == token.level
                       and tokens[n].type == "blockquote_close")  # fmt: skip
            said = [one.content for one in tokens[position:end] if one.type == "inline"]
            is_chinese = language.startswith("zh")
            found = next((one for one in said if bool(HAN.search(one)) == is_chinese), "")
            return BROKEN.sub("", found).replace("\n", " ")
    return ""


def _headings(tokens: Sequence[Token], language: str) -> Iterator[Heading]:
    """Every heading gets its anchor; those of the second rank are the table of contents."""
    for position, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        name = tokens[position + 1].content
        token.attrSet("id", anchor_of(name))
        if token.tag == "h2":
            yield Heading(anchor_of(name), in_language(name, language).replace("`", ""))


def _name_rows(tokens: Sequence[Token]) -> None:
    """A row that begins with a code can be pointed at: the first one of each code."""
    named: set[str] = set()
    for position, token in enumerate(tokens):
        if token.type != "tr_open" or position + 2 >= len(tokens):
            continue
        found = CODE.match(tokens[position + 2].content)
        if found and found[1] not in named:
            named.add(found[1])
            token.attrSet("id", found[1])


def _joined(children: Sequence[Token]) -> Iterator[Token]:
    """Without the ends of lines between Han characters, which would be shown as blanks."""
    for position, child in enumerate(children):
        if child.type == "softbreak" and 0 < position < len(children) - 1:
            around = children[position - 1].content[-1:] + "\n" + children[position + 1].content[:1]
            if BROKEN.search(around):
                continue
        yield child


def _linked(children: Iterator[Token], others: frozenset[str]) -> Iterator[Token]:
    """Links to other guides lead to pages; those to files that are no page lose their link."""
    is_dropped = False
    for child in children:
        if child.type == "link_open":
            target = _target(str(child.attrs.get("href", "")), others)
            is_dropped = target is None
            if target is not None:
                child.attrSet("href", target)
                if target.startswith(OUTSIDE):
                    child.attrSet("rel", "noreferrer")
        if is_dropped and child.type in {"link_open", "link_close"}:
            is_dropped = child.type == "link_open"
            continue
        yield child


def _target(href: str, others: frozenset[str]) -> str | None:
    """Where a link of a guide leads on its page; None where there is no page."""
    if href.startswith((*OUTSIDE, "#", "mailto:")):
        return href
    path, mark, anchor = href.partition("#")
    if path == CLIENTS:
        return path
    if path.startswith(f"{CLIENTS}/"):
        return f"{CLIENTS}#{anchor_of(path.removeprefix(CLIENTS + '/'))}"
    slug = path.removesuffix(".md")
    return f"{slug}{mark}{anchor}" if path.endswith(".md") and slug in others else None


def _fence(
    _: RendererHTML, tokens: Sequence[Token], position: int, __: Any, env: MutableMapping[str, Any]
) -> str:
    """A block of code with a button that copies it; the button is shown where it can."""
    words: Words = env["words"]
    token = tokens[position]
    name = f"code-{position}"
    return (
        f'<div class="code"><button type="button" class="link" hidden data-copy="{name}"'
        f' data-copied="{escape(words.copied)}">{escape(words.copy)}</button>'
        f'<pre class="body" tabindex="0"><code id="{name}">{escape(token.content)}</code></pre>'
        "</div>\n"
    )


def _table_open(
    _: RendererHTML, __: Sequence[Token], ___: int, ____: Any, env: Mapping[str, Any]
) -> str:
    words: Words = env["words"]
    label = escape(words.table)
    return f'<div class="scroll" tabindex="0" role="group" aria-label="{label}"><table>\n'


def _table_close(*_: Any) -> str:
    return "</table></div>\n"
