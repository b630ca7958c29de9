"""The entry tile in a partner's page: no shift, no gap, nothing when something is wrong."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "platform_app" / "static" / "embed" / "v1.js"
WECHAT = "Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile/15E148 MicroMessenger/8.0"
PAGE = (
    '<body style="margin:0"><h1>shop</h1><div id="entry" style="height:88px"></div>'
    '<p id="below">orders</p></body>'
)
SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) window.shift += one.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""


def entry(state: str, **facts: Any) -> dict[str, Any]:
    display = {
        "state": state, "limit_hint_minor": 5_000_000, "cost_hint_rate": "0.1200", "due_on": None,
        "due_minor": None, "cta": "去看看",
    }  # fmt: skip
    return {"visible": True, "reason": state, "display": {**display, **facts}, "line_status": None}


@pytest.fixture
def page(browser: Browser) -> Any:
    found = browser.new_page(viewport={"width": 390, "height": 844})
    found.set_content(PAGE)
    found.add_script_tag(path=str(SCRIPT))
    found.evaluate(SHIFTS)
    yield found
    found.close()


def mount(page: Page, answer: str) -> None:
    page.evaluate(
        "(answer) => { window.opened = []; BaiTiao.entry(document.getElementById('entry'), {"
        " fetchEntry: () => eval(answer), onOpen: (e) => window.opened.push(e.reason) }); }",
        answer,
    )


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (entry("eligible"), "预计最高 ¥50,000（以审批为准） · 年化利率（单利）12% 起"),
        (entry("active", cost_hint_rate="0.0985"), "可用额度 ¥50,000 · 年化利率（单利）9.85%"),
        (entry("due_soon", due_on="2026-04-01", due_minor=101_233), "2026-04-01 应还 ¥1,012.33"),
        (
            entry("overdue", limit_hint_minor=None, due_on="2026-04-01", due_minor=50_000),
            "¥500 已逾期，原应还日 2026-04-01",
        ),
        (entry("eligible", limit_hint_minor=None, cost_hint_rate=None), ""),
        (entry("eligible", cost_hint_rate=None), ""),
    ],
)
def test_it_says_what_is_known_and_never_a_limit_without_its_rate(
    page: Page, found: dict[str, Any], words: str
) -> None:
    page.evaluate("(found) => { window.found = found; }", found)
    mount(page, "new Promise((done) => setTimeout(() => done(window.found), 50))")
    tile = page.locator("#entry button")
    tile.wait_for()
    assert tile.inner_text().split("\n") == [
        "采购白条 · 先采购后付款", *([words] if words else []), "去看看",
    ]  # fmt: skip
    box = tile.bounding_box()
    assert box is not None
    assert (box["height"], box["width"]) == (88, 390)
    tile.click()
    assert page.evaluate("window.opened") == [found["reason"]]
    assert page.evaluate("window.shift") == 0


@pytest.mark.parametrize(
    "answer",
    [
        "Promise.reject(new Error('down'))",
        "Promise.resolve({ visible: false, reason: 'on_list', display: null })",
        "Promise.resolve(null)",
        "Promise.resolve({ visible: true, display: null })",
        "Promise.resolve({ visible: 'yes', display: {} })",
        "Promise.resolve('<html>')",
        "(() => { throw new Error('down'); })()",
        "new Promise(() => {})",
    ],
)
def test_on_any_error_there_is_nothing_and_no_gap(page: Page, answer: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    mount(page, answer)
    page.wait_for_function("document.getElementById('entry').style.display === 'none'")
    assert page.locator("#entry *").count() == 0
    assert faults == []


def test_markup_in_an_answer_is_text(page: Page) -> None:
    page.evaluate("(found) => { window.found = found; }", entry("active", cta="<img src=x>"))
    mount(page, "Promise.resolve(window.found)")
    page.locator("#entry button").wait_for()
    assert page.locator("#entry img").count() == 0
    assert "<img src=x>" in page.locator("#entry button").inner_text()


@pytest.mark.parametrize(("agent", "wait"), [(WECHAT, 0), ("", 2)])
def test_auto_redirects_where_a_frame_does_not_work(
    browser: Browser, agent: str, wait: int
) -> None:
    """In a web view at once; elsewhere when the frame has not said ready within two seconds."""
    context = browser.new_context(user_agent=agent or None)
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto("http://shop.example/")
    page.add_script_tag(path=str(SCRIPT))
    page.evaluate(
        "() => BaiTiao.mount(document.getElementById('entry'), { mode: 'auto',"
        " fetchSession: () => Promise.resolve({ url: 'http://pay.example/m/e/#s=1' }) })"
    )
    if wait:
        page.locator("#entry iframe").wait_for()
    page.wait_for_url("http://pay.example/**", timeout=4_000)
    context.close()
