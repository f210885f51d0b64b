"""What the lower floors are told about evidence and prior learning while Django starts."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import Kind, register_verb, register_verbs


def register_evidence() -> None:
    register_verbs(
        {
            "add_evidence": _("%(who)s added evidence"),
            "change_evidence": _("%(who)s changed what is said of evidence"),
            "remove_evidence": _("%(who)s removed evidence"),
        },
        Kind.PRIVATE,
    )
    register_verb("close_attainment", _("%(who)s said from when on a level no longer counts"))
    register_verb("read_evidence", _("%(who)s opened evidence"), Kind.READING)
