"""Long work and what came of it, news, and the demonstration's mailbox."""

from tests.security.matrix.rules import OWN, Access, Rule, about_organisation, ones_own
from tests.security.matrix.ties import Tie

_OWNER = Access(frozenset({Tie.SELF}))

RULES: list[Rule] = [
    Rule("jobs:job_show", {"get": _OWNER}, "job", "person", attribute="public_id"),
    Rule("jobs:document_download", {"get": _OWNER}, "document", "person", attribute="public_id"),
    ones_own("jobs:document_list", get=OWN),
    ones_own("jobs:information_show", get=OWN),
    ones_own("jobs:information_ask", post=OWN),
    ones_own("notifications:home", get=OWN),
    ones_own("notifications:notice_list", get=OWN),
    ones_own("notifications:notice_read_all", post=OWN),
    # The mailbox is the demonstration's, where it exists at all, and open to everybody there.
    ones_own("notifications:mailbox_list", get=OWN),
    about_organisation("notifications:mailbox_show", "mail", get=OWN),
    about_organisation("notifications:mailbox_page", "mail", get=OWN),
]
