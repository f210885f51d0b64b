"""A file of results that was checked, with every kind of row."""

from typing import Any

from django.utils.timezone import now

from accounts.models import Person
from courses.models import Enrolment
from courses.services.results import check_results
from courses.services.training_imports import File
from tests.every_page.arguments import run_by
from tests.factories.results import csv_of, told


def results_checked(reader: Person) -> dict[str, Any]:
    """With a row that is new and one that has something to put right."""
    place = Enrolment.objects.filter(session__in=run_by(reader), state="ATTENDED")[0]
    content = csv_of(told(place, "65", "Passed"), ("", "", "65", "", ""))
    file = File("results.csv", content)
    return {"pk": check_results(session=place.session, file=file, by=reader, now=now()).pk}
