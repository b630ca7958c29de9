"""What discounts bear, told three times over and compared, as SQL; each answers its broken rows."""

from typing import Final

DISCOUNT_FULL: Final = {
    # a discount bears what its moves add up to, and what the rows of its one drawdown say
    "discounts_agree": """
        SELECT count(*) FROM (
            SELECT s.id FROM credit_discount s
            LEFT JOIN LATERAL (
                SELECT coalesce(sum(m.amount_minor), 0) AS minor,
                       count(*) FILTER (WHERE m.kind = 'used') AS uses,
                       count(*) FILTER (WHERE m.kind = 'reserved')
                       - count(*) FILTER (WHERE m.kind = 'released') AS held
                FROM credit_discountmove m
                WHERE m.tenant_id = s.tenant_id AND m.discount_id = s.id) m ON true
            LEFT JOIN LATERAL (
                SELECT coalesce(sum(r.discount_minor), 0) AS minor
                FROM credit_discountmove u JOIN credit_planrow r
                    ON r.tenant_id = u.tenant_id AND r.drawdown_id = u.drawdown_id
                WHERE u.tenant_id = s.tenant_id AND u.discount_id = s.id AND u.kind = 'used') r
                ON true
            WHERE s.tenant_id = %(tenant)s AND (
                (s.borne_minor, s.borne_minor) <> (m.minor, r.minor)
                OR m.uses <> (s.status = 'used')::int
                OR m.held <> (s.status IN ('reserved', 'used'))::int)) broken""",
    # who bears discounts has on the books what they bear
    "discounts_are_booked": """
        SELECT count(*) FROM (
            SELECT (SELECT coalesce(sum(p.amount_minor), 0) FROM credit_posting p
                    JOIN credit_account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id
                    WHERE p.tenant_id = %(tenant)s
                      AND a.code IN ('1301', '1302', '5104')) AS booked,
                   (SELECT coalesce(sum(s.borne_minor), 0) FROM credit_discount s
                    WHERE s.tenant_id = %(tenant)s) AS borne) t WHERE booked <> borne""",
}
