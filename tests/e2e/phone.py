"""A merchant's phone: the pages in a narrow browser, each measured as it is reached."""

import os
import re
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext, override
from playwright.sync_api import Browser, Frame, Locator, Page, expect

AXE: Final = Path(__file__).parents[2] / "platform_app" / "static" / "vendor" / "axe.min.js"
SHOTS: Final = os.environ.get("E2E_SHOTS")
LENDER: Final = "示例小额贷款有限公司"

WIDE: Final = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What is wrong with a page as it stands, and as it stands with the text at 130 %.
MEASURED: Final = """() => {
  const wide = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const small = () => [...document.querySelectorAll('.bt-dock .weui-btn, .bt-back, summary,'
    + ' .bt-list a, .bt-links a, .bt-switch, .bt-choice, .bt-plan_choice, .bt-upload__button')]
    .map(e => [e.className || e.tagName, e.getBoundingClientRect()])
    .filter(([, box]) => box.height > 0 && box.height < 43.5)
    .map(([name, box]) => `small: ${name} ${box.height}`);
  const clipped = () => [...document.querySelectorAll('.bt-page *')]
    .filter(e => e.children.length === 0 && e.scrollWidth > e.clientWidth + 1
      && getComputedStyle(e).display !== 'inline' && e.tagName !== 'INPUT'
      && !e.closest('.bt-hidden'))
    .map(e => `clipped: ${e.tagName} ${e.textContent.trim()}`);
  const touching = () => [...document.querySelectorAll('.bt-dock .weui-btn + .weui-btn')]
    .filter(e => e.getBoundingClientRect().top
      - e.previousElementSibling.getBoundingClientRect().bottom < 8)
    .map(e => `touching: ${e.textContent.trim()}`);
  const found = [...small(), ...clipped(), ...touching()];
  if (wide()) found.push(`wide: ${wide()}`);
  document.documentElement.style.fontSize = '130%';
  found.push(...clipped().map(one => `130 %: ${one}`));
  if (wide()) found.push(`130 %: wide: ${wide()}`);
  document.documentElement.style.fontSize = '';
  return found;
}"""
# Numbers, codes and addresses are the same in every language.
LATIN: Final = """() => [...document.querySelectorAll('body *')]
  .filter(e => !e.closest('script, noscript, code, .bt-code'))
  .flatMap(e => [...e.childNodes]).filter(n => n.nodeType === 3).map(n => n.textContent.trim())
  .map(t => t.replace(/[A-Z0-9]+-[A-Z0-9-]+|[0-9a-f]{16,}|[a-z]{3}_\\w{20,}|TEST [^)]+\\)/g, ''))
  .filter(t => /[A-Za-z]{4,}/.test(t))"""
SERIOUS: Final = """() => axe.run({resultTypes: ['violations']}).then(found => found.violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => [v.id, v.nodes.map(n => n.html)]))"""


class Phone:
    """The page in a narrow browser and the merchant pages: in a frame, or alone."""

    def __init__(
        self, browser: Browser, *, locale: str = "zh-hans", shots: str = "", is_framed: bool = True
    ) -> None:
        self.locale = locale
        self.is_framed = is_framed
        self.shots = shots
        self.context = browser.new_context(
            viewport={"width": 390, "height": 844}, device_scale_factor=2, has_touch=True,
            is_mobile=True, locale="en-US" if locale == "en" else "zh-CN",
            timezone_id="America/Los_Angeles", reduced_motion="reduce",
        )  # fmt: skip
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._shot_count = 0

    def _heard(self, message: Any) -> None:
        """A refused form (422) is noted by the browser itself and is no fault."""
        if message.type in {"error", "warning"} and "status of 422" not in message.text:
            self.complaints.append(message.text)

    def says(self, msgid: str, **facts: object) -> str:
        """Words of the pages in the phone's language."""
        with override(self.locale):
            text = gettext(msgid)
        assert self.locale == "en" or text != msgid, f"not translated: {msgid}"
        return text % facts if facts else text

    @property
    def frame(self) -> Frame:
        """The merchant pages."""
        if not self.is_framed:
            return self.page.main_frame
        element = self.page.wait_for_selector("iframe", state="attached")
        found = element.content_frame() if element else None
        assert found is not None
        return found

    def arrives(self, heading: str | re.Pattern[str], *, is_priced: bool = False) -> None:
        """Wait for a page by its heading, then measure it; a price is never without its rate."""
        wanted = heading if isinstance(heading, re.Pattern) else self.says(heading)
        expect(self.frame.locator("h1").first).to_have_text(wanted)
        self.measures(is_priced=is_priced)

    def arrives_by(self, eyebrow: str, *, is_priced: bool = False, **facts: object) -> None:
        """As `arrives`, for a page whose heading is an amount: by the line above it."""
        expect(self.frame.locator(".bt-eyebrow")).to_have_text(self.says(eyebrow, **facts))
        self.measures(is_priced=is_priced)

    def button(self, name: str, **facts: object) -> Locator:
        """The button or link with this name."""
        return (
            self.frame.locator(".bt-dock .weui-btn, .bt-list a, .bt-links a, .bt-consent .weui-btn")
            .filter(has_text=self.says(name, **facts))
            .first
        )

    def presses(self, name: str, **facts: object) -> None:
        self.button(name, **facts).click()

    def types(self, label: str, text: str) -> None:
        self.frame.get_by_label(self.says(label), exact=True).fill(text)

    def sends(self, content: bytes, name: str, media: str) -> None:
        """A file from the phone, into the first field for one."""
        self.frame.locator("input[type=file]").first.set_input_files(
            {"name": name, "mimeType": media, "buffer": content}
        )

    def measures(self, *, is_priced: bool = False) -> None:
        """What is shown now: nothing too wide, too small, clipped, untranslated or shut off."""
        frame = self.frame
        expect(frame.locator("#bt-main")).not_to_have_attribute("aria-busy", "true")
        self._shoot()
        if self.is_framed:
            assert self.page.evaluate(WIDE) == 0
        assert frame.evaluate(MEASURED) == []
        assert LENDER in frame.locator(".bt-lender").inner_text()
        if is_priced:
            assert self.says("Annual rate (simple)") in frame.locator("#bt-main").inner_text()
        if self.locale != "en":
            assert frame.evaluate(LATIN) == []
        if not frame.evaluate("() => 'axe' in window"):
            frame.evaluate(f"() => {{ {AXE.read_text(encoding='utf-8')} }}")
        assert frame.evaluate(SERIOUS) == []

    def _shoot(self) -> None:
        self._shot_count += 1
        if SHOTS and self.shots:
            size = self.page.viewport_size or {"width": 390, "height": 844}
            height = int(self.page.evaluate("() => document.documentElement.scrollHeight"))
            self.page.set_viewport_size({"width": size["width"], "height": height})
            self.page.wait_for_timeout(400)
            self.page.screenshot(path=f"{SHOTS}/{self.shots}-{self._shot_count:02d}.png")
            self.page.set_viewport_size(size)
