"""Reading a partner's order export from disk, for commands."""

import csv
from datetime import date
from pathlib import Path

from tenants.gateways.order_file import read_orders
from tenants.values import OrderRow, RowError


def read_order_file(path: Path, *, known_on: date) -> tuple[list[OrderRow], list[RowError]]:
    """Every good row and every refused one, in file order. Raises Unreadable for a broken file."""
    rows: list[OrderRow] = []
    errors: list[RowError] = []
    for line in read_orders(path, known_on=known_on):
        if isinstance(line.row, OrderRow):
            rows.append(line.row)
        else:
            errors.append(line.row)
    return rows, errors


def write_error_file(path: Path, errors: list[RowError]) -> Path:
    """Write `FILE.errors.csv`: line, code, reason, the row as it stood."""
    target = path.with_name(f"{path.name}.errors.csv")
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line_no", "code", "reason", "raw"])
        writer.writerows([e.line_no, e.code, e.reason, e.raw] for e in errors)
    return target
