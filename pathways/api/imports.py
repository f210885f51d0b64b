"""Frameworks as files, for programs: brought into a draft, compared, applied and undone."""

from typing import Any

from django.core.exceptions import TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import InSerializer, KeysetPagination, NothingIn, ProblemSafeJSONParser
from common.api.views import ApiView
from common.http.attachments import attachment
from pathways.api.writing import READ, WRITE, edition_read, edition_written
from pathways.models import FrameworkImport, ImportFormat, ImportState, LineKind
from pathways.selectors.case.incoming import MOST_BYTES
from pathways.selectors.imports import imports_of, imports_seen, lines_shown, standing_of
from pathways.selectors.workbooks.tables import Table, empty_table, table_of
from pathways.selectors.workbooks.writing import XLSX_TYPE, file_of
from pathways.services.imports import Upload
from pathways.services.uploads import apply_upload, check_upload, check_upload_again, undo_upload


class OneFileParser(MultiPartParser):
    """A form with so many parts that it is not read is one with more than a file."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except (TooManyFieldsSent, TooManyFilesSent):
            raise ParseError(_("Send one file."), code="one_file") from None


class ImportOut(serializers.Serializer[Any]):
    """A file that was compared with a draft, and perhaps applied to it."""

    id = serializers.IntegerField()
    framework = serializers.IntegerField(
        source="version_id", help_text="The edition it is for, which was a draft then."
    )
    file_name = serializers.CharField()
    format = serializers.ChoiceField(choices=ImportFormat.choices)
    state = serializers.ChoiceField(choices=ImportState.choices)
    rows = serializers.IntegerField(source="row_count")
    revision = serializers.IntegerField(
        help_text="The state of the draft it was compared with; once applied, the one it left."
    )
    uploaded_by = serializers.CharField(source="uploader")
    uploaded_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


class KindCountOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=LineKind.choices)
    count = serializers.IntegerField()


class ImportDetailOut(ImportOut):
    """The same with how much it would change, and what can be done with it now."""

    lines = KindCountOut(many=True)
    has_moved_on = serializers.BooleanField(
        help_text="The draft has changed since: have the file checked again."
    )
    can_apply = serializers.BooleanField()
    can_undo = serializers.BooleanField()
    undo_until = serializers.DateField(allow_null=True)


class ImportLineOut(serializers.Serializer[Any]):
    """One mistake in a file, or one thing that applying it changes."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=LineKind.choices)
    row = serializers.IntegerField(
        allow_null=True, help_text="From 1 for the first line; null where no row is about it."
    )
    about = serializers.CharField()
    field = serializers.CharField(help_text="The column.")
    before = serializers.CharField()
    after = serializers.CharField()
    message = serializers.CharField(help_text="What is wrong, and what to do.")


class ImportLineQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(required=False, choices=LineKind.choices)


class FileIn(InSerializer):
    """A form of one part (``multipart/form-data``): an Excel workbook, a CSV file or a package."""

    file = serializers.FileField(max_length=255, error_messages={"invalid": _("Send a file.")})

    def to_internal_value(self, data: Any) -> Any:
        if hasattr(data, "getlist") and len(data.getlist("file")) > 1:
            refusal = serializers.ErrorDetail(str(_("Give this once.")), code="repeated")
            raise serializers.ValidationError({"file": [refusal]})
        return super().to_internal_value(data)


class FileKindQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(
        required=False, choices=[("csv", "csv"), ("xlsx", "xlsx")], default="xlsx"
    )


@extend_schema(tags=["framework imports"])
class ImportList(ApiView):
    """What was uploaded for one draft."""

    required_scopes = {"GET": READ, "POST": WRITE}
    pagination_class = KeysetPagination
    # Whoever sends JSON is told that a file is missing.
    parser_classes = [OneFileParser, ProblemSafeJSONParser]
    ordering = ("-id",)

    @extend_schema(operation_id="framework_imports", responses=ImportOut(many=True))
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """The files that were uploaded for an edition, the newest first."""
        version = edition_written(request, pk)
        rows = imports_of(version, actor=request.user, on=timezone.localdate())
        return self.page(request, rows, ImportOut)

    @extend_schema(
        operation_id="framework_import",
        request={"multipart/form-data": FileIn},
        responses={201: ImportDetailOut},
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Have a file compared with a draft. Nothing changes until it is applied.

        A file with mistakes is kept as `REFUSED`, with a line for each of them. A file of which
        not even the rows can be told is refused with 422 and a sentence.
        """
        version = edition_written(request, pk)
        file = self.body(request, FileIn)["file"]
        upload = Upload(file.name, file.read(MOST_BYTES + 1))
        done = check_upload(version=version, file=upload, by=request.user, now=timezone.now())
        address = reverse("v1:framework_import_show", args=[done.pk])
        return Response(_shown(request, done.pk), status=201, headers={"Location": address})


@extend_schema(tags=["framework imports"])
class ImportDetail(ApiView):
    required_scopes = {"GET": READ}

    @extend_schema(operation_id="framework_import_show", responses=ImportDetailOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """A file with how much it would change, and what can be done with it."""
        return Response(_shown(request, pk))


@extend_schema(tags=["framework imports"])
class ImportLineList(ApiView):
    required_scopes = {"GET": READ}
    pagination_class = KeysetPagination
    query_serializer = ImportLineQuery

    @extend_schema(operation_id="framework_import_lines", responses=ImportLineOut(many=True))
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """The mistakes of a file, or everything that applying it changes."""
        lines = lines_shown(_seen(request, pk), kind=self.query.get("kind", ""))
        return self.page(request, lines, ImportLineOut)


class _Step(ApiView):
    required_scopes = {"POST": WRITE}

    def take(self, step: Any, request: SignedInApiRequest, pk: int) -> Response:
        imported = _seen(request, pk)
        self.body(request, NothingIn)
        step(imported=imported, by=request.user, now=timezone.now())
        return Response(_shown(request, pk))


@extend_schema(tags=["framework imports"])
class ImportApply(_Step):
    @extend_schema(
        operation_id="framework_import_apply", request=None, responses={200: ImportDetailOut}
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Make the draft say what the file says: all of it, or nothing."""
        return self.take(apply_upload, request, pk)


@extend_schema(tags=["framework imports"])
class ImportCheck(_Step):
    @extend_schema(
        operation_id="framework_import_check", request=None, responses={200: ImportDetailOut}
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Compare a file again, with what the draft says now."""
        return self.take(check_upload_again, request, pk)


@extend_schema(tags=["framework imports"])
class ImportUndo(_Step):
    @extend_schema(
        operation_id="framework_import_undo", request=None, responses={200: ImportDetailOut}
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Put the draft back to what it said before, as long as nothing else has changed it."""
        return self.take(undo_upload, request, pk)


_FILES = {(200, XLSX_TYPE): OpenApiTypes.BINARY, (200, "text/csv"): OpenApiTypes.BINARY}


@extend_schema(tags=["framework imports"])
class TemplateFile(ApiView):
    required_scopes = {"GET": READ}
    query_serializer = FileKindQuery

    @extend_schema(operation_id="framework_template", responses=_FILES)
    def get(self, request: SignedInApiRequest) -> HttpResponse:
        """An empty table to fill in, with every column there is."""
        return _file(empty_table(), kind=self.query["kind"])


@extend_schema(tags=["framework imports"])
class WorkbookFile(ApiView):
    required_scopes = {"GET": READ}
    query_serializer = FileKindQuery

    @extend_schema(operation_id="framework_workbook", responses=_FILES)
    def get(self, request: SignedInApiRequest, pk: int) -> HttpResponse:
        """An edition as the table that, brought in again, changes nothing."""
        return _file(table_of(edition_read(request, pk)), kind=self.query["kind"])


def _file(table: Table, *, kind: str) -> HttpResponse:
    file = file_of(table, kind=kind)
    return attachment(file.content, name=file.name, content_type=file.content_type)


def _seen(request: SignedInApiRequest, pk: int) -> FrameworkImport:
    rows = imports_seen(request.user, on=timezone.localdate())
    return get_object_or_404(rows, pk=pk)


def _shown(request: SignedInApiRequest, pk: int) -> dict[str, Any]:
    imported = _seen(request, pk)
    standing = standing_of(imported, actor=request.user, now=timezone.now())
    return {
        **ImportOut(imported).data,
        "lines": [{"kind": kind, "count": count} for kind, count in standing.counts],
        "has_moved_on": standing.has_moved_on,
        "can_apply": standing.can_apply,
        "can_undo": standing.can_undo,
        "undo_until": standing.undo_until,
    }
