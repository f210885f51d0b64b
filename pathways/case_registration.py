"""What the CASE standard brings of its own: names of scopes, and a form of refusals."""

from accounts.authentication import also_called
from common.http.refusals import register_form
from pathways.api.case.refusals import as_status_info
from pathways.selectors.case.vocabulary import BASE, SCOPES


def register_case() -> None:
    """Fill the registries of lower floors; called once while Django starts."""
    register_form(f"{BASE}/", as_status_info)
    for name in SCOPES:
        also_called(name, "frameworks:read")
