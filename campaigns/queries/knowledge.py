"""Finding an answer in the knowledge base, in the language of the reader."""

from dataclasses import dataclass

from django.utils.translation import gettext

from campaigns.domain.articles import Article, articles_for
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Answer:
    """An article in the active language."""

    code: str
    kind: str
    title: str
    text: str
    page: str


def find_answers(tenant: Tenant, search: str) -> list[Answer]:
    """All of the platform's articles, or those in which every word of `search` occurs.

    Chinese is written without spaces: a search without a hit as a whole asks for its pairs of
    letters, the article with the most of them first.
    """
    found = [_said(one, tenant) for one in articles_for(tenant.vertical)]
    words = search.casefold().split()
    if not words:
        return found
    whole = [one for one in found if all(word in _text(one) for word in words)]
    if whole:
        return whole
    pairs = {word[n : n + 2] for word in words for n in range(len(word) - 1) if not word.isascii()}
    scored = [(sum(pair in _text(one) for pair in pairs), one) for one in found]
    best = sorted((one for one in scored if one[0]), key=lambda one: -one[0])
    return [one for _, one in best]


def answers_to(tenant: Tenant, kind: str) -> list[Answer]:
    """What the desk can answer with: articles about this kind first."""
    found = find_answers(tenant, "")
    return sorted(found, key=lambda one: one.kind != kind)


def _text(answer: Answer) -> str:
    return f"{answer.title} {answer.text}".casefold()


def _said(article: Article, tenant: Tenant) -> Answer:
    text = gettext(article.text).replace("{lender}", tenant.lender_name)
    text = text.replace("{phone}", tenant.lender_phone)
    return Answer(article.code, article.kind, gettext(article.title), text, article.page)
