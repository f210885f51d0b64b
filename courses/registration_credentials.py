"""What the lower floors are told about certificates while Django starts."""

from courses import wordings_credentials as wordings
from courses.rights_credentials import declare_credentials_rights
from courses.services.certificate_documents import KIND, READY, make_pdf, make_pdfs
from courses.services.certificate_news import ISSUE, MAKE_PDFS, SIGN_AGAIN
from courses.services.certificate_work import issue_waiting, sign_again_waiting
from courses.verbs_credentials import declare_credentials_verbs
from jobs.handlers import Handler, register
from jobs.services.progress import give_up, start
from jobs.wordings import register_wording as register_wording_of_work
from notifications.registry import register_wording


def register_credentials() -> None:
    """Fill the registries; called once while Django starts."""
    declare_credentials_rights()
    declare_credentials_verbs()
    register(ISSUE, Handler(do=issue_waiting))
    register(SIGN_AGAIN, Handler(do=sign_again_waiting))
    register(MAKE_PDFS, Handler(do=make_pdfs))
    register(KIND, Handler(do=make_pdf, on_claimed=start, on_parked=give_up))
    register_wording_of_work(KIND, wordings.PDF)
    register_wording(READY, wordings.pdf_is_ready)
    register_wording("courses.certificate_issued", wordings.certificate_issued)
    register_wording("courses.certificate_revoked", wordings.certificate_revoked)
