"""Red, amber and green: one rule, for a row in Python and for a statement over many rows.

Green: at or above what is asked. Amber: one level below something that is not essential from the
first day. Red: further below, or below something essential. Grey: nothing was shown yet, which is
not a gap, because a blank says nothing about anybody.
"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Light(StrEnum):
    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"
    GREY = "GREY"


_WORDS = {
    Light.GREEN: _("Met"),
    Light.AMBER: _("To develop"),
    Light.RED: _("Develop first"),
    Light.GREY: _("Not shown yet"),
}


def words_of(light: Light) -> str:
    """The light in words, for whoever does not see colours, and for files."""
    return str(_WORDS[Light(light)])


def light_of(*, required: int, held: int | None, is_essential: bool) -> Light:
    if held is None:
        return Light.GREY
    if held >= required:
        return Light.GREEN
    is_near = required - held == 1
    return Light.AMBER if is_near and not is_essential else Light.RED


def light_sql(*, held: str, requirement: str) -> str:
    """Return the expression of ``light_of``: ``held`` is that of a rank, which may be NULL,
    ``requirement`` the alias of a requirement."""
    return (
        f"CASE WHEN {held} IS NULL THEN 'GREY'"
        f" WHEN {held} >= {requirement}.rank THEN 'GREEN'"
        f" WHEN {requirement}.rank - {held} = 1 AND NOT {requirement}.is_essential THEN 'AMBER'"
        " ELSE 'RED' END"
    )
