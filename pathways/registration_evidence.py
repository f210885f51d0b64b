"""What the lower floors are told about evidence and prior learning while Django starts."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import Kind, register_verb, register_verbs
from notifications.registry import register_need, register_wording
from pathways import wordings_evidence


def register_evidence() -> None:
    register_verbs(
        {
            "add_evidence": _("%(who)s added evidence"),
            "change_evidence": _("%(who)s changed what is said of evidence"),
            "remove_evidence": _("%(who)s removed evidence"),
        },
        Kind.PRIVATE,
    )
    register_verbs(
        {
            "submit_claim": _("%(who)s claimed levels for prior learning"),
            "withdraw_claim": _("%(who)s took a claim of prior learning back"),
            "decide_claim": _("%(who)s decided a claim of prior learning"),
        }
    )
    register_verb("read_claim", _("%(who)s opened a claim of prior learning"), Kind.READING)
    register_wording("pathways.claim_submitted", wordings_evidence.claim_submitted)
    register_wording("pathways.claim_decided", wordings_evidence.claim_decided)
    register_need("pathways.claims", wordings_evidence.claims_waiting)
    register_verb("close_attainment", _("%(who)s said from when on a level no longer counts"))
    register_verb("read_evidence", _("%(who)s opened evidence"), Kind.READING)
