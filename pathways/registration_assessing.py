"""What the lower floors are told about confirming levels while Django starts."""

from django.utils.translation import gettext_lazy as _

from accounts.second_factor import OTHER_SIGHTS
from accounts.verbs import Kind, register_verb, register_verbs
from notifications.registry import register_need, register_wording
from pathways import needs_assessing, wordings_assessing
from pathways.selectors.assessors import appointments_held


def register_assessing() -> None:
    OTHER_SIGHTS.append(lambda person, on: appointments_held(assessor=person, on=on))
    _declare_verbs()
    register_need("pathways.verification", needs_assessing.verification_waiting)
    register_wording("pathways.verification_asked", wordings_assessing.verification_asked)
    register_wording("pathways.verification_answered", wordings_assessing.verification_answered)
    register_wording("pathways.verification_stuck", wordings_assessing.verification_stuck)
    register_wording("pathways.assessor_appointed", wordings_assessing.assessor_appointed)
    register_wording("pathways.assessor_ended", wordings_assessing.assessor_ended)


def _declare_verbs() -> None:
    register_verbs(
        {
            "ask_for_verification": _("%(who)s asked to have levels confirmed"),
            "withdraw_verification": _("%(who)s took a request to confirm levels back"),
            "answer_verification": _("%(who)s answered a request to confirm levels"),
            "appoint_assessor": _("%(who)s appointed an assessor"),
            "end_assessor": _("%(who)s ended the appointment of an assessor"),
        }
    )
    register_verb("read_verification", _("%(who)s read a request to confirm levels"), Kind.READING)
