"""The codes that equality monitoring asks with. What people answer is never loaded from a file."""

from accounts.models import MonitoringCode
from config.reference.files import read_csv


def load_monitoring_codes() -> int:
    """Add codes that are missing and reword those that are there; return how many there are."""
    rows = [
        MonitoringCode(
            position=position,
            is_verified=fields.pop("is_verified") == "yes",
            **fields,
        )
        for position, fields in enumerate(read_csv("monitoring_codes.csv"), start=1)
    ]
    MonitoringCode.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["attribute", "system", "code"],
        update_fields=["label", "kind", "position", "is_verified"],
    )
    return len(rows)
