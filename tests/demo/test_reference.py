from graphlib import TopologicalSorter

from django.core.management import call_command
from django.db.models import Count

from accounts.models import Event, Organisation, OrganisationParent
from appraisals.models import AppraisalForm, FormQuestion
from config.demo.personas import SYSTEM_CODES
from courses.models import Accreditation, Award, Body, Programme, ProgrammeAward, RoleProgramme
from pathways.models import (
    Competency,
    ConditionKind,
    Domain,
    FrameworkVersion,
    Indicator,
    Level,
    LevelDescriptor,
    PathwayStep,
    Requirement,
    RequirementGroup,
    RoleCondition,
    RoleProfile,
    StepKind,
)
from tests.demo.conftest import _Silence

MODELS = (
    Organisation,
    OrganisationParent,
    FrameworkVersion,
    Competency,
    LevelDescriptor,
    Indicator,
    RoleProfile,
    Requirement,
    PathwayStep,
    RequirementGroup,
    RoleCondition,
    Programme,
    RoleProgramme,
    Body,
    ProgrammeAward,
    Accreditation,
    AppraisalForm,
    FormQuestion,
    Event,
)


def rows():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}


def load():
    call_command("load_reference", stdout=_Silence())


def test_loading_twice_changes_nothing(reference):
    before = rows()

    load()

    assert rows() == before


def test_an_edition_that_is_there_is_never_rewritten(reference):
    before = rows()["Competency"]
    FrameworkVersion.objects.update(change_summary="As it was put")

    load()

    assert FrameworkVersion.objects.get().change_summary == "As it was put"
    assert rows()["Competency"] == before


def test_a_body_that_was_renamed_gets_its_name_and_keeps_its_number(reference):
    body = Organisation.objects.get(ods_code="RTG")
    Organisation.objects.filter(pk=body.pk).update(name="Old name")

    load()

    body.refresh_from_db()
    assert body.name == "University Hospitals of Derby and Burton NHS Foundation Trust"


def test_a_link_somebody_has_changed_stays_changed(reference):
    body = Organisation.objects.get(ods_code="RTG")
    elsewhere = Organisation.objects.get(ods_code="QT1")
    OrganisationParent.objects.filter(organisation=body).update(parent=elsewhere)

    load()

    assert body.parent_links.get().parent == elsewhere


def test_the_demonstrations_bodies_stand_where_they_belong(reference):
    for system, trusts in SYSTEM_CODES.items():
        board = Organisation.objects.get(ods_code=system)
        assert board.parent_links.get().parent.ods_code == "Y60"
        below = {link.organisation.ods_code for link in board.child_links.all()}
        assert set(trusts) <= below
        assert len(trusts) == 3


def test_trusts_that_closed_before_there_were_boards_stand_below_none(reference):
    closed = Organisation.objects.get(ods_code="RD3")

    assert closed.closed_on.isoformat() == "2020-09-30"
    assert not closed.parent_links.exists()


def test_the_framework_has_the_six_domains_and_a_text_for_every_level(reference):
    assert list(Domain.objects.order_by("position").values_list("title", flat=True)) == [
        "Driving high-quality and sustainable outcomes",
        "Setting strategy and delivering long-term transformation",
        "Promoting equality and inclusion, and reducing health and workforce inequalities",
        "Providing robust governance and assurance",
        "Creating a compassionate, just and positive culture",
        "Building a trusted relationship with partners and communities",
    ]
    competencies = Competency.objects.annotate(
        levels=Count("descriptors", distinct=True), seen=Count("descriptors__indicators")
    )
    assert {(row.levels, row.seen) for row in competencies} == {(4, 8)}
    assert competencies.count() == 15


def test_no_two_levels_or_indicators_say_the_same(reference):
    for model in (LevelDescriptor, Indicator):
        texts = list(model.objects.values_list("text", flat=True))
        assert len(texts) == len(set(texts))


def test_no_chance_to_demonstrate_is_a_level_without_a_rank(reference):
    scale = Level.objects.filter(scale__code="LCF-FREQUENCY")

    assert scale.get(label="No chance to demonstrate").rank is None
    assert sorted(scale.exclude(rank=None).values_list("rank", flat=True)) == [2, 3, 4, 5]


def test_every_role_says_what_it_asks_for_in_every_competency(reference):
    roles = RoleProfile.objects.annotate(asked=Count("requirements"))

    assert {role.asked for role in roles} == {15}
    assert set(Requirement.objects.values_list("rank", flat=True)) == {1, 2, 3, 4}
    assert not roles.exclude(requirements__is_essential=True).exists()


def test_steps_lead_on_or_sideways_never_round_in_a_circle_and_some_change_family(reference):
    steps = PathwayStep.objects.select_related("from_role", "to_role")

    assert all(step.from_role.stage <= step.to_role.stage for step in steps)
    graph: dict[int, set[int]] = {}
    for step in steps:
        graph.setdefault(step.to_role_id, set()).add(step.from_role_id)
    roles = RoleProfile.objects.filter(is_family=False)
    assert len(tuple(TopologicalSorter(graph).static_order())) == roles.count()
    crossing = [step for step in steps if step.from_role.family != step.to_role.family]
    assert len(crossing) >= 8
    reached = {step.to_role_id for step in steps} | {step.from_role_id for step in steps}
    assert reached == set(roles.values_list("pk", flat=True))
    assert set(steps.values_list("kind", flat=True)) == set(StepKind.values)


def test_a_family_asks_for_what_all_its_members_ask_for_and_they_say_where_they_differ(reference):
    family = RoleProfile.objects.get(is_family=True)

    assert family.members.count() == 4
    rows = Requirement.objects.filter(role_profile__parent=family)
    assert all(row.rank >= row.inherited_from.rank for row in rows.select_related("inherited_from"))
    assert {row.is_override for row in rows} == {True, False}


def test_examples_of_conditions_say_that_they_are(reference):
    conditions = RoleCondition.objects.all()

    assert {row.kind for row in conditions} == set(ConditionKind.values)
    assert all(row.title.endswith("(example)") for row in conditions)
    nested = RequirementGroup.objects.get(parent__isnull=False)
    assert (nested.operator, nested.role_profile.code) == ("ANY", "general-manager")


def test_programmes_from_memory_are_marked_and_each_brings_something(reference):
    assert Programme.objects.count() == 17
    unverified = Programme.objects.filter(is_verified=False).values_list("code", flat=True)
    assert set(unverified) == {"PROUD2BOPS", "ASPIRING_COO", "INSIGHT"}
    assert not Programme.objects.filter(outcomes=None).exists()
    assert Programme.objects.get(code="EGA").cost_pence == 600_000


def test_what_an_earlier_version_made_from_texts_is_taken_over(reference):
    before = rows()
    programme = Programme.objects.get(code="MARY_SEACOLE")
    Body.objects.filter(code="cmi").update(code="chartered-management-institute", is_verified=False)
    made = Award.objects.create(
        code="nhsla-award-in-healthcare-leadership", title="NHSLA award", kind="CERTIFICATE"
    )
    ProgrammeAward.objects.create(programme=programme, award=made)

    load()

    assert rows() == before
    assert Body.objects.filter(name="Chartered Management Institute").get().code == "cmi"
    assert not ProgrammeAward.objects.filter(award=made).exists()
    assert not Award.objects.get(pk=made.pk).is_listed


def test_the_standard_appraisal_asks_both_sides_within_an_hour(reference):
    form = AppraisalForm.objects.get()

    assert form.minutes == 60
    assert 6 <= form.questions.filter(for_subject=True).count() <= 8
    assert form.questions.filter(for_manager=True).count() >= 3
    overall = form.questions.get(key="overall")
    assert [code for code, _words in overall.choices] == ["NONE", "SOME", "ALL"]
    assert overall.for_subject
    assert overall.for_manager
