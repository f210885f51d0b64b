"""The addresses of a CASE provider: one set that is listed, and eleven kinds of single things."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api.views import ApiView
from pathways.api.case.discovery import description
from pathways.api.case.queries import (
    FieldsQuery,
    ListQuery,
    matching,
    ordered,
    page_links,
    selected,
)
from pathways.api.case.refusals import Refused, case_response
from pathways.models.frameworks import FrameworkVersionQuerySet
from pathways.selectors.case import resources, shapes
from pathways.selectors.case.resources import editions_to_serve
from pathways.selectors.case.shapes import Shape
from pathways.selectors.case.vocabulary import DOCUMENTS, Json

READ = {"GET": "frameworks:read"}
_USUAL = 100
_UUID = re.compile(shapes.UUID)


@dataclass(frozen=True, slots=True)
class Resource:
    find: Callable[[FrameworkVersionQuerySet, str], Json | None]
    shape: Shape


class CaseView(ApiView):
    """Not in our own OpenAPI document and without its versions: the standard has its own."""

    required_scopes = READ
    versioning_class = None
    schema = None

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        return case_response

    def editions(self, request: SignedInApiRequest) -> FrameworkVersionQuerySet:
        return editions_to_serve(actor=request.user, on=timezone.localdate())


class DocumentList(CaseView):
    query_serializer = ListQuery

    def get(self, request: SignedInApiRequest) -> Response:
        """The editions one may see, a page at a time; X-Total-Count and Link lead on."""
        limit, offset = self.query.get("limit", _USUAL), self.query.get("offset", 0)
        page, total = self._page(self.editions(request), limit, offset)
        told = selected(page, self.query.get("fields"), shapes.DOCUMENT)
        headers = {
            "X-Total-Count": str(total),
            "Link": page_links(request, limit=limit, offset=offset, total=total),
        }
        return Response({DOCUMENTS: told}, headers=headers)

    def _page(
        self, editions: FrameworkVersionQuerySet, limit: int, offset: int
    ) -> tuple[list[Json], int]:
        """Cut by the database; asked in another order or for some of them, by the identifiers."""
        condition = self.query.get("filter")
        if not condition and "sort" not in self.query:
            part = editions[offset : offset + limit]
            return list(resources.documents(part)), editions.count()
        rows = resources.documents(editions)
        found = ordered(matching(rows, condition, shapes.DOCUMENT), self.query, shapes.DOCUMENT)
        return resources.documents_named(editions, found[offset : offset + limit]), len(found)


class Single(CaseView):
    """One thing by its identifier, looked for among the editions that one may see."""

    query_serializer = FieldsQuery
    resource: ClassVar[Resource]

    def get(self, request: SignedInApiRequest, identifier: str) -> Response:
        if not _UUID.match(identifier):
            sentence = _("“%(identifier)s” is not a UUID. Send the identifier of one thing.")
            raise Refused(404, sentence % {"identifier": identifier}, code="invalid_uuid")
        told = self.resource.find(self.editions(request), identifier.lower())
        if told is None:
            raise Refused(404, _("There is nothing with this identifier that you can see."))
        (chosen,) = selected([told], self.query.get("fields"), self.resource.shape)
        return Response(chosen)


class DocumentShow(Single):
    resource = Resource(resources.document, shapes.DOCUMENT)


class PackageShow(Single):
    resource = Resource(resources.package, shapes.PACKAGE)


class ItemShow(Single):
    resource = Resource(resources.item, shapes.ITEM)


class ItemAssociations(Single):
    resource = Resource(resources.item_associations, shapes.ASSOCIATION_SET)


class AssociationShow(Single):
    resource = Resource(resources.association, shapes.ASSOCIATION)


class GroupingShow(Single):
    resource = Resource(resources.grouping, shapes.GROUPING)


class ConceptShow(Single):
    resource = Resource(resources.concepts, shapes.CONCEPT_SET)


class SubjectShow(Single):
    resource = Resource(resources.subjects, shapes.SUBJECT_SET)


class ItemTypeShow(Single):
    resource = Resource(resources.item_types, shapes.ITEM_TYPE_SET)


class LicenseShow(Single):
    resource = Resource(resources.license_, shapes.LICENSE)


class RubricShow(Single):
    resource = Resource(resources.rubric, shapes.RUBRIC)


@login_not_required
@require_safe
def discovery(request: HttpRequest) -> JsonResponse:
    """The OpenAPI description of what is served here; open, as it tells of nobody's rows."""
    return JsonResponse(description())
