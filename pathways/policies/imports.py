"""Who may bring a file into a draft, apply it and undo that. Pure: parts and dates in."""

from datetime import datetime, timedelta

from pathways.policies.authoring import may_write_framework

UNDO_DAYS = 30


def may_import(parts: frozenset[str]) -> bool:
    """Bringing in a file is writing the framework, all of it at once."""
    return may_write_framework(parts)


def may_undo_import(parts: frozenset[str], *, applied_at: datetime, now: datetime) -> bool:
    """Any of its authors, for thirty days."""
    return may_import(parts) and now <= applied_at + timedelta(days=UNDO_DAYS)
