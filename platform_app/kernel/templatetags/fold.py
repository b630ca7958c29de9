"""A part of a menu that folds: open where the reader is, and as it was left otherwise."""

from typing import Any, Final

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# Written by console.js: `books1-risk0`, a part's name and whether it was left open.
COOKIE: Final = "menu_folds"
CURRENT: Final = 'aria-current="page"'


def is_open(name: str, *, content: str, left: str, is_usual: bool) -> bool:
    """The part with the page being read is open; others as they were left, or as is usual."""
    if CURRENT in content:
        return True
    parts = left.split("-")
    if f"{name}1" in parts:
        return True
    return is_usual and f"{name}0" not in parts


class FoldNode(template.Node):
    def __init__(self, given: list[FilterExpression], nodelist: NodeList) -> None:
        self.given = given
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        """Nothing at all when the role has no line in this part."""
        name, label, is_usual = (one.resolve(context) for one in self.given)
        content = self.nodelist.render(context)
        if not content.strip():
            return SafeString()
        request: Any = context.get("request")
        left = request.COOKIES.get(COOKIE, "") if request is not None else ""
        shown = is_open(str(name), content=content, left=left, is_usual=bool(is_usual))
        return format_html(
            '<details class="fold" data-fold="{}" {}><summary title="{}"><span>{}</span></summary>'
            "{}</details>",
            name, "open" if shown else "", label, label, content,
        )  # fmt: skip


@register.tag
def fold(parser: Parser, token: Token) -> FoldNode:
    """`{% fold "books" label is_usually_open %}` lines of the menu `{% endfold %}`."""
    _, *given = token.split_contents()
    nodelist = parser.parse(("endfold",))
    parser.delete_first_token()
    return FoldNode([parser.compile_filter(one) for one in given], nodelist)
