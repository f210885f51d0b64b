"""What the writing of frameworks holds of those who write them."""

from django.utils.translation import gettext_lazy as _

from accounts.rights import Delete, Holding, Keep, Link, register
from accounts.rights.classes import DEVELOPMENT

_OF_A_FRAMEWORK = _("It says how a framework came to be, and names you without your name.")


def _done(path: str, *shown: str) -> Link:
    """Something the person did to a framework."""
    return Link(path, is_about=False, shown=shown, on_erasure=Keep(_OF_A_FRAMEWORK))


def declare_authoring() -> None:
    register(
        Holding(
            "pathways.Collaborator",
            title=_("Frameworks you write or review"),
            record_class=DEVELOPMENT,
            links=(
                Link(
                    "person",
                    shown=(
                        "framework__title",
                        "organisation",
                        "part",
                        "invited_by",
                        "starts_on",
                        "ends_on",
                    ),
                    on_erasure=Delete(),
                ),
                _done("invited_by", "framework__title", "part", "starts_on"),
            ),
        )
    )
    register(
        Holding(
            "pathways.Review",
            title=_("Reviews of frameworks"),
            record_class=DEVELOPMENT,
            links=(
                _done("reviewer", "asked_at", "outcome", "statement", "decided_at"),
                _done("asked_by", "asked_at", "message"),
            ),
        )
    )
    register(
        Holding(
            "pathways.Comment",
            title=_("Comments on frameworks"),
            record_class=DEVELOPMENT,
            links=(_done("author", "text", "written_at"), _done("resolved_by", "resolved_at")),
        )
    )
    register(
        Holding(
            "pathways.FrameworkImport",
            title=_("Framework files you uploaded"),
            record_class=DEVELOPMENT,
            links=(
                _done("uploaded_by", "file_name", "format", "uploaded_at", "state"),
                _done("applied_by", "file_name", "applied_at"),
                _done("undone_by", "file_name", "undone_at"),
            ),
        )
    )
    register(
        Holding(
            "pathways.PackageFetch",
            title=_("Framework packages you fetched"),
            record_class=DEVELOPMENT,
            links=(_done("asked_by", "address", "asked_at", "state"),),
        )
    )
    register(
        Holding(
            "pathways.Crosswalk",
            title=_("Rules between editions that you confirmed"),
            record_class=DEVELOPMENT,
            links=(_done("confirmed_by", "kind", "reason", "confirmed_at"),),
        )
    )
