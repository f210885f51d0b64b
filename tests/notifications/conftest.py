import pytest

from notifications import registry


@pytest.fixture(autouse=True)
def own_registries():
    """Only what a test registers tells anybody anything."""
    kept = [
        (book, dict(book))
        for book in (registry.REMINDER_SOURCES, registry.NEED_SOURCES, registry.WORDINGS)
    ]
    for book, _entries in kept:
        book.clear()
    registry.register_wording("tests.news", lambda facts: f"News: {facts['title']}")
    yield
    for book, entries in kept:
        book.clear()
        book.update(entries)
