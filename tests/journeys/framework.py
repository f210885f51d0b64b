"""The trust in which a framework is written, and the tables that its author fills."""

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from openpyxl import load_workbook

from accounts.models import Organisation, Person
from pathways.models import Competency, FrameworkVersion, Scale
from pathways.services.imports import Upload, apply_import, check_file
from pathways.services.publishing import publish_edition
from pathways.services.reviewing import SIGN_OFF, answer_review, ask_for_review
from pathways.services.self_assessment import answer_question
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.pathways import FrameworkFactory, FrameworkVersionFactory, ScaleFactory

TITLE = "Leading a ward"
HEADINGS = ("Domain code", "Domain title", "Competency code", "Title", "Level 1 description")
ROWS = (
    ("1", "A safe shift", "1.1", "Handing over", "Hands over with the agreed form."),
    ("1", "", "1.2", "Feedback and supervision", "Thanks people for something in particular."),
    ("2", "Time and money", "2.1", "Ordering stores", "Knows what the ward uses in a week."),
    ("2", "", "2.2", "Fax and paper records", "Files on the day."),
)


@dataclass(frozen=True)
class Cast:
    """Yusuf writes frameworks, Kwame reviews them, and Amara runs a ward."""

    trust: Organisation
    scale: Scale
    yusuf: Person
    kwame: Person
    amara: Person


def gather() -> Cast:
    trust = OrganisationFactory(name="Riverbank University Hospitals")

    def person(given_name: str, family_name: str) -> Person:
        named = PersonFactory(given_name=given_name, family_name=family_name)
        return employ(person=named, organisation=trust)

    return Cast(
        trust=trust,
        scale=ScaleFactory(title="How often it is seen"),
        yusuf=grant(person("Yusuf", "Ahmed"), "FRAMEWORK_AUTHOR", trust),
        kwame=grant(person("Kwame", "Boateng"), "REVIEWER", trust),
        amara=person("Amara", "Okafor"),
    )


def filled(template: bytes, rows: tuple[tuple[str, ...], ...]) -> bytes:
    """``template`` with ``rows`` below its own headings, as somebody fills it in Excel."""
    workbook = load_workbook(BytesIO(template))
    sheet = workbook.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    for number, row in enumerate(rows, start=2):
        for heading, text in zip(HEADINGS, row, strict=True):
            sheet.cell(row=number, column=places[heading], value=text)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def as_csv(rows: tuple[tuple[str, ...], ...]) -> bytes:
    return "\n".join(",".join(row) for row in (HEADINGS, *rows)).encode()


def in_use(cast: Cast, *, now: datetime, since: date) -> FrameworkVersion:
    """The first edition, brought in, reviewed and published at ``now``."""
    version = FrameworkVersionFactory(
        framework=FrameworkFactory(owner=cast.trust, code="WARD-LEAD", title=TITLE),
        scale=cast.scale,
        label="First",
        state="DRAFT",
        valid_from=since,
    )
    imported = check_file(
        version=version, file=Upload("ward.csv", as_csv(ROWS)), by=cast.yusuf, now=now
    )
    apply_import(imported=imported, by=cast.yusuf, now=now)
    version.refresh_from_db()
    (review,) = ask_for_review(
        version=version,
        reviewers=[cast.kwame],
        message="",
        revision=version.revision,
        by=cast.yusuf,
        now=now,
    )
    answer_review(review=review, step=SIGN_OFF, statement="", by=cast.kwame, now=now)
    return publish_edition(
        version=version,
        valid_from=since,
        ends_before=False,
        revision=version.revision,
        by=cast.yusuf,
        now=now,
    )


def assessed(cast: Cast, version: FrameworkVersion, *, now: datetime, **ranks: int) -> None:
    """What Amara said of herself at ``now``: a rank for each code, with ``_`` for its dot."""
    for code, rank in ranks.items():
        competency = Competency.objects.get(version=version, code=code[1:].replace("_", "."))
        answer_question(competency=competency, rank=rank, note="", by=cast.amara, now=now)
