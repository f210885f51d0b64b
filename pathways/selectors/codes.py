"""Codes that people could not tell apart are one code, however they are written."""

import unicodedata


def look_of(code: str) -> str:
    """What ``code`` looks like: the same for codes that differ only in small and capital letters,
    in wide and narrow ones, in spaces, or in marks that nobody sees."""
    if code.isascii() and code.isprintable():
        return code.lower().replace(" ", "")
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", code).casefold())
    return "".join(letter for letter in folded if not _is_unseen(letter))


def _is_unseen(letter: str) -> bool:
    # Variation selectors are marks (Mn) by their category, and change nothing that is read.
    is_selector = "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef"
    return letter.isspace() or is_selector or unicodedata.category(letter) in {"Cf", "Cc"}
