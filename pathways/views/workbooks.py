from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from pathways.models import FrameworkVersion
from pathways.selectors.workbooks.tables import Table, empty_table, table_of
from pathways.selectors.workbooks.writing import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx


@require_safe
def workbook_template(request: SignedInRequest) -> HttpResponse:
    return _download(request, empty_table())


@require_safe
def workbook_download(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = FrameworkVersion.objects.visible_to(request.user, on=timezone.localdate())
    version = get_object_or_404(rows.select_related("framework", "scale"), pk=pk)
    return _download(request, table_of(version))


def _download(request: SignedInRequest, table: Table) -> HttpResponse:
    """A workbook, or with ``?kind=csv`` a CSV file; always to be kept, never shown here."""
    is_csv = request.GET.get("kind") == "csv"
    content, kind, ending = (
        (as_csv(table), CSV_TYPE, "csv") if is_csv else (as_xlsx(table), XLSX_TYPE, "xlsx")
    )
    name = slugify(table.title) or "framework"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{ending}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=kind, headers=headers)
