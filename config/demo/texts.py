"""What the invented people write."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def texts() -> dict[str, Any]:
    source = Path(__file__).with_name("texts.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
