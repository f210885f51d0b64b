from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from common.http.attachments import attachment
from pathways.models import FrameworkVersion
from pathways.selectors.workbooks.tables import Table, empty_table, table_of
from pathways.selectors.workbooks.writing import file_of


@require_safe
def workbook_template(request: SignedInRequest) -> HttpResponse:
    return _download(request, empty_table())


@require_safe
def workbook_download(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = FrameworkVersion.objects.visible_to(request.user, on=timezone.localdate())
    version = get_object_or_404(rows.select_related("framework", "scale"), pk=pk)
    return _download(request, table_of(version))


def _download(request: SignedInRequest, table: Table) -> HttpResponse:
    """A workbook, or with ``?kind=csv`` a CSV file."""
    file = file_of(table, kind=request.GET.get("kind", ""))
    return attachment(file.content, name=file.name, content_type=file.content_type)
