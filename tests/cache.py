"""Cache keys that belong to one test, in whichever thread they are made."""

from uuid import uuid4

_current = {"test": ""}


def start_afresh() -> None:
    _current["test"] = str(uuid4())


def own_key(key: str, key_prefix: str, version: int) -> str:
    return f"{key_prefix}:{_current['test']}:{version}:{key}"
