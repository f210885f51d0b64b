"""The rule for requests of the service, which organisations put their own in place of."""

from config.reference.files import read_toml
from courses.models import ApprovalRule


def load_approval_rule() -> int:
    """Write the rule where there is none; one that is there stays as somebody changed it."""
    if not ApprovalRule.objects.filter(organisation=None).exists():
        ApprovalRule.objects.create(organisation=None, **read_toml("approval.toml")["rule"])
    return 1
