"""What CASE brings of its own: scopes, a form of refusals, and who fetches packages."""

from accounts.authentication import also_called
from common.http.refusals import register_form
from jobs.handlers import Handler, register
from pathways.api.case.refusals import as_status_info
from pathways.selectors.case.vocabulary import BASE, SCOPES
from pathways.services.case.fetch_progress import begin_fetch
from pathways.services.case.fetching import FETCH, do_fetch, give_up_fetch
from pathways.verbs_case import declare_case_verbs


def register_case() -> None:
    """Fill the registries of lower floors; called once while Django starts."""
    register_form(f"{BASE}/", as_status_info)
    for name in SCOPES:
        also_called(name, "frameworks:read")
    register(FETCH, Handler(do=do_fetch, on_claimed=begin_fetch, on_parked=give_up_fetch))
    declare_case_verbs()
