"""The tables of credit in the back office: obligations and money, to look at.

Acts of staff: closing a platform's open business day, booking its locked settlements as paid,
lenders and funding contracts, and what two people change of caps, rates and the calendar.
"""

from django.contrib import admin

from credit import models
from credit.admin import books, collections, funding, lending, money
from credit.interfaces.admin import caps
from credit.interfaces.back_office.calendar_imports import CalendarImportAdmin

admin.site.register(models.CalendarImport, CalendarImportAdmin)

__all__ = ["books", "caps", "collections", "funding", "lending", "money"]
