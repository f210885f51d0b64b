"""How the ledger's verbs of certificates and keys read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs


def declare_credentials_verbs() -> None:
    register_verbs(
        {
            "issue_certificate": _("%(who)s issued the certificate"),
            "reissue_certificate": _("%(who)s issued the certificate in place of another"),
            "replace_certificate": _("%(who)s put another certificate in its place"),
            "revoke_certificate": _("%(who)s revoked the certificate"),
            "start_issuing": _("%(who)s made the first key to sign certificates with"),
            "change_signing_key": _("%(who)s changed the key that certificates are signed with"),
            "give_up_signing_key": _("%(who)s gave up a key that somebody else may have had"),
            "sign_status_lists": _("%(who)s signed the lists of revoked certificates again"),
            "sign_certificates_again": _("%(who)s signed certificates again with another key"),
            "rewrite_signing_keys": _("%(who)s encrypted signing keys again"),
        }
    )
