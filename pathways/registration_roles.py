"""What the lower floors are told about role profiles while Django starts."""

from jobs.handlers import Handler, register
from notifications.registry import register_wording
from pathways.services.role_news import TELL, tell_of_role
from pathways.verbs_roles import declare_role_verbs
from pathways.wordings_roles import WORDINGS


def register_roles() -> None:
    declare_role_verbs()
    register(TELL, Handler(do=tell_of_role))
    for rule, wording in WORDINGS.items():
        register_wording(rule, wording)
