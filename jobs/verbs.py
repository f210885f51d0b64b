"""How the ledger's verbs of documents read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import Kind, register_verb


def declare_verbs() -> None:
    register_verb("ask_for", _("%(who)s asked for a document"), Kind.PRIVATE)
