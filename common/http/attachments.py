"""Files that are handed out to be kept, never to be shown in a page of ours."""

from django.http import HttpResponse


def attachment(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """``name`` is of letters, digits and dashes, with its ending."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)
