"""The pages of those who write role profiles, and of qualifications."""

import pytest
from django.urls import reverse
from django.utils import timezone

from pathways.models import (
    PathwayStep,
    Qualification,
    Requirement,
    RequirementGroup,
    RoleCondition,
    RoleProfile,
)
from pathways.policies.role_profiles import may_check_qualification, may_keep_qualifications
from tests.factories.accounts import OrganisationFactory, employ, grant, place_below
from tests.factories.pathways import (
    FrameworkFactory,
    FrameworkVersionFactory,
    PathwayStepFactory,
    RoleProfileFactory,
    competencies_of,
    follow,
    role_asking,
)
from tests.factories.roles import author_of, condition_in, draft_asking, group_of
from tests.factories.showing import QualificationFactory

pytestmark = pytest.mark.django_db

PARTICULARS = {"title": "Ward manager", "summary": "Answers for a ward.", "stage": "3"}


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def author(client, trust):
    person = author_of(trust)
    client.force_login(person)
    return person


def text_of(response):
    return " ".join(response.content.decode().split())


def url(name, *args):
    return reverse(f"pathways:{name}", args=args)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_those_one_writes(client, author, trust, django_assert_num_queries, rows):
    for _row in range(rows):
        draft_asking(2, owner=trust)
    draft_asking(2, owner=OrganisationFactory(), title="Not for you")
    client.get(url("role_writing"))

    with django_assert_num_queries(10):
        page = text_of(client.get(url("role_writing")))

    assert page.count("data-written-role") == rows
    assert "Not for you" not in page


def test_a_role_is_written_from_its_title_to_its_use(client, author, trust):
    version = FrameworkVersionFactory(framework=FrameworkFactory(owner=trust))
    role = role_asking(2, version=version)
    (competency,) = competencies_of(role)

    sent = {**PARTICULARS, "code": "ward", "owner": trust.pk, "version": version.pk}
    client.post(url("role_draft"), sent)
    made = RoleProfile.objects.get(code="ward")
    early = client.post(url("role_publish", made.pk), follow=True)
    asked = {f"level_{competency.pk}": "3", f"essential_{competency.pk}": "on"}
    client.post(url("role_ask", made.pk, competency.domain_id), asked)
    page = text_of(client.get(url("role_write", made.pk)))
    used = client.post(url("role_publish", made.pk), follow=True)

    assert "Say which levels it asks for first." in text_of(early)
    assert f"{competency.title}: Frequently, essential from the first day" in page
    assert "Ward manager is in use from today." in text_of(used)
    row = Requirement.objects.get(role_profile=made)
    assert (row.rank, row.is_essential) == (3, True)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"title": ""}, "Enter a title"),
        ({"stage": "13"}, "Enter a number that is 12 or less"),
        ({"band": "8a", "top_band": "7"}, "The highest band must not be below the usual band"),
        ({"top_band": "7"}, "Select the usual band"),
        ({"staff_groups": ["99"]}, "Select answers from the list"),
    ],
)
def test_wrong_particulars_are_said_and_nothing_is_lost(client, author, trust, sent, sentence):
    role = draft_asking(2, owner=trust)

    answer = client.post(url("role_describe", role.pk), {**PARTICULARS, **sent})

    assert answer.status_code == 422
    page = text_of(answer)
    assert sentence in page
    assert "Answers for a ward." in page


def test_a_code_that_is_taken_is_said_beside_it(client, author, trust):
    version = FrameworkVersionFactory()
    RoleProfileFactory(code="ward", owner=OrganisationFactory())
    sent = {**PARTICULARS, "code": "ward", "owner": trust.pk, "version": version.pk}

    answer = client.post(url("role_draft"), sent)

    assert answer.status_code == 422
    assert "Another role profile has the code ward. Enter another code." in text_of(answer)


def test_an_owner_that_is_not_ones_own_is_refused(client, author):
    version, other = FrameworkVersionFactory(), OrganisationFactory()
    for owner in (other.pk, "national"):
        sent = {**PARTICULARS, "code": "ward", "owner": owner, "version": version.pk}
        assert client.post(url("role_draft"), sent).status_code == 422
    assert not RoleProfile.objects.exists()


def test_whoever_is_no_author_writes_nothing(client, trust):
    client.force_login(employ(organisation=trust))
    role = draft_asking(2, owner=trust)

    assert client.get(url("role_draft")).status_code == 403
    for name in ("role_write", "role_describe", "role_withdraw", "group_add", "step_add"):
        assert client.get(url(name, role.pk)).status_code == 404
    assert client.post(url("role_publish", role.pk)).status_code == 404
    role.refresh_from_db()
    assert not role.is_published


def test_groups_conditions_and_steps_are_written_on_the_page(client, author, trust):
    role, following = draft_asking(2, owner=trust), RoleProfileFactory(title="Matron")

    client.post(url("group_add", role.pk), {"operator": "ANY", "background": "CLINICAL"})
    group = RequirementGroup.objects.get()
    degree = {"kind": "QUALIFICATION", "title": "A degree", "level": "6"}
    client.post(url("condition_add", group.pk), degree)
    client.post(url("group_add_inside", group.pk), {"operator": "ALL", "background": "ANY"})
    step = {"to_role": following.pk, "kind": "PROMOTION", "usual_months": "24", "adds": "Wards"}
    client.post(url("step_add", role.pk), step)
    page = text_of(client.get(url("role_write", role.pk)))

    assert page.count("data-written-group") == 2
    assert "A degree (level 6 or above)" in page
    assert page.count("data-written-step") == 1
    again = client.post(url("step_add", role.pk), step)
    assert "There is a step to Matron already." in text_of(again)
    condition = RoleCondition.objects.get()
    client.post(url("condition_change", condition.pk), {**degree, "level": "7"})
    client.post(url("step_change", PathwayStep.objects.get().pk), {"kind": "SIDEWAYS"})
    assert RoleCondition.objects.get().level == 7
    assert PathwayStep.objects.get().kind == "SIDEWAYS"
    client.post(url("condition_remove", condition.pk))
    client.post(url("group_remove", group.pk))
    client.post(url("step_remove", PathwayStep.objects.get().pk))
    assert not RequirementGroup.objects.exists()
    assert not PathwayStep.objects.exists()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"kind": "EXPERIENCE", "title": "Years"}, "Enter how many months of experience"),
        (
            {"kind": "EXPERIENCE", "title": "Years", "months": "3", "level": "6"},
            "Lowest level does not go with this kind.",
        ),
        (
            {"kind": "QUALIFICATION", "title": "Degree", "months": "3"},
            "Months of experience does not go with this kind.",
        ),
        ({"kind": "QUALIFICATION", "title": "Degree", "level": "9"}, "Enter a number that is 8"),
        (
            {"kind": "REGISTRATION", "title": "NMC", "level": "6"},
            "Lowest level does not go with this kind.",
        ),
        (
            {"kind": "REGISTRATION", "title": "NMC", "staff_group": "03"},
            "In which staff group does not go with this kind.",
        ),
    ],
)
def test_conditions_say_what_does_not_go_together(client, author, trust, sent, sentence):
    group = group_of(draft_asking(2, owner=trust))

    answer = client.post(url("condition_add", group.pk), sent)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not RoleCondition.objects.exists()


def test_a_registration_names_its_register_and_no_level(client, author, trust):
    group = group_of(draft_asking(2, owner=trust))

    sent = {"kind": "REGISTRATION", "title": "Registered nurse", "awarding_body": "NMC"}
    answer = client.post(url("condition_add", group.pk), sent)

    assert answer.status_code == 302
    condition = RoleCondition.objects.get()
    assert (condition.kind, condition.awarding_body, condition.level) == (
        "REGISTRATION",
        "NMC",
        None,
    )


def test_the_page_of_a_role_costs_the_same_whatever_it_asks_for(
    client, author, trust, django_assert_num_queries
):
    for rows in (1, 4):
        role = draft_asking(*[2] * rows, owner=trust)
        for _row in range(rows):
            condition_in(group_of(role), level=6)
            PathwayStepFactory(from_role=role)
        client.get(url("role_write", role.pk))
        with django_assert_num_queries(16):
            page = text_of(client.get(url("role_write", role.pk)))
        assert page.count("data-asked") == rows


def test_a_followed_role_is_withdrawn_only_for_another(client, author, trust):
    role, other = role_asking(2, owner=trust), role_asking(2, owner=trust)
    follow(employ(organisation=trust), role)

    alone = client.post(url("role_withdraw", role.pk), {})
    for_another = client.post(url("role_withdraw", role.pk), {"replacement": other.pk})

    assert alone.status_code == 422
    assert "Choose the role they follow from today." in text_of(alone)
    assert for_another.status_code == 302
    assert not RoleProfile.objects.get(pk=role.pk).is_published


def test_a_role_of_another_owner_is_not_among_the_replacements(client, author, trust):
    board = OrganisationFactory()
    place_below(trust, board)
    role, other = role_asking(2, owner=trust), role_asking(2, owner=board)

    answer = client.post(url("role_withdraw", role.pk), {"replacement": other.pk})

    assert answer.status_code == 422
    assert RoleProfile.objects.get(pk=role.pk).is_published


def test_the_role_page_shows_conditions_to_everybody(client, trust):
    reader = employ(organisation=trust)
    client.force_login(reader)
    role = role_asking(2)
    condition_in(group_of(role, "ANY"), level=6)
    QualificationFactory(person=reader, level=6, title="BSc")

    page = text_of(client.get(url("role_show", role.pk)))

    assert page.count("data-condition-group") == 1
    assert "BSc, awarded on" in page
    assert "Write this role profile" not in page


# --- Qualifications

AWARD = {
    "kind": "QUALIFICATION",
    "title": "BSc Nursing",
    "level": "6",
    "awarded_on_day": "3",
    "awarded_on_month": "7",
    "awarded_on_year": "2015",
}


@pytest.fixture
def reader(client, trust):
    person = employ(organisation=trust, manager=employ(organisation=trust))
    client.force_login(person)
    return person


@pytest.mark.parametrize("rows", [1, 3])
def test_ones_qualifications_are_listed(client, reader, django_assert_num_queries, rows):
    for number in range(rows):
        QualificationFactory(person=reader, title=f"Diploma {number}")
    QualificationFactory(person=employ(), title="Not for you")
    client.get(url("qualification_list"))

    with django_assert_num_queries(9):
        page = text_of(client.get(url("qualification_list")))

    assert page.count("data-qualification") == rows
    assert "Not for you" not in page


def test_a_qualification_is_noted_once_and_removed(client, reader):
    client.post(url("qualification_add"), AWARD)
    again = client.post(url("qualification_add"), AWARD)

    row = Qualification.objects.get()
    assert (row.title, row.level, row.checked_at) == ("BSc Nursing", 6, None)
    assert again.status_code == 422
    assert "You have noted this qualification of this day already." in text_of(again)
    client.post(url("qualification_remove", row.pk))
    assert not Qualification.objects.exists()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"awarded_on_year": "2199"}, "Date of award must be on or before"),
        (
            {"valid_to_day": "1", "valid_to_month": "1", "valid_to_year": "2015"},
            "Valid until must not be before the date of award",
        ),
        ({"kind": "REGISTRATION"}, "A registration has no level. Leave it empty."),
        ({"kind": ""}, "Select a kind"),
    ],
)
def test_a_wrong_qualification_says_what_is_wrong(client, reader, sent, sentence):
    answer = client.post(url("qualification_add"), {**AWARD, **sent})

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not Qualification.objects.exists()


def test_the_line_manager_checks_and_a_colleague_does_not_see(client, reader, trust):
    row = QualificationFactory(person=reader)
    assert client.post(url("qualification_check", row.pk)).status_code == 403
    client.force_login(employ(organisation=trust))
    assert client.post(url("qualification_check", row.pk)).status_code == 404
    manager = reader.managed_by_lines.get().manager
    client.force_login(manager)

    before = text_of(client.get(url("qualifications_show", reader.pk)))
    client.post(url("qualification_check", row.pk))
    after = text_of(client.get(url("qualifications_show", reader.pk)))

    assert "I have seen the certificate" in before
    assert "I have seen the certificate" not in after
    row.refresh_from_db()
    assert row.checked_by == manager
    assert client.post(url("qualification_remove", row.pk)).status_code == 403


def test_the_learning_lead_checks_once(client, reader, trust):
    row = QualificationFactory(person=reader)
    client.force_login(grant(employ(organisation=trust), "LEARNING_LEAD", trust))

    assert client.post(url("qualification_check", row.pk)).status_code == 302
    assert client.post(url("qualification_check", row.pk)).status_code == 409
    row.refresh_from_db()
    assert row.checked_at <= timezone.now()


@pytest.mark.parametrize(
    ("relations", "keeps", "checks"),
    [
        ({"SELF"}, True, False),
        ({"SELF", "LEARNING_LEAD"}, True, False),
        ({"LINE_MANAGER"}, False, True),
        ({"LEARNING_LEAD"}, False, True),
        ({"SECOND_LINE", "COLLEAGUE", "HR_ADMINISTRATOR"}, False, False),
        (set(), False, False),
    ],
)
def test_who_keeps_and_who_checks_qualifications(relations, keeps, checks):
    assert may_keep_qualifications(frozenset(relations)) is keeps
    assert may_check_qualification(frozenset(relations)) is checks
