"""How notices about certificates read."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs.wordings import Wording

PDF = Wording(
    waiting=gettext_lazy(
        "Your certificate is waiting for its turn. You can leave this page: we will tell you when "
        "it is ready."
    ),
    running=gettext_lazy("Your certificate is being made. This usually takes a few seconds."),
    ready=gettext_lazy("Your certificate is ready. You can open this file until %(day)s."),
    gone=gettext_lazy(
        "The file was kept for a time and has been removed. Make it again: the certificate itself "
        "has not changed."
    ),
    download=gettext_lazy("Download the certificate (%(size)s)"),
)


def certificate_issued(facts: Mapping[str, Any]) -> str:
    return _("%(issuer)s issued your certificate: %(title)s.") % facts


def certificate_revoked(facts: Mapping[str, Any]) -> str:
    return (
        _("%(issuer)s revoked your certificate: %(title)s. Read why and what you can do.") % facts
    )


def pdf_is_ready(facts: Mapping[str, Any]) -> str:
    return _("Your PDF is ready: %(title)s.") % facts
