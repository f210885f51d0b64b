from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Event
from common.dates import add_months
from common.errors import Conflict, Forbidden
from courses.models import RecordSource, RefreshPeriod, Subject, SubjectRequirement, SubjectTaught
from courses.selectors.compliance import asked_of
from courses.selectors.compliance_rules import levels_to_ask
from courses.selectors.staff_record_matching import LevelBook
from courses.services.compliance_records import Learned, write_records
from courses.services.compliance_rules import Asking, require_training
from courses.services.compliance_subjects import (
    LevelWords,
    NewSubject,
    add_subject,
    end_subject,
    write_level,
)
from courses.services.compliance_taught import say_no_longer_taught, say_taught
from tests.factories.accounts import OrganisationFactory, employ, place_below
from tests.factories.clock import NOW, TODAY
from tests.factories.compliance import (
    SubjectFactory,
    SubjectLevelFactory,
    SubjectRequirementFactory,
    level_of,
    subject_of,
    teach,
    trained,
    with_role,
)
from tests.factories.courses import OfferingFactory, ProgrammeFactory

LIST = "courses:training_subjects"
END = {"step": "end", "confirm": "on"}
WARDS = NewSubject("Ward ligature awareness", "457", ("Aware", "Expert"), months=12)


@pytest.fixture
def trust(db):
    return OrganisationFactory()


@pytest.fixture
def lead(trust):
    return with_role("LEARNING_LEAD", trust)


@pytest.fixture
def own(trust, lead):
    return add_subject(organisation=trust, wanted=WARDS, by=lead, now=NOW)


def page_of(subject):
    return reverse("courses:training_subject", args=[subject.pk])


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_subject_has_its_levels_and_for_how_long_it_counts(trust, own):
    assert (own.code, own.subject_set, own.vpd) == ("ward-ligature-awareness", "LOCAL", "457")
    assert [level.label for level in own.levels.order_by("rank")] == ["Aware", "Expert"]
    assert RefreshPeriod.objects.get(subject=own).months == 12
    event = Event.objects.get(verb="add_subject")
    assert (event.organisation_id, event.facts["levels"]) == (trust.pk, 2)


def test_training_in_it_ends_below_its_owner_too_and_where_it_was_completed_before(trust, own):
    below = place_below(OrganisationFactory(), trust)
    hr, person = with_role("HR_ADMINISTRATOR", below), employ(organisation=below)
    friday = TODAY - timedelta(days=3)
    told = Learned(person.pk, level_of(own).pk, friday, RecordSource.IMPORT, "1", below.pk)

    [made] = write_records(learned=[told], by=hr, now=NOW)

    assert made.expires_on == add_months(friday, 12)


def test_a_name_is_given_once_in_an_organisation_however_it_is_typed(trust, lead, own):
    with pytest.raises(Conflict) as refusal:
        add_subject(
            organisation=trust,
            wanted=NewSubject("ward LIGATURE awareness", "457"),
            by=lead,
            now=NOW,
        )
    other = OrganisationFactory()
    elsewhere = add_subject(
        organisation=other, wanted=WARDS, by=with_role("HR_ADMINISTRATOR", other), now=NOW
    )

    assert refusal.value.code == "subject_exists"
    assert elsewhere.code == own.code


def test_names_that_differ_in_signs_alone_have_codes_of_their_own(trust, lead, own):
    again = NewSubject("Ward ligature awareness!", "458")

    made = add_subject(organisation=trust, wanted=again, by=lead, now=NOW)

    assert made.code == "ward-ligature-awareness-2"


@pytest.mark.parametrize(
    "wanted",
    [
        NewSubject("Ward ligature awareness - Expert!", "457"),
        NewSubject("Ward ligature awareness", "457", ("aware",)),
        NewSubject("Night work", "457", ("Aware", "aware!")),
    ],
)
def test_what_the_staff_record_could_not_tell_apart_is_not_added(trust, lead, own, wanted):
    wanted = wanted._replace(title=wanted.title.replace("awareness", "Awareness:"))

    with pytest.raises(Conflict) as refusal:
        add_subject(organisation=trust, wanted=wanted, by=lead, now=NOW)

    assert refusal.value.code == "title_taken"
    assert list(Subject.objects.filter(owner=trust)) == [own]


def test_what_replaces_an_ended_subject_takes_over_its_names(trust, lead, own):
    old = level_of(own)
    write_level(subject=own, level=old, wanted=LevelWords("Aware", ("Ligature",)), by=lead, now=NOW)
    end_subject(subject=own, by=lead, now=NOW)
    new = add_subject(
        organisation=trust, wanted=NewSubject("Ligature 2027", "457"), by=lead, now=NOW
    )
    before = LevelBook(trust.pk, above=[]).level_id("Ligature")

    words = LevelWords("", ("Ligature",))
    write_level(subject=new, level=level_of(new), wanted=words, by=lead, now=NOW)

    assert (before, LevelBook(trust.pk, above=[]).level_id("Ligature")) == (
        old.pk,
        level_of(new).pk,
    )


def test_what_an_organisation_above_calls_itself_says_nothing_of_those_below(trust, own):
    below = OrganisationFactory()

    theirs, ours = (LevelBook(below.pk, above=[trust.pk]), LevelBook(trust.pk, above=[]))

    assert (theirs.is_of_another("200"), ours.is_of_another("200")) == (False, True)


@pytest.mark.parametrize("title", ["Lone working - 2 Years", "Lone working -  1 year"])
def test_the_period_does_not_belong_to_the_name(trust, lead, title):
    with pytest.raises(Conflict) as refusal:
        add_subject(organisation=trust, wanted=NewSubject(title, "457"), by=lead, now=NOW)

    assert refusal.value.code == "title_says_a_period"


def test_others_write_nothing_and_national_words_are_nobody_s(trust, lead, own):
    stranger = with_role("LEARNING_LEAD", OrganisationFactory())
    colleague = employ(organisation=trust)
    national = subject_of("Fire safety")
    words = LevelWords("Ours")

    for act in (
        lambda: add_subject(organisation=trust, wanted=WARDS, by=stranger, now=NOW),
        lambda: add_subject(organisation=trust, wanted=WARDS, by=colleague, now=NOW),
        lambda: write_level(subject=own, level=level_of(own), wanted=words, by=stranger, now=NOW),
        lambda: write_level(
            subject=national, level=level_of(national), wanted=words, by=lead, now=NOW
        ),
        lambda: end_subject(subject=own, by=stranger, now=NOW),
        lambda: end_subject(subject=national, by=lead, now=NOW),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.code == "may_not_set_training_rules"

    assert level_of(national).label == ""
    assert Subject.objects.filter(ended_on__isnull=False).count() == 0


def test_titles_of_the_staff_record_find_the_level(trust, lead, own):
    words = LevelWords("Aware", ("457|LOCAL|Ligature points|", "Old ligature training"))

    write_level(subject=own, level=level_of(own), wanted=words, by=lead, now=NOW)

    book = LevelBook(trust.pk, above=[])
    assert book.level_id("457|LOCAL|Ligature points - 1 Year|") == level_of(own).pk
    assert book.level_id("Old ligature training") == level_of(own).pk


def test_a_title_never_means_two_levels(trust, lead, own):
    fire = subject_of("Fire safety")
    words = LevelWords("Aware", ("NHS|CSTF|Fire Safety - 2 Years|",))

    with pytest.raises(Conflict) as refusal:
        write_level(subject=own, level=level_of(own), wanted=words, by=lead, now=NOW)

    assert refusal.value.code == "title_taken"
    assert str(fire) in refusal.value.message


def test_a_level_is_added_above_the_others_and_each_has_a_name(trust, lead, own):
    plain = add_subject(
        organisation=trust, wanted=NewSubject("Lone working", "457"), by=lead, now=NOW
    )

    third = write_level(subject=own, level=None, wanted=LevelWords("Teaches it"), by=lead, now=NOW)
    codes = []
    for subject, label in ((plain, "Second"), (own, ""), (own, "Aware")):
        with pytest.raises(Conflict) as refusal:
            write_level(subject=subject, level=None, wanted=LevelWords(label), by=lead, now=NOW)
        codes.append(refusal.value.code)

    assert third.rank == 3
    assert codes == ["level_needs_a_name", "level_needs_a_name", "level_exists"]


def test_what_has_ended_is_asked_of_nobody_here_and_below_and_is_kept(trust, lead, own):
    below = OrganisationFactory()
    place_below(below, trust)
    lead_below = with_role("LEARNING_LEAD", below)
    level = level_of(own)
    SubjectRequirementFactory(organisation=trust, level=level)
    SubjectRequirementFactory(organisation=below, level=level)
    later = SubjectRequirementFactory(
        organisation=below, level=level_of(own, 2), starts_on=TODAY + timedelta(days=9)
    )
    held = trained(employ(organisation=below), own)

    end_subject(subject=own, by=lead, now=NOW)

    rows = SubjectRequirement.objects.filter(level__subject=own)
    assert [row.ends_on for row in rows] == [TODAY - timedelta(days=1)] * 2
    assert not rows.filter(pk=later.pk).exists()
    assert asked_of([held.person_id], on=TODAY) == []
    assert held.level.subject_id == own.pk
    assert Event.objects.get(verb="end_subject").facts["requirements"] == 3
    with pytest.raises(Conflict) as refusal:
        require_training(organisation=below, wanted=Asking(level, TODAY), by=lead_below, now=NOW)
    assert refusal.value.code == "subject_ended"
    assert level not in levels_to_ask(lead, on=TODAY)


def test_the_database_lets_nobody_ask_for_what_has_ended(trust):
    ended = SubjectLevelFactory(subject=SubjectFactory(ended_on=TODAY))

    with pytest.raises(IntegrityError), transaction.atomic():
        SubjectRequirementFactory(organisation=trust, level=ended)
    SubjectRequirementFactory(organisation=trust, level=ended, ends_on=TODAY - timedelta(days=1))

    assert SubjectRequirement.objects.count() == 1


def test_what_has_ended_is_changed_no_more(lead, own):
    end_subject(subject=own, by=lead, now=NOW)
    level = level_of(own)

    for act in (
        lambda: end_subject(subject=own, by=lead, now=NOW),
        lambda: write_level(subject=own, level=level, wanted=LevelWords("x"), by=lead, now=NOW),
        lambda: say_taught(level=level, what=ProgrammeFactory(owner=own.owner), by=lead, now=NOW),
    ):
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == "subject_ended"


def test_a_programme_of_one_s_own_or_an_offering_here_teaches_a_subject(trust, lead):
    fire = level_of(subject_of("Fire safety"))
    ours = ProgrammeFactory(owner=trust)
    here = OfferingFactory(programme=ProgrammeFactory(), host=trust)

    first = say_taught(level=fire, what=ours, by=lead, now=NOW)
    say_taught(level=fire, what=here, by=lead, now=NOW)
    with pytest.raises(Conflict) as again:
        say_taught(level=fire, what=ours, by=lead, now=NOW)
    say_no_longer_taught(taught=first, by=lead, now=NOW)
    with pytest.raises(Conflict) as gone:
        say_no_longer_taught(taught=first, by=lead, now=NOW)

    assert (again.value.code, gone.value.code) == ("taught_already", "not_taught")
    assert [row.offering for row in SubjectTaught.objects.all()] == [here]


def test_nobody_says_what_the_courses_of_others_teach(lead):
    fire = level_of(subject_of("Fire safety"))
    national, elsewhere = ProgrammeFactory(), OfferingFactory()
    theirs = teach(fire.subject, offering=elsewhere)

    for act in (
        lambda: say_taught(level=fire, what=national, by=lead, now=NOW),
        lambda: say_taught(level=fire, what=elsewhere, by=lead, now=NOW),
        lambda: say_no_longer_taught(taught=theirs, by=lead, now=NOW),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.code == "may_not_set_training_rules"

    assert SubjectTaught.objects.get() == theirs


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_subjects_takes_the_same_questions_at_any_size(
    client, trust, lead, rows, django_assert_num_queries
):
    for number in range(rows):
        subject = SubjectFactory(
            owner=trust, vpd="457", subject_set="LOCAL", title=f"Ours {number}"
        )
        SubjectLevelFactory(subject=subject)
    SubjectFactory(owner=OrganisationFactory(), vpd="458", title="Theirs")
    client.force_login(lead)
    client.get(reverse(LIST))

    with django_assert_num_queries(LIST_QUERIES):
        page = text_of(client.get(reverse(LIST)))

    assert page.count("data-subject") == rows
    assert "Theirs" not in page
    assert 'value="457"' in page


LIST_QUERIES = 12


@pytest.mark.usefixtures("clock")
def test_a_lead_keeps_a_subject_on_its_pages(client, trust, lead):
    client.force_login(lead)
    ProgrammeFactory(title="Ligature workshop", owner=trust)
    sent = {"title": "Ward ligature awareness", "vpd": "45", "labels": "Aware\n\nExpert\n"}

    wrong = client.post(reverse(LIST), sent)
    client.post(reverse(LIST), {**sent, "vpd": "457"})
    subject = Subject.objects.get(owner=trust)
    level = level_of(subject)
    key = f"level-{level.pk}"
    client.post(
        page_of(subject),
        {"step": "level", "level": level.pk, f"{key}-label": "Aware", f"{key}-esr_titles": "Old"},
    )
    client.post(
        page_of(subject),
        {"step": "taught", "taught-level": level.pk, "taught-programme": "Ligature workshop"},
    )
    page = text_of(client.get(page_of(subject)))
    client.post(page_of(subject), {"step": "not_taught", "taught": SubjectTaught.objects.get().pk})
    client.post(page_of(subject), END)
    ended = text_of(client.get(page_of(subject)))

    assert wrong.status_code == 422
    assert "Enter three digits" in text_of(wrong)
    assert page.count("data-level") == 2
    assert "<li>Old</li>" in page
    assert page.count("data-taught") == 1
    assert not SubjectTaught.objects.exists()
    assert "This subject ended on 20 November 2026" in ended
    assert 'name="step"' not in ended


@pytest.mark.usefixtures("clock")
def test_nobody_ends_a_subject_by_one_press_of_a_button(client, lead, own):
    client.force_login(lead)

    shown = text_of(client.get(page_of(own)))
    refused = client.post(page_of(own), {"step": "end"})
    own.refresh_from_db()

    assert "From 20 November 2026 on nobody is asked for this subject" in shown
    assert "This cannot be undone." in shown
    assert refused.status_code == 422
    assert "Select the box if this subject is to end for good" in text_of(refused)
    assert '<details class="nhsuk-details" open>' in refused.content.decode()
    assert own.ended_on is None
    assert not Event.objects.filter(verb="end_subject").exists()


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("people", "told"),
    [
        (9, "Fewer than 10 people have a record in it now."),
        (12, "About 10 people have a record in it now."),
        (13, "About 15 people have a record in it now."),
    ],
)
def test_whoever_ends_a_subject_reads_how_many_have_a_record_in_it(
    client, trust, lead, own, people, told
):
    below = OrganisationFactory()
    place_below(below, trust)
    for number in range(people):
        person = employ(organisation=(trust, below)[number % 2])
        trained(person, own)
        trained(person, own, rank=2)
    trained(employ(organisation=trust), own, struck_at=NOW)
    trained(employ(organisation=trust), subject_of("Fire safety"))
    client.force_login(lead)

    page = text_of(client.get(page_of(own)))

    assert told in page


@pytest.mark.usefixtures("clock")
def test_a_subject_that_somebody_else_ended_meanwhile_says_so(client, lead, own):
    client.force_login(lead)
    end_subject(subject=own, by=lead, now=NOW)

    answer = client.post(page_of(own), END)

    assert answer.status_code == 422
    assert "This subject has ended." in text_of(answer)
    assert Event.objects.filter(verb="end_subject").count() == 1


@pytest.mark.usefixtures("clock")
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, lead, own):
    client.force_login(lead)
    level = level_of(own)

    unnamed = client.post(
        page_of(own),
        {"step": "level", "level": "new", "level-new-label": "", "level-new-esr_titles": "Kept"},
    )
    nothing = client.post(page_of(own), {"step": "taught", "taught-level": level.pk})

    assert (unnamed.status_code, nothing.status_code) == (422, 422)
    assert "Each of several levels has a name" in text_of(unnamed)
    assert "Kept</textarea>" in text_of(unnamed)
    assert "Enter a programme, or select what is offered" in text_of(nothing)


@pytest.mark.usefixtures("clock")
def test_a_national_subject_is_shown_without_forms_for_its_words(client, trust, lead):
    fire = subject_of("Fire safety")
    client.force_login(lead)

    page = text_of(client.get(page_of(fire)))
    refused = client.post(page_of(fire), END)

    assert "A national subject" in page
    assert 'value="taught"' in page
    assert 'value="level"' not in page
    assert 'value="end"' not in page
    assert refused.status_code == 403


@pytest.mark.usefixtures("clock")
def test_subjects_of_others_are_not_there(client, lead):
    theirs = SubjectFactory(owner=OrganisationFactory(), vpd="458", subject_set="LOCAL")
    client.force_login(lead)

    assert client.get(page_of(theirs)).status_code == 404
    assert client.post(page_of(theirs), END).status_code == 404


@pytest.mark.usefixtures("clock")
def test_who_sets_no_rules_reads_no_subjects(client, trust, own):
    client.force_login(employ(organisation=trust))

    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(page_of(own)).status_code == 404
