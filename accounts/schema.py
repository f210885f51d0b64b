"""How the OpenAPI document says that clients sign in: client credentials with scopes."""

from typing import Any

from django.urls import reverse
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from accounts.authentication import SCOPES


class ApiTokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.ApiTokenAuthentication"
    name = "clientCredentials"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        scopes = {name: str(meaning) for name, meaning in SCOPES.items()}
        return {
            "type": "oauth2",
            "flows": {
                "clientCredentials": {"tokenUrl": reverse("idp:oidc:token"), "scopes": scopes}
            },
        }

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        needed = getattr(auto_schema.view, "required_scopes", {})
        scope = needed.get(auto_schema.method)
        return {self.name: [scope] if scope else []}
