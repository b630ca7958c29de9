"""The gate a policy passes before it may decide anything."""

from typing import Any

from risk.domain.policy import PolicyTables
from risk.domain.policy_analysis import analyze
from risk.domain.policy_body import parse, read
from risk.domain.policy_findings import Finding
from risk.domain.policy_floor import own_body
from risk.domain.price_findings import price_findings
from risk.errors import PolicyFindings


def findings_of(body: dict[str, Any]) -> list[Finding]:
    """What the analysis says of a tenant's own tables and prices: a floor may cover one.

    Raises InvalidPolicy when the body cannot even be read.
    """
    tables = read(own_body(body))
    return [*analyze(tables), *price_findings(tables)]


def publishable(body: dict[str, Any]) -> PolicyTables:
    """The tables of a body that answers every case and has no dead row.

    Raises PolicyFindings with everything that is in the way, InvalidPolicy for a body that breaks
    another rule.
    """
    blocking = [finding.as_json() for finding in findings_of(body) if finding.is_blocking]
    if blocking:
        raise PolicyFindings(field="stages", count=len(blocking), findings=blocking)
    return parse(body)
