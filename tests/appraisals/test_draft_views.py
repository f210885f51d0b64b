import pytest
from django.urls import reverse

from appraisals.models import Appraisal, Draft
from tests.factories.appraisals import DraftFactory, appraise
from tests.factories.clock import NOW
from tests.factories.pathways import competencies_of, role_asking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def appraisal():
    return appraise()


def url(appraisal):
    return reverse("appraisals:draft_write", args=[appraisal.pk])


def write(client, appraisal, text, *, version=0, htmx=False, by=None, **fields):
    client.force_login(by or appraisal.subject)
    data = {"answer-went-well": text, "version": version, **fields}
    return client.post(url(appraisal), data, headers=HTMX if htmx else {})


def test_the_form_asks_each_side_its_own_questions(client, appraisal):
    client.force_login(appraisal.subject)
    subject = client.get(url(appraisal)).content.decode()
    client.force_login(appraisal.appraiser)
    manager = client.get(url(appraisal)).content.decode()

    assert "What support will you give?" not in subject
    assert "What support will you give?" in manager


@pytest.mark.parametrize("competencies", [1, 3])
def test_the_form_costs_the_same_whatever_the_role_asks_for(
    client, django_assert_num_queries, competencies
):
    appraisal = appraise(role_profile=role_asking(*[2] * competencies))
    client.force_login(appraisal.subject)

    with django_assert_num_queries(13):
        page = client.get(url(appraisal)).content.decode()

    assert page.count('name="level-') == competencies


def test_the_plain_button_keeps_and_comes_back(client, appraisal):
    response = write(client, appraisal, "The new rota")

    assert (response.status_code, response.url) == (302, url(appraisal))
    assert Draft.objects.get().answers == {"went-well": "The new rota"}
    assert "The new rota" in client.get(url(appraisal)).content.decode()


def test_saving_to_check_leads_to_what_would_be_shared(client, appraisal):
    response = write(client, appraisal, "The new rota", check="1")

    assert response.url == reverse("appraisals:appraisal_detail", args=[appraisal.pk])


def test_autosave_answers_with_the_new_number_of_saves(client, appraisal):
    response = write(client, appraisal, "The new", htmx=True)
    again = write(client, appraisal, "The new rota", version=1, htmx=True)

    assert response.status_code == again.status_code == 200
    assert 'name="version" value="1"' in response.content.decode()
    assert 'name="version" value="2"' in again.content.decode()
    assert "Saved at 9am on 20 November 2026" in again.content.decode()


def test_levels_are_kept(client):
    role = role_asking(3, 2)
    first, second = competencies_of(role)
    appraisal = appraise(role_profile=role)
    levels = {f"level-{first.pk}": "4", f"level-{second.pk}": "none"}

    write(client, appraisal, "", by=appraisal.appraiser, **levels)

    assert Draft.objects.get().levels == {str(first.pk): 4, str(second.pk): None}


def test_the_second_tab_sees_both_texts_and_loses_neither(client, appraisal):
    write(client, appraisal, "From the first tab")

    response = write(client, appraisal, "From the second tab", version=0)

    page = response.content.decode()
    assert response.status_code == 409
    assert "<title>Error: " in response.content.decode()
    assert "From the second tab</textarea>" in page
    assert '<blockquote class="app-quote"><p>From the first tab</p></blockquote>' in page
    assert 'name="version" value="1"' in page
    assert Draft.objects.get().answers == {"went-well": "From the first tab"}


def test_one_text_is_saved_over_the_other_once_both_were_seen(client, appraisal):
    write(client, appraisal, "From the first tab")
    write(client, appraisal, "From the second tab", version=0)

    response = write(client, appraisal, "From the second tab", version=1)

    assert response.status_code == 302
    assert Draft.objects.get().answers == {"went-well": "From the second tab"}


def test_autosave_of_a_tab_left_behind_saves_nothing_and_stays_behind(client, appraisal):
    write(client, appraisal, "From the first tab")

    response = write(client, appraisal, "From the second tab", version=0, htmx=True)

    part = response.content.decode()
    assert response.status_code == 409
    assert 'name="version" value="0"' in part
    assert "Not saved." in part
    assert "<html" not in part
    assert Draft.objects.get().answers == {"went-well": "From the first tab"}


def test_levels_that_differ_are_shown_in_words(client):
    role = role_asking(3)
    field = f"level-{competencies_of(role)[0].pk}"
    appraisal = appraise(role_profile=role)
    write(client, appraisal, "Same", **{field: "2"})

    response = write(client, appraisal, "Same", version=0, **{field: "4"})

    page = response.content.decode()
    assert response.status_code == 409
    assert '<blockquote class="app-quote"><p>Occasionally</p></blockquote>' in page
    assert page.count("data-saved") == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("TYPED \x00", "Enter text without the hidden characters"),
        ("TYPED " * 51, "Enter 50 words or fewer. You have used 51."),
        ("TYPED" + "x" * 5000, "Enter 5000 characters or fewer"),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_what_cannot_be_kept_is_refused_and_stays_typed(client, appraisal, text, sentence, htmx):
    write(client, appraisal, "Kept before")

    response = write(client, appraisal, text, version=1, htmx=htmx)

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert htmx or "TYPED" in page.split("<textarea")[1]
    assert Draft.objects.get().answers == {"went-well": "Kept before"}


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 30])
def test_a_wrong_version_is_a_wrong_form(client, appraisal, version):
    response = write(client, appraisal, "TYPED", version=version)

    assert response.status_code == 422
    assert "TYPED</textarea>" in response.content.decode()


def test_a_stale_form_with_a_mistake_stays_behind(client, appraisal):
    write(client, appraisal, "From the first tab")

    response = write(client, appraisal, "TYPED " * 51, version=0)

    assert response.status_code == 422
    assert 'name="version" value="0"' in response.content.decode()


def test_what_was_typed_after_sharing_is_still_there(client, appraisal):
    DraftFactory(appraisal=appraisal, side="SUBJECT", answers={"went-well": "Shared"})
    Appraisal.objects.update(subject_shared_at=NOW)

    response = write(client, appraisal, "TYPED too late", version=1)

    page = response.content.decode()
    assert response.status_code == 409
    assert "You have shared your part" in page
    assert "TYPED too late</textarea>" in page
    assert client.get(url(appraisal)).status_code == 302


def test_autosave_after_signing_out_says_so_and_never_brings_a_page_into_the_form(
    client, appraisal
):
    data = {"answer-went-well": "TYPED", "version": "3"}

    autosave = client.post(url(appraisal), data, headers=HTMX)
    plain = client.post(url(appraisal), data)

    part = autosave.content.decode()
    assert autosave.status_code == 401
    assert "You have been signed out." in part
    assert 'name="version" value="3"' in " ".join(part.split())
    assert "<html" not in part
    assert plain.status_code == 302
    assert reverse("account_login") in plain.url
    assert not Draft.objects.exists()


def test_markup_in_a_text_stays_text(client, appraisal):
    write(client, appraisal, "<script>alert(1)</script>")

    page = client.get(reverse("appraisals:appraisal_detail", args=[appraisal.pk]))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.content.decode()
    assert "<script>alert" not in page.content.decode()
