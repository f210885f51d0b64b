"""How notices about signing in read."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.services.sign_in import SECOND_STEP_RESET
from accounts.telling import say


def declare_sign_in_wordings() -> None:
    """Called once while Django starts."""
    say(SECOND_STEP_RESET, second_step_reset)


def second_step_reset(facts: Mapping[str, Any]) -> str:
    return _(
        "An administrator reset the second step of your sign-in. Set up another when you sign in. "
        "If you did not ask for this, tell your HR team at once."
    )
