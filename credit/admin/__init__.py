"""The tables of credit in the back office: obligations and money, to look at.

Acts of staff: closing a platform's open business day, booking its locked settlements as paid,
lenders and funding contracts, and what two people change of caps, rates and the calendar.
"""

from credit.admin import (
    books,
    calendar_imports,
    caps,
    collections,
    discounts,
    funding,
    lending,
    money,
)

__all__ = [
    "books",
    "calendar_imports",
    "caps",
    "collections",
    "discounts",
    "funding",
    "lending",
    "money",
]
