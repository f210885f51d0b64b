"""Calling the API as an HR system does: with a token from client credentials."""

from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.authentication import SCOPES
from accounts.models import ApiClient, Organisation
from accounts.services.clients import create_client


@dataclass(frozen=True)
class HrSystem:
    """A signed-in API client; ``get`` and ``post`` take the path and send its token."""

    api_client: ApiClient
    token: str

    def get(self, path: str, query: dict[str, Any] | None = None, **extra: Any) -> Any:
        return Client().get(path, query, headers=self._headers(extra))

    def post(self, path: str, body: Any, **extra: Any) -> Any:
        return Client().post(
            path, body, content_type="application/json", headers=self._headers(extra)
        )

    def patch(self, path: str, body: Any) -> Any:
        return Client().patch(
            path, body, content_type="application/json", headers=self._headers({})
        )

    def upload(self, path: str, **files: Any) -> Any:
        """Send a form with files, as ``curl --form`` does."""
        return Client().post(path, files, headers=self._headers({}))

    def _headers(self, extra: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **extra}


def token_for(client_id: str, secret: str, **fields: str) -> Any:
    """Ask the token endpoint as a client does; returns its response."""
    body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return Client().post(reverse("idp:oidc:token"), {**body, **fields})


def hr_system(organisation: Organisation, *, scopes: list[str] | None = None) -> HrSystem:
    """Open a client for ``organisation`` and get it a token by the real way."""
    client, secret = create_client(
        name="HR system",
        organisation=organisation,
        scopes=scopes or list(SCOPES),
        by=SystemJob("tests", organisation_ids=None),
        now=timezone.now(),  # a secret ends: the token endpoint asks the real clock
    )
    response = token_for(client.client_id, secret)
    assert response.status_code == 200, response.content
    return HrSystem(api_client=client, token=response.json()["access_token"])
