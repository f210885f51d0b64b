"""The retention rules of the service, which organisations put their own in place of."""

from accounts.models import RetentionRule
from config.reference.files import read_toml


def load_retention_rules() -> int:
    """Add the rules that are missing; return how many there are.

    A rule that is there stays as it is: whoever runs the service may have confirmed or changed it.
    """
    rows = read_toml("retention.toml")["rules"]
    known = set(
        RetentionRule.objects.filter(organisation=None).values_list("record_class", flat=True)
    )
    RetentionRule.objects.bulk_create(
        RetentionRule(**fields) for fields in rows if fields["record_class"] not in known
    )
    return len(rows)
