"""The key a page gives each form of an act: sent twice, the act is done once."""

from platform_app.kernel import ids


def act_key(text: str) -> str:
    """The key that came back with the form, or a new one if it cannot be ours."""
    try:
        ids.to_uuid("act", text)
    except ValueError:
        return ids.new_id("act")
    return text
