"""What a user of a firm may draw: a cap for one drawdown and one for a calendar month."""


def caps_are_right(role: str, drawdown_minor: int | None, month_minor: int | None) -> bool:
    """Whether these caps (fen; None for none) fit the role."""
    caps = [cap for cap in (drawdown_minor, month_minor) if cap is not None]
    return all(cap > 0 for cap in caps) and (role == "buyer" or not caps)
