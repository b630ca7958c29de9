"""What an agreement says before and after it is signed: its text, and the facts of its paper."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from credit.domain.contract_text import contract_text
from credit.domain.terms import DrawdownTerms, ProductTerms
from credit.models import Contract, CreditLine, Offer
from credit.queries.named_lenders import lenders_of
from credit.queries.parties import parties
from platform_app.kernel import clock
from tenants.queries.tenants import current_tenant

NOT_YET = "签署后生成"


def agreement_text(offer: Offer, *, line_id: str, on: date) -> str:
    """The agreement of an offer, signed on `on`. The line's id is `NOT_YET` for a look at it.

    `offer` comes with its cost sheet, merchant and product version.
    """
    product = ProductTerms.from_json(offer.product_version.terms)
    terms = DrawdownTerms.of(product, offer.option_codes[0], offer.annual_rate)
    free = product.interest_free_days
    return contract_text(
        {
            "line_id": line_id,
            "merchant": offer.merchant.name,
            "registration_no": offer.merchant.registration_no or "—",
            "lenders": offer.cost_sheet.body["lenders"],
            "tenant": current_tenant().name,
            "limit_minor": offer.limit_minor,
            "annual_rate": _rate_words(product, offer),
            "year_days": terms.year_days,
            "free_days": f"，前 {free} 天免息" if free else "",
            "grace_days": terms.grace_days,
            "penalty_rate": _penalty_words(product, offer, terms.penalty_rate),
            "cost_sheet": offer.cost_sheet.sha256,
            "share_of_sales": _percent(product.share_of_sales) if product.share_of_sales else "",
            "signed_on": on.isoformat(),
        }
    )


def agreement_facts(
    offer: Offer, *, text: str, evidence: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """What is printed on the paper of an agreement signed at `at`."""
    product = ProductTerms.from_json(offer.product_version.terms)
    known = {one.code: one for one in product.options}
    moment = at.astimezone(clock.SHANGHAI)
    return {
        **parties(offer.merchant, lenders_of(offer.product_version)),
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "cost_sheet_sha256": offer.cost_sheet.sha256,
        "sheet": offer.cost_sheet.body,
        "options": [
            {"code": code, "method": known[code].method.value, "days": known[code].nominal_days}
            for code in offer.option_codes
        ],
        "consents": list(evidence.get("consents", [])),
        "confirmed_by": _confirmed_by(evidence.get("step_up") or {}),
        "signed_at": f"{moment:%Y-%m-%d %H:%M:%S}（北京时间）",
    }


def contract_facts(contract: Contract) -> dict[str, Any]:
    """The facts of an agreement that was signed without a signature of its own.

    The contract comes with its line, and the line's offer as `agreement_text` needs it.
    """
    return agreement_facts(
        contract.line.offer, text=contract.text, evidence=contract.evidence, at=contract.signed_at
    )


def latest_contract(line_id: str) -> Contract | None:
    """The agreement of a line with all its paper needs; None for a line that is not there."""
    rows = Contract.objects.select_related(
        "merchant", "cost_sheet", "line__offer__merchant", "line__offer__cost_sheet",
        "line__offer__product_version__funding_source",
    )  # fmt: skip
    try:
        found: Contract | None = rows.filter(line_id=line_id).order_by("-id").first()
    except ValueError:
        found = None
    return found


def latest_line_id(merchant_id: str) -> str | None:
    """The line a merchant opened last."""
    lines = CreditLine.objects.filter(merchant_id=merchant_id).order_by("-id")
    found: str | None = lines.values_list("id", flat=True).first()
    return found


def _confirmed_by(step_up: Mapping[str, Any]) -> str:
    return f"短信验证码，发送至 {step_up['phone']}" if "phone" in step_up else ""


def _rate_words(product: ProductTerms, offer: Offer) -> str:
    """One rate, or the highest and in brackets those by term."""
    highest, rates = _percent(offer.annual_rate), offer.option_rates
    if len(set(rates.values())) <= 1:
        return highest
    days = {code: product.option(code).nominal_days for code in rates}
    ordered = sorted(rates, key=lambda code: days[code])
    told = {days[code]: _percent(Decimal(rates[code])) for code in ordered}
    by_term = "，".join(f"{one} 天期限 {rate}" for one, rate in told.items())
    return f"最高 {highest}（{by_term}，每笔以支用时确认的为准）"


def _penalty_words(product: ProductTerms, offer: Offer, penalty_rate: Decimal) -> str:
    if len(set(offer.option_rates.values())) <= 1:
        return _percent(penalty_rate)
    times = f"{product.penalty_multiplier.normalize():f}"
    return f"（该笔支用年利率的 {times} 倍，最高 {_percent(penalty_rate)}）"


def _percent(rate: Decimal) -> str:
    return f"{rate * 100:.2f}%"
