"""What the endpoints that write frameworks share: the edition asked for, and who may do it.

A program with ``frameworks:write`` writes what its own organisation owns; a person as on a page.
"""

from typing import Any, NoReturn

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers

from accounts.http import SignedInApiRequest
from common.api import InSerializer
from pathways.models import FrameworkVersion
from pathways.models.frameworks import WRITING
from pathways.selectors.authoring import editions_written

READ, WRITE = "frameworks:read", WRITING
MOST_ID = 2**63 - 1
MOST_REVISION = 2**31 - 1
MOST_TEXT = 5_000


class IdIn(serializers.IntegerField):
    """The number of a row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=MOST_ID, **options)


class RevisionIn(InSerializer):
    """A change of a draft as its sender last saw it."""

    revision = serializers.IntegerField(
        min_value=0,
        max_value=MOST_REVISION,
        help_text="The draft's as you last read it; 409 when somebody changed it since.",
    )


def edition_read(request: SignedInApiRequest, pk: int) -> FrameworkVersion:
    rows = FrameworkVersion.objects.visible_to(request.user, on=timezone.localdate())
    return get_object_or_404(rows.select_related("framework", "scale"), pk=pk)


def edition_written(request: SignedInApiRequest, pk: int) -> FrameworkVersion:
    rows: Any = editions_written(request.user, on=timezone.localdate())
    version: FrameworkVersion = get_object_or_404(rows.select_related("framework", "scale"), pk=pk)
    return version


def refuse_field(name: str, sentence: str, *, code: str) -> NoReturn:
    """Say what is wrong with one field of the body, as the checks of single fields do."""
    raise serializers.ValidationError({name: [serializers.ErrorDetail(sentence, code=code)]})
