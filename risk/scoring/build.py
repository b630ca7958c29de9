"""Which code fitted and read a card: a hash of the modules that do."""

import hashlib
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def code_sha256() -> str:
    """One hash over the sources of the domain and of scoring, in the order of their names."""
    found = hashlib.sha256()
    app = Path(__file__).parents[1]
    for path in sorted([*(app / "domain").glob("*.py"), *(app / "scoring").glob("*.py")]):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
