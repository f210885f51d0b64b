"""The pages of those who write and review frameworks, opened on what the demonstration has."""

from typing import Any

from accounts.models import Person
from pathways.models import (
    Collaborator,
    Comment,
    Competency,
    Crosswalk,
    Domain,
    FrameworkImport,
    FrameworkVersion,
    Review,
)
from tests.every_page.arguments import AMARA, LEARNING, TALENT, Arguments, first, nothing

Row = tuple[str, str, Arguments, str]


def edition(code: str, label: str) -> Arguments:
    return lambda reader: {"pk": FrameworkVersion.objects.get(framework__code=code, label=label).pk}


NIGHT, WAITING = edition("NIGHT-LEAD", "First"), edition("FIRST-POST", "First")
EARLIER, LATER = edition("WARD-LEAD", "2024"), edition("WARD-LEAD", "2025")


def of_night(model: Any, **fields: object) -> Arguments:
    """The first row of the draft that is being written, called ``fields``."""
    path = "framework" if model is Collaborator else "version__framework"
    return lambda reader: first(model.objects.filter(**{f"{path}__code": "NIGHT-LEAD"}, **fields))


def a_review(reader: Person) -> dict[str, Any]:
    return first(Review.objects.filter(outcome="ASKED"))


def a_finished_import(reader: Person) -> dict[str, Any]:
    imported = FrameworkImport.objects.get(version__framework__code="NIGHT-LEAD", state="APPLIED")
    return {"public_id": imported.public_id}


def a_rule_to_confirm(reader: Person) -> dict[str, Any]:
    return first(Crosswalk.objects.filter(kind="SPLIT", confirmed_at=None))


def _by(reader: str, *pages: tuple[str, Arguments]) -> list[Row]:
    return [(f"pathways:{name}", reader, arguments, "") for name, arguments in pages]


DOMAIN = of_night(Domain, code="1")
COMPETENCY = of_night(Competency, code="1.2")
COMMENT = of_night(Comment, resolved_at=None, reply_to=None)
GUEST = of_night(Collaborator)

ROWS: list[Row] = [
    ("pathways:authoring_list", AMARA, nothing, ""),
    ("pathways:authoring_list", LEARNING, nothing, "?words=nothing-is-called-this"),
    ("pathways:framework_show", AMARA, LATER, "?on_day=1&on_month=5&on_year=2025"),
    ("pathways:framework_show", AMARA, LATER, "?on_day=1&on_month=5&on_year=2020"),
    ("pathways:crosswalk_say", LEARNING, LATER, "?of=2.3"),
    ("pathways:comment_list", LEARNING, NIGHT, ""),
    *_by(
        LEARNING,
        ("authoring_list", nothing),
        ("authoring_create", nothing),
        ("authoring_show", NIGHT),
        ("authoring_show", WAITING),
        ("authoring_show", LATER),
        ("authoring_edit", NIGHT),
        ("edition_edit", NIGHT),
        ("domain_add", NIGHT),
        ("domain_edit", DOMAIN),
        ("domain_remove", DOMAIN),
        ("competency_add", DOMAIN),
        ("competency_edit", COMPETENCY),
        ("levels_edit", COMPETENCY),
        ("competency_move_to", COMPETENCY),
        ("competency_remove", COMPETENCY),
        ("people_list", NIGHT),
        ("people_end", GUEST),
        ("comment_reply", COMMENT),
        ("review_list", WAITING),
        ("review_ask", NIGHT),
        ("review_show", a_review),
        ("framework_publish", NIGHT),
        ("framework_retire", LATER),
        ("framework_print", LATER),
        ("import_new", NIGHT),
        ("import_show", a_finished_import),
        ("scale_list", nothing),
        ("scale_create", nothing),
        ("edition_draft", LATER),
        ("edition_compare", LATER),
        ("crosswalk_show", LATER),
        ("crosswalk_confirm", a_rule_to_confirm),
    ),
    *_by(
        TALENT,
        ("authoring_list", nothing),
        ("authoring_show", NIGHT),
        ("comment_list", NIGHT),
        ("review_list", WAITING),
        ("review_show", a_review),
    ),
    *_by(AMARA, ("framework_show", EARLIER), ("framework_print", EARLIER)),
]
