"""Pages of results: the file to fill in, what a file would change, applying and undoing it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courses.models import AssessmentResult, CompletionRule, ResultFile
from tests.factories.accounts import PersonFactory, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, colleague_of, host_of, seated
from tests.factories.results import csv_of, found, result_file, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def session():
    return SessionFactory(starts_at=NOW - timedelta(hours=8), capacity=5, state="CLOSED")


@pytest.fixture
def lead(client, session):
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))
    client.force_login(lead)
    return lead


def attended(session, seat):
    return seated(session, seat, person=colleague_of(session), state="ATTENDED")


def page_of(session):
    return reverse("courses:session_results", args=[session.pk])


def upload(client, session, content):
    file = SimpleUploadedFile("results.csv", content)
    return client.post(page_of(session), {"file": file})


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_file_is_uploaded_looked_at_applied_and_undone(client, session, lead):
    right, wrong = attended(session, 1), attended(session, 2)

    sent = upload(client, session, csv_of(told(right, "72.5", "Passed"), told(wrong, "720")))
    problems = text_of(client.get(sent.url))
    new = text_of(client.get(sent.url, {"kind": "NEW"}))
    refused = client.post(sent.url)
    before = AssessmentResult.objects.count()
    client.post(sent.url, {"leave_out": "on"})
    stands = AssessmentResult.objects.filter(stands=True).count()
    done = text_of(client.get(sent.url))
    client.post(sent.url, {"step": "undo"})
    undone = text_of(client.get(sent.url))

    assert "Not a result from 0 to 100" in problems
    assert "720" in problems
    assert "72.5 per cent, Passed" in new
    assert right.person.full_name in new
    assert refused.status_code == 422
    assert "1 row has something to put right" in text_of(refused)
    assert (before, stands) == (0, 1)
    assert "1 result was recorded" in done
    assert "undid it on" in undone
    assert not AssessmentResult.objects.filter(stands=True).exists()


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"Name,Shoe size\r\nAmara,5\r\n"])
def test_what_is_no_file_of_results_is_told_beside_the_field(client, session, lead, content):
    answer = upload(client, session, content)

    assert answer.status_code == 422
    assert 'id="id_file-error"' in answer.content.decode()
    assert not ResultFile.objects.exists()


def test_the_people_of_the_session_alone_are_downloaded(client, session, lead):
    place, other = attended(session, 1), attended(SessionFactory(offering=session.offering), 1)

    answer = client.get(page_of(session), {"format": "csv"})

    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Disposition"] == f'attachment; filename="results-{session.pk}.csv"'
    assert text.startswith("Place number,Family name,Given name,Organisation,Result in per cent")
    assert f"\r\n{place.pk}," in text
    assert f"\r\n{other.pk}," not in text


def test_nobody_else_reads_results_or_brings_them_in(client, session):
    place = attended(session, 1)
    file = result_file(place)
    elsewhere = grant(PersonFactory(), "LEARNING_LEAD", host_of(SessionFactory()))

    for reader, says in ((place.person, 403), (elsewhere, 404)):
        client.force_login(reader)
        answers = [
            client.get(page_of(session)),
            upload(client, session, csv_of(told(place, "65"))),
        ]
        assert [one.status_code for one in answers] == [says, says]
        of_file = reverse("courses:result_file", args=[file.pk])
        assert [client.get(of_file).status_code, client.post(of_file).status_code] == [404, 404]

    assert not AssessmentResult.objects.exists()
    assert ResultFile.objects.count() == 1


def test_a_person_reads_their_own_result(client, session):
    place, other = attended(session, 1), attended(session, 2)
    found(place, 65)
    client.force_login(other.person)
    of_other = text_of(client.get(reverse("courses:session_show", args=[session.pk])))
    client.force_login(place.person)

    page = text_of(client.get(reverse("courses:session_show", args=[session.pk])))

    assert "Result: 65 per cent" in page
    assert "per cent" not in of_other


def test_a_rule_asks_for_a_least_result(client, session, lead):
    page = reverse("courses:completion_rule", args=[session.offering_id])
    day = {f"starts_on_{part}": getattr(TODAY, part) for part in ("day", "month", "year")}
    given = {"least_share": "80", "least_result": "60", **day}

    wrong = client.post(page, given)
    client.post(page, {**given, "needs_result": "on"})

    assert wrong.status_code == 422
    assert "Select this as well, or leave the least result out" in text_of(wrong)
    rule = CompletionRule.objects.get()
    assert (rule.needs_result, rule.least_result, rule.least_share) == (True, 60, 80)
    assert "A result of 60 per cent at least" in text_of(client.get(page))


@pytest.mark.parametrize("rows", [1, 3])
def test_files_and_rows_take_as_many_statements_however_many(
    client, session, lead, django_assert_num_queries, rows
):
    places = [attended(session, seat) for seat in range(1, rows + 1)]
    content = csv_of(*(told(one, "65") for one in places))
    for _number in range(rows):
        sent = upload(client, session, content)
    result_file(attended(SessionFactory(), 1), file_name="of-another.csv")

    with django_assert_num_queries(11):
        listed = client.get(page_of(session))
    with django_assert_num_queries(13):
        shown = client.get(sent.url)

    assert listed.content.decode().count("data-results") == rows
    assert "of-another.csv" not in listed.content.decode()
    assert shown.content.decode().count("data-line") == rows
