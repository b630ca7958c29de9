"""A guide becomes a page: links lead to pages, markup is text, each half in its language."""

import pytest

from tenants.domain.guides import Guide, Words, anchor_of, in_language, read_guide

WORDS = Words(copy="Copy", copied="Copied", table="Table")
TEXT = """# The sandbox 沙箱

> A platform
> of its own.
>
> 沙箱与生产
> 分开。

## 1. Keys 密钥

[other](webhooks.md#receiving-接收), [code](clients/baitiao.py), [gone](../decisions/README.md),
[out](https://example.com/), [bad](javascript:alert), <b>no</b>

| code | count |
|---|---:|
| `key_unknown` | 1 |
| `key_unknown` | 2 |

```python
print("<a>")
```
"""


def read(language: str, text: str = TEXT) -> Guide:
    return read_guide(
        slug="sandbox", text=text, language=language, others=frozenset({"webhooks"}), words=WORDS
    )


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("Webhooks 事件通知", "Webhooks", "事件通知"),
        ("1. Sign a request 签名", "1. Sign a request", "1. 签名"),
        ("baitiao.py", "baitiao.py", "baitiao.py"),
        ("2. 签名", "2. 签名", "2. 签名"),
    ],
)
def test_a_name_has_two_halves(text: str, english: str, chinese: str) -> None:
    assert (in_language(text, "en"), in_language(text, "zh-hans")) == (english, chinese)


def test_title_summary_and_contents_speak_the_readers_language() -> None:
    found = [(one.title, one.about, one.headings[0].name) for one in (read("en"), read("zh-hans"))]
    assert found == [
        ("The sandbox", "A platform of its own.", "1. Keys"),
        ("沙箱", "沙箱与生产分开。", "1. 密钥"),
    ]
    assert read("en").headings[0].anchor == anchor_of("1. Keys 密钥") == "1-keys-密钥"
    assert '<h2 id="1-keys-密钥">' in read("en").html
    assert "<h1" not in read("en").html
    assert "<p>沙箱与生产分开。</p>" in read("en").html


def test_a_guide_without_title_or_summary_is_a_page_all_the_same() -> None:
    found = read("en", "Just words.\n")
    assert (found.title, found.about, found.headings) == ("", "", ())
    assert found.html == "<p>Just words.</p>\n"


def test_links_lead_to_pages_or_nowhere() -> None:
    html = read("en").html
    assert '<a href="webhooks#receiving-%E6%8E%A5%E6%94%B6">other</a>' in html
    assert '<a href="clients#baitiaopy">code</a>, gone,' in html
    assert '<a href="https://example.com/" rel="noreferrer">out</a>' in html
    assert "[bad](javascript:alert)" in html
    assert html.count("<a ") == html.count("</a>") == 3


def test_markup_is_text_and_nothing_has_a_style_of_its_own() -> None:
    html = read("en").html
    assert "&lt;b&gt;no&lt;/b&gt;" in html
    assert "style=" not in html
    assert html.count('<tr id="key_unknown">') == 1
    assert '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>' in html


def test_code_can_be_copied() -> None:
    html = read("en").html
    assert 'data-copied="Copied">Copy</button>' in html
    assert "print(&quot;&lt;a&gt;&quot;)\n</code></pre></div>" in html
    name = html.partition('data-copy="')[2].partition('"')[0]
    assert f'<code id="{name}">' in html
