"""HR systems and other programs that call the API on behalf of one organisation."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation


class ApiClient(models.Model):
    """What we add to an OAuth client: the organisation it acts for. Its secret stays there."""

    client = models.OneToOneField(
        "allauth_idp_oidc.Client", on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="api_clients"
    )
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("may call the API"), default=True)

    def __str__(self) -> str:
        return self.name
