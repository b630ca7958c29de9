"""Public ids in SQL, for events that are recorded without leaving the database."""

from django.db import migrations

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
BYTES = f"'\\x{ALPHABET.encode().hex()}'::bytea"


def _digit(number: int) -> str:
    """Digit `number` of twenty-six: five bits, of one byte or of two; the first has three."""
    byte, bit = divmod(5 * number - 2, 8)
    one, two = f"get_byte(uuid_send(value), {byte})", f"get_byte(uuid_send(value), {byte + 1})"
    if not number:
        bits = "get_byte(uuid_send(value), 0) >> 5"
    elif bit <= 3:
        bits = f"({one} >> {3 - bit}) & 31"
    else:
        bits = f"(({one} << {bit - 3}) | ({two} >> {11 - bit})) & 31"
    return f"chr(get_byte({BYTES}, {bits}))"


# As `ids.from_uuid` does it. One expression over the value, so that it is inlined.
PUBLIC_ID = f"""
CREATE FUNCTION kernel_public_id(prefix text, value uuid) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT prefix || '_' || {" || ".join(_digit(number) for number in range(26))}
$$
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_model_names")]
    operations = [
        migrations.RunSQL(PUBLIC_ID, "DROP FUNCTION kernel_public_id(text, uuid)"),
    ]
