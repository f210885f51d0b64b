"""What the law lets a person ask of us, declared once for every table that holds people.

Every table is declared: either it holds nobody (``holds_nobody``), or each of its links to a
person says what a subject-access pack shows of the row, what it withholds and why, and what an
erasure does with it. ``tests/architecture/test_rights.py`` fails when a table, a foreign key to a
person or a field has no class.

    register(
        Holding(
            "appraisals.Objective",
            title=_("Objectives"),
            record_class=STAFF_RECORD,
            links=(
                Link("person", shown=("title", "measure", "due_on"), on_erasure=Delete()),
            ),
        )
    )

Upper floors do so in their own ``rights.py``, called from ``AppConfig.ready()``.
"""

from accounts.rights.classes import RECORD_CLASSES, RecordClass
from accounts.rights.registry import (
    ABOUT_NOBODY,
    ERASERS,
    EXPIRIES,
    HOLDINGS,
    PACK_PARTS,
    Clear,
    Delete,
    Eraser,
    Erasing,
    Expiry,
    Holding,
    Keep,
    Link,
    PackPart,
    Withheld,
    guards_of,
    holds_nobody,
    own_keys,
    register,
    register_eraser,
    register_expiry,
    register_pack_part,
)

__all__ = [
    "ABOUT_NOBODY",
    "ERASERS",
    "EXPIRIES",
    "HOLDINGS",
    "PACK_PARTS",
    "RECORD_CLASSES",
    "Clear",
    "Delete",
    "Eraser",
    "Erasing",
    "Expiry",
    "Holding",
    "Keep",
    "Link",
    "PackPart",
    "RecordClass",
    "Withheld",
    "guards_of",
    "holds_nobody",
    "own_keys",
    "register",
    "register_eraser",
    "register_expiry",
    "register_pack_part",
]
