import hashlib
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Max, Q

from accounts.equality import own
from accounts.equality.cipher import opened
from accounts.models import (
    Assignment,
    BoardSeat,
    Event,
    Person,
    Post,
    ReportingLine,
    RoleGrant,
)
from accounts.models.equality import Attribute
from accounts.visibility import standing
from appraisals.models import Appraisal, DevelopmentPlan, Objective, PlanAction, Snapshot
from appraisals.selectors.content import fingerprint
from config.demo.personas import PERSONAS, person_of
from config.demo.wipe import empty_everything
from courses.models import Enrolment, EnrolmentState, Session
from notifications.models import Digest, KeptMail, Notice
from pathways.models import Attainment
from talent.models import Nomination, NominationState, TalentConsent, TalentProfile
from tests.demo.conftest import NOW, SMALL, _Silence, make_world
from tests.roles import as_in_production

TODAY = NOW.date()


def persona(slug):
    return person_of(next(one for one in PERSONAS if one.slug == slug))


def equality_rows():
    """Everybody's row, each read in the person's own name."""
    rows = {pk: own.read(pk) for pk in Person.objects.values_list("pk", flat=True)}
    return {person_id: row for person_id, row in rows.items() if row}


def test_there_are_exactly_as_many_people_as_asked_for(world):
    assert Person.objects.count() == SMALL
    assert len(equality_rows()) == SMALL


def test_everybody_in_post_has_one_line_manager_up_to_the_chief_executive(world):
    lines = dict(
        ReportingLine.objects.on(TODAY)
        .filter(kind="LINE_MANAGER")
        .values_list("person_id", "manager_id")
    )
    chairs = set(BoardSeat.objects.filter(kind="CHAIR").values_list("person_id", flat=True))

    for start in Assignment.objects.on(TODAY).values_list("person_id", flat=True):
        way = [start]
        while way[-1] in lines:
            assert lines[way[-1]] not in way
            way.append(lines[way[-1]])
        top = Post.objects.filter(assignments__person_id=way[-1]).values_list("title", flat=True)
        assert way[-1] in chairs or set(top) & {"Chief executive", "Regional director"}


def test_a_chief_executive_answers_to_the_chair(world):
    margaret = persona("margaret.sinclair")

    manager = margaret.managed_by_lines.on(TODAY).get().manager

    assert manager.board_seats.get().kind == "CHAIR"


def test_non_executives_sit_on_the_board_without_being_employed(world):
    seats = BoardSeat.objects.select_related("person")

    assert {seat.kind for seat in seats} == {"CHAIR", "NON_EXECUTIVE"}
    assert not Assignment.objects.filter(person__in=[seat.person for seat in seats]).exists()


def test_posts_reach_from_band_4_to_very_senior_managers(world):
    bands = set(Post.objects.values_list("band", flat=True))

    assert {"4", "6", "7", "8a", "8c", "8d", "VSM", ""} <= bands


def test_some_work_part_time_some_have_a_supervisor_some_had_another_post(world):
    supervised = ReportingLine.objects.filter(kind="SUPERVISOR")

    assert Assignment.objects.filter(wte__lt=1).exists()
    assert supervised.exists()
    for line in supervised:
        managers = ReportingLine.objects.filter(assignment=line.assignment, kind="LINE_MANAGER")
        assert line.manager_id not in managers.values_list("manager_id", flat=True)
    assert Assignment.objects.filter(ends_on__lt=TODAY, person__is_active=True).exists()
    assert Person.objects.filter(is_active=False).exists()
    stood_in = ReportingLine.objects.filter(ends_on__lt=TODAY, assignment__ends_on=None)
    assert stood_in.exists()


def test_not_stated_and_not_known_are_two_different_answers(world):
    codes = {
        opened(row.tokens, person_id=person_id)[Attribute.ETHNIC_CATEGORY].code
        for person_id, row in equality_rows().items()
        if row.opted_out_on is None
    }

    assert {"Z", "99", "A", "N", "H"} <= codes
    assert len(codes) >= 12


def test_of_who_has_opted_out_nothing_is_kept(world):
    rows = equality_rows().values()

    assert {bool(row.opted_out_on) for row in rows} == {True, False}
    assert all(row.opted_out_on is None or not any(row.tokens.values()) for row in rows)


def test_every_trust_and_board_has_its_leads(world):
    for body in world.bodies:
        roles = set(
            RoleGrant.objects.filter(organisation=body.organisation).values_list("role", flat=True)
        )
        assert {"LEARNING_LEAD", "TALENT_LEAD"} <= roles
        assert ("HR_ADMINISTRATOR" in roles) is body.is_trust


def test_there_are_enrolments_in_every_state(world):
    assert set(Enrolment.objects.values_list("state", flat=True)) == set(EnrolmentState.values)


def test_no_session_has_more_people_than_places(world):
    sessions = Session.objects.with_places_taken()

    assert not sessions.filter(places_taken__gt=F("capacity")).exists()
    assert sessions.filter(places_taken=F("capacity"), waiting__gt=0).exists()
    assert sessions.filter(starts_at__lt=NOW).exists()
    assert sessions.filter(starts_at__gt=NOW, places_left__gt=0).exists()


def test_who_waits_while_there_is_a_place_was_never_left_waiting(world):
    waiting = Session.objects.with_places_taken().filter(waiting__gt=0, state="OPEN")

    assert {session.places_left for session in waiting} == {0}


def test_completing_brought_levels_and_none_was_taken_away(world):
    learned = Attainment.objects.filter(source="COURSE")
    keys = set(learned.values_list("source_key", flat=True))
    completed = Enrolment.objects.filter(state="COMPLETED").values_list("pk", flat=True)

    assert keys
    assert keys <= {f"enrolment:{pk}" for pk in completed}


def test_last_years_appraisals_are_frozen_word_for_word(world):
    last = Appraisal.objects.filter(cycle__title="Appraisals 2025")

    assert set(last.values_list("state", flat=True)) == {"SIGNED"}
    assert Snapshot.objects.filter(appraisal__in=last).count() == last.count() > 100
    for snapshot in Snapshot.objects.all()[:50]:
        assert snapshot.content_hash == fingerprint(snapshot.content)
        assert snapshot.content["sections"]
        assert len(snapshot.content["signatures"]) == 2


def test_this_years_appraisals_are_at_every_stage(world):
    this = Appraisal.objects.filter(cycle__title="Appraisals 2026")

    assert set(this.values_list("state", flat=True)) == {"DRAFTING", "SHARED", "SIGNED"}
    drafting = this.filter(state="DRAFTING").annotate(written=Count("drafts"))
    assert set(drafting.values_list("written", flat=True)) == {0, 1, 2}
    assert drafting.filter(subject_shared_at__isnull=False).exists()
    assert this.filter(state="SHARED", subject_signed_at__isnull=False).exists()
    assert this.exclude(state="SIGNED").filter(due_on__lt=TODAY).exists()


def test_a_signed_appraisal_left_objectives_levels_and_a_plan(world):
    signed = Appraisal.objects.filter(state="SIGNED", role_profile__isnull=False)

    for appraisal in signed[:40]:
        assert Objective.objects.filter(appraisal=appraisal).exclude(state="PROPOSED").count() == 2
        assert DevelopmentPlan.objects.filter(appraisal=appraisal).count() == 1
        key = f"appraisal:{appraisal.pk}"
        assert Attainment.objects.filter(source_key=key, person=appraisal.subject).count() == 15
    states = set(PlanAction.objects.values_list("state", flat=True))
    assert states == {"PLANNED", "STARTED", "DONE", "DROPPED"}


def test_nominations_and_consents_are_of_every_kind(world):
    assert set(Nomination.objects.values_list("state", flat=True)) == set(NominationState.values)
    assert set(TalentConsent.objects.values_list("scope", flat=True)) == {
        "ORGANISATION",
        "SYSTEM",
        "REGION",
    }
    assert TalentConsent.objects.filter(withdrawn_at__isnull=False).exists()
    assert TalentConsent.objects.filter(withdrawn_at=None, ends_on__lt=TODAY).exists()


def test_only_those_whose_consent_holds_are_found(world):
    consenting = TalentConsent.objects.on(TODAY).values_list("person_id", flat=True)

    found = set(TalentProfile.objects.values_list("person_id", flat=True))

    assert found
    assert found == set(consenting)


def test_nothing_happened_after_now(world):
    told = Event.objects.exclude(rule="load_reference")
    assert told.aggregate(last=Max("happened_at"))["last"] <= NOW
    for model, field in [(Enrolment, "requested_at"), (Nomination, "decided_at")]:
        assert not model.objects.filter(**{f"{field}__gt": NOW}).exists()


def test_every_change_has_its_event(world):
    for model, verb in [
        (Enrolment, "enrol"),
        (Assignment, ("assign", "end_assignment")),
        (Nomination, "nominate"),
        (TalentConsent, "give_talent_consent"),
        (DevelopmentPlan, "draft_plan"),
    ]:
        verbs = [verb] if isinstance(verb, str) else list(verb)
        told = Event.objects.filter(about_type=model._meta.label_lower, verb__in=verbs)
        rows = model.objects.all()
        if model is Assignment:
            rows = rows.filter(Q(ends_on=None) | Q(person__is_active=False))
        if model is Enrolment:
            # Where somebody goes on to another session, that is what is told.
            rows = rows.filter(moved_from=None)
        assert set(rows.values_list("pk", flat=True)) == set(
            told.values_list("about_id", flat=True)
        )


def test_the_personas_hold_the_posts_their_stories_need(world):
    assert all(person_of(one) is not None for one in PERSONAS)
    amara, daniel, priya = map(persona, ("amara.okafor", "daniel.hughes", "priya.raman"))
    assert amara.managed_by_lines.on(TODAY).get(kind="LINE_MANAGER").manager == daniel
    assert daniel.managed_by_lines.on(TODAY).get(kind="LINE_MANAGER").manager == priya
    assert persona("ewa.kowalska").assignments.get().post.band == "4"
    niamh = standing(persona("niamh.gallagher"), on=TODAY)
    assert niamh.holds("TALENT_LEAD")
    assert persona("harpreet.sandhu").board_seats.get().organisation.ods_code == "RTG"


def test_the_personas_find_something_to_do(world):
    daniel = persona("daniel.hughes")
    reports = daniel.reporting_lines.on(TODAY).values("person_id")

    assert Enrolment.objects.filter(state="REQUESTED", person__in=reports).count() >= 2
    assert Notice.objects.filter(recipient=daniel, rule="courses.approval_asked").count() >= 2
    assert Nomination.objects.filter(person=daniel, state="PROPOSED").exists()
    places = Session.objects.taking(now=NOW).with_places_taken().filter(places_left__gt=0)
    assert places.filter(
        offering__programme__code="MARY_SEACOLE", offering__host__ods_code="RTG"
    ).exists()


def test_amara_finds_one_coherent_story(world):
    amara = persona("amara.okafor")

    plan = DevelopmentPlan.objects.get(person=amara)
    asked_for = Enrolment.objects.filter(person=amara)
    enrolments = dict(asked_for.values_list("session__offering__programme__code", "state"))
    assert enrolments["FOUNDATIONS_SYSTEMS_LEADERSHIP"] == "CONFIRMED"
    assert "MARY_SEACOLE" not in enrolments
    actions = dict(plan.actions.filter(kind="COURSE").values_list("programme__code", "state"))
    comes_to = {"ATTENDED": "STARTED", "COMPLETED": "DONE"}
    assert actions["CORE_MANAGERS"] == comes_to[enrolments["CORE_MANAGERS"]]
    assert actions["MARY_SEACOLE"] in {"PLANNED", "DROPPED"}
    appraisal = Appraisal.objects.get(subject=amara, cycle__closes_on__gte=TODAY)
    assert (appraisal.state, appraisal.due_on) == ("DRAFTING", TODAY + timedelta(days=14))
    told = set(Notice.objects.filter(recipient=amara).values_list("rule", flat=True))
    assert told == {
        "appraisals.due",
        "courses.application_offered",
        "courses.application_shortlisted",
        "courses.request_approved",
        "courses.certificate_issued",
        "courses.evaluation_waiting",
    }


def test_the_mailbox_has_this_mornings_digest(world, settings):
    daniel = persona("daniel.hughes")

    digest = Digest.objects.get(recipient=daniel)

    assert digest.sent_at is not None
    assert digest.notices.count() >= 2


# The client's secret and what hangs on it are new each time: a secret that can be worked out from
# the seed would be none.
SECRETS = {"allauth_idp_oidc_client", "accounts_apiclient", "accounts_apiclientsecret"}
# The hashes of the ledger cover the moments that the next line leaves out.
HASHES = {"accounts_ledgerlink"}
# What loading reference data notes bears the moment of loading.
BY_THE_CLOCK = ('"open_client"', '"add_client_secret"', '"load_reference"')
# What somebody wrote is committed to with a salt, so that nobody can guess it from the ledger.
# Addresses and names of stored files are drawn at random, so that nobody can guess another's.
# Certificates carry a number drawn by lot, and are signed with a key of their issuer's own.
AT_RANDOM = re.compile(
    r'("(?:commitment|salt|public_id|file|serial|signed|sealed)": ?)"[^"]*"'
    r'|"[\w-]{43}"|("index":)\d+(?=,"revoked_at")'
)
# What authors write gets identifiers drawn at random (of version 4), by which other systems know
# it; those of the reference data are made from their codes and stay the same.
DRAWN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
CHECKED_APPS = ("accounts", "pathways", "courses", "appraisals", "talent", "notifications")


def contents():
    """One digest for every table, ids included."""
    found = {}
    with connection.cursor() as cursor:
        for app in CHECKED_APPS:
            for model in apps.get_app_config(app).get_models():
                table = model._meta.db_table
                if table in SECRETS | HASHES or model is KeptMail:
                    continue
                cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t ORDER BY 1")  # noqa: S608
                kept = [row for (row,) in cursor if not any(word in row for word in BY_THE_CLOCK)]
                rows = sorted(DRAWN.sub("", AT_RANDOM.sub(r"\1\2", row)) for row in kept)
                found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


# Only the owner of the tables empties them, over a connection of its own.
EMPTYING = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def remake(seed):
    empty_everything()
    call_command("load_reference", stdout=_Silence())
    make_world(seed=seed)
    # Every deferred constraint is checked here; nothing may be pending when the tables are emptied.
    connection.check_constraints()
    return contents()


@EMPTYING
def test_the_same_seed_makes_the_same_demonstration():
    first = remake(42)

    again = remake(42)

    assert [table for table in first if first[table] != again[table]] == []


@EMPTYING
def test_another_seed_makes_other_people():
    first = remake(42)

    other = remake(43)

    assert first["accounts_person"] != other["accounts_person"]
    assert first["courses_enrolment"] != other["courses_enrolment"]
    assert first["pathways_competency"] == other["pathways_competency"]


def seed(**options):
    call_command("seed_demo", stdout=_Silence(), **options)


def test_it_refuses_outside_a_demonstration(db, settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="not a demonstration"):
        seed(people=SMALL)

    assert not Person.objects.exists()


def test_it_refuses_where_there_are_people(db):
    Person.objects.create(family_name="Real", email="real@example.nhs.uk")

    with pytest.raises(CommandError, match="There are people in this database"):
        seed(people=SMALL)

    assert Person.objects.count() == 1


def test_it_refuses_too_few_people(db):
    with pytest.raises(CommandError, match="Enter 300 people or more"):
        seed(people=299)


@EMPTYING
def test_wiping_removes_who_was_there_and_keeps_the_sign_ins_private(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    Person.objects.create(family_name="Real", email="real@example.nhs.uk")

    with as_in_production():
        connection.close()
        seed(people=SMALL, wipe=True)
        connection.close()

    assert not Person.objects.filter(email="real@example.nhs.uk").exists()
    assert Person.objects.count() == SMALL
    words = (tmp_path / "sign_ins.txt").read_text()
    assert "Amara Okafor" in words
    assert "/demo/" in words
    for name in ("sign_ins.txt", "demo_client.json"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
