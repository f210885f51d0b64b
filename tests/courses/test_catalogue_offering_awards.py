"""What one offering brings beside its programme, and awards of an organisation's own."""

import pytest
from django.urls import reverse

from accounts.models import Event
from accounts.scope import opened
from common.errors import Conflict, Forbidden
from courses.models import Award, OfferingAward
from courses.selectors.programmes import awards_to_bring
from courses.services.brings import AwardBrought
from courses.services.offering_awards import (
    AwardWritten,
    add_award,
    add_award_no_more,
    write_award,
)
from tests.factories.accounts import OrganisationFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import AwardFactory, OfferingFactory, OfferingShareFactory, brings
from tests.factories.courses_catalogue import lead_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def lead(client, trust):
    person = lead_at(trust)
    client.force_login(person)
    return person


@pytest.fixture
def offering(trust):
    return OfferingFactory(host=trust)


def page_of(offering):
    return reverse("courses:offering_show", args=[offering.pk])


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_lead_adds_an_award_and_takes_it_away(lead, trust, offering):
    award = AwardFactory()

    with opened(lead, on=TODAY):
        row = add_award(offering=offering, wanted=AwardBrought(award, True), by=lead, now=NOW)
        added = (row.offering, row.award, row.is_optional)
        add_award_no_more(row=row, by=lead, now=NOW)

    assert added == (offering, award, True)
    assert not OfferingAward.objects.exists()
    told = Event.objects.order_by("pk").values_list("verb", "organisation", "about_id", "facts")
    assert list(told) == [
        ("add_award", trust.pk, offering.pk, {"award": award.pk, "is_optional": True}),
        ("add_award_no_more", trust.pk, offering.pk, {"award": award.pk}),
    ]


def test_a_lead_writes_an_award_of_the_host_and_adds_it_elsewhere(lead, trust, offering):
    second = OfferingFactory(host=trust)
    wanted = AwardWritten(code=" Night-Lead ", title="Night leader", level=4, criteria="Led.")

    with opened(lead, on=TODAY):
        row = write_award(offering=offering, wanted=wanted, by=lead, now=NOW)
        add_award(offering=second, wanted=AwardBrought(row.award), by=lead, now=NOW)

    award = Award.objects.get()
    assert (award.owner, award.code, award.title, award.kind, award.level, award.body) == (
        trust,
        "night-lead",
        "Night leader",
        "CERTIFICATE",
        4,
        None,
    )
    assert set(award.offering_awards.values_list("offering", flat=True)) == {
        offering.pk,
        second.pk,
    }
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["write_award", "add_award", "add_award"]


def test_an_award_of_one_organisation_is_not_brought_by_another(offering, lead):
    stranger = lead_at(OrganisationFactory())
    wanted = AwardWritten(code="night-lead", title="Night leader")
    with opened(lead, on=TODAY):
        award = write_award(offering=offering, wanted=wanted, by=lead, now=NOW).award

    with opened(stranger, on=TODAY):
        assert award not in awards_to_bring(stranger, on=TODAY)


def test_an_award_that_is_seen_through_a_shared_offering_is_still_of_its_organisation(
    offering, lead
):
    elsewhere = OrganisationFactory()
    stranger, theirs = lead_at(elsewhere), OfferingFactory(host=elsewhere)
    OfferingShareFactory(offering=offering, organisation=elsewhere)
    wanted = AwardWritten(code="night-lead", title="Night leader")
    with opened(lead, on=TODAY):
        award = write_award(offering=offering, wanted=wanted, by=lead, now=NOW).award

    with opened(stranger, on=TODAY), pytest.raises(Conflict) as refusal:
        add_award(offering=theirs, wanted=AwardBrought(award), by=stranger, now=NOW)

    assert refusal.value.code == "award_of_another"
    assert not theirs.offering_awards.exists()


def test_nobody_else_says_what_an_offering_brings(offering):
    row = OfferingAward.objects.create(offering=offering, award=AwardFactory())
    acts = (
        lambda by: add_award(
            offering=offering, wanted=AwardBrought(AwardFactory()), by=by, now=NOW
        ),
        lambda by: write_award(
            offering=offering, wanted=AwardWritten(code="own", title="Own"), by=by, now=NOW
        ),
        lambda by: add_award_no_more(row=row, by=by, now=NOW),
    )

    for by in (lead_at(offering.host, "HR_ADMINISTRATOR"), lead_at(OrganisationFactory())):
        for act in acts:
            with pytest.raises(Forbidden):
                act(by)
    assert list(OfferingAward.objects.all()) == [row]
    assert not Award.objects.filter(code="own").exists()


def test_what_does_not_fit_is_refused(lead, offering):
    taught, hidden = brings(offering.programme), AwardFactory(owner=OrganisationFactory())
    added = OfferingAward.objects.create(offering=offering, award=AwardFactory()).award
    unlisted = AwardFactory(is_listed=False)
    AwardFactory(code="taken")
    awards = (
        (taught, "brought_already"),
        (added, "brought_already"),
        (hidden, "no_such_award"),
        (unlisted, "no_such_award"),
    )

    for award, code in awards:
        with pytest.raises(Conflict) as refusal, opened(lead, on=TODAY):
            add_award(offering=offering, wanted=AwardBrought(award), by=lead, now=NOW)
        assert refusal.value.code == code
    for wanted, code in (
        (AwardWritten(code="nights", title=" "), "title_missing"),
        (AwardWritten(code="Taken", title="Night leader"), "code_taken"),
    ):
        with pytest.raises(Conflict) as refusal, opened(lead, on=TODAY):
            write_award(offering=offering, wanted=wanted, by=lead, now=NOW)
        assert refusal.value.code == code
    assert OfferingAward.objects.count() == 1


def test_awards_of_an_offering_are_kept_by_form(client, lead, trust, offering):
    award = AwardFactory(title="Certificate in rostering")
    brings(offering.programme, "Certificate in leading")
    written = {"written-code": "night-lead", "written-title": "Night leader"}

    client.post(page_of(offering), {"step": "ADD_AWARD", "added-award": award.pk})
    client.post(
        page_of(offering),
        {
            "step": "WRITE_AWARD",
            **written,
            "written-kind": "CREDENTIAL",
            "written-level": "5",
            "written-criteria": "Led nights for a year.",
            "written-is_optional": "on",
        },
    )
    shown = text_of(client.get(page_of(offering)))
    gone = offering.offering_awards.get(award=award)
    client.post(page_of(offering), {"step": "ADD_AWARD_NO_MORE", "row": gone.pk})

    for title in ("Certificate in rostering", "Certificate in leading", "Night leader"):
        assert title in shown
    [left] = offering.offering_awards.select_related("award")
    assert left.is_optional
    assert (left.award.owner, left.award.kind, left.award.level, left.award.body) == (
        trust,
        "CREDENTIAL",
        5,
        None,
    )


def test_what_was_typed_of_an_award_stays_beside_the_mistake(client, lead, offering):
    AwardFactory(code="night-lead")
    kind = {"written-kind": "CERTIFICATE"}

    taken = client.post(
        page_of(offering),
        {"step": "WRITE_AWARD", "written-code": "night-lead", "written-title": "Nights", **kind},
    )
    empty = client.post(page_of(offering), {"step": "WRITE_AWARD", **kind})
    none = client.post(page_of(offering), {"step": "ADD_AWARD"})
    twice = client.post(page_of(offering), {"step": "ADD_AWARD_NO_MORE", "row": "0"})

    assert "Another award has this code. Enter another code." in text_of(taken)
    assert 'value="Nights"' in text_of(taken)
    assert "Enter a code" in text_of(empty)
    assert "Enter a title" in text_of(empty)
    assert "Select an award" in text_of(none)
    found = [response.status_code for response in (taken, empty, none, twice)]
    assert found == [422, 422, 422, 404]
    assert not OfferingAward.objects.exists()


def test_an_award_of_another_offering_is_not_taken_away(client, lead, offering):
    theirs = OfferingAward.objects.create(offering=OfferingFactory(), award=AwardFactory())

    answer = client.post(page_of(offering), {"step": "ADD_AWARD_NO_MORE", "row": theirs.pk})

    assert answer.status_code == 404
    assert OfferingAward.objects.get() == theirs


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_an_offering_reads_its_awards_at_once(
    client, lead, offering, django_assert_num_queries, rows
):
    for number in range(rows):
        OfferingAward.objects.create(offering=offering, award=AwardFactory(title=f"Adds {number}"))
        brings(offering.programme, f"Brings {number}")
    OfferingAward.objects.create(offering=OfferingFactory(), award=AwardFactory(title="Adds not"))

    # The sign-in and the scope, where one stands, the offering, who shares it, both kinds of
    # awards, and the awards that can be chosen.
    with django_assert_num_queries(7 + 6):
        page = text_of(client.get(page_of(offering)))

    listed = page.partition("An award that it brings")[0]
    assert [listed.count(word) for word in ("Brings ", "Adds not")] == [rows, 0]
    assert listed.count("Take it away") == rows
