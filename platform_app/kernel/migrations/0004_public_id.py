"""Public ids in SQL, for events that are recorded without leaving the database."""

from django.db import migrations

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def _digit(bits: str) -> str:
    return f"substr('{ALPHABET}', ({bits})::int + 1, 1)"


# Twenty-six digits of five bits, the first of three: thirteen from the high half of the UUID, one
# from both, twelve from the low half (see `ids.from_uuid`).
_DIGITS = [
    _digit("high >> 61 & 7"),
    *(_digit(f"high >> {shift} & 31") for shift in range(56, 0, -5)),
    _digit("((high & 1) << 4) | ((lo >> 60) & 15)"),
    *(_digit(f"lo >> {shift} & 31") for shift in range(55, -1, -5)),
]
PUBLIC_ID = f"""
CREATE FUNCTION kernel_public_id(prefix text, value uuid) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT prefix || '_' || {" || ".join(_DIGITS)}
    FROM (SELECT ('x' || left(hex, 16))::bit(64)::bigint AS high,
                 ('x' || right(hex, 16))::bit(64)::bigint AS lo
          FROM (SELECT replace(value::text, '-', '') AS hex) t) halves
$$
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_model_names")]
    operations = [
        migrations.RunSQL(PUBLIC_ID, "DROP FUNCTION kernel_public_id(text, uuid)"),
    ]
