import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.actors import SystemJob
from accounts.models import (
    Assignment,
    Event,
    EventText,
    LegalHold,
    Organisation,
    Person,
    RetentionRule,
)
from accounts.rights import HOLDINGS, Delete
from accounts.selectors.rights import organisations_ever
from accounts.services.erasure import erase_person, look_at_erasure
from accounts.services.verification import verify
from common.errors import Conflict, Forbidden
from courses.models import Enrolment
from jobs.models import Document
from notifications.models import Notice
from tests.accounts.old_records import moved_twice
from tests.accounts.whole_lives import about, live
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import OfferingFactory
from tests.security.selection_rows import panel_rows

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)
TABLES = """
SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
 WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
"""


def leave(person):
    person.assignments.update(ends_on=YESTERDAY)
    person.board_seats.update(ends_on=YESTERDAY)
    return person


def officer_of(*organisations):
    officer = PersonFactory()
    for organisation in organisations:
        grant(officer, "AUDITOR", organisation)
    return officer


def officer_for(person):
    return officer_of(*Organisation.objects.filter(pk__in=organisations_ever(person)))


def erase(person, *, by=None):
    leave(person)
    with transaction.atomic():
        return erase_person(
            person=person, by=by or officer_for(person), reason="They asked for it.", now=NOW
        )


def tables():
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return sorted(row[0] for row in cursor.fetchall())


def rows_holding(words):
    """Table -> its rows, as text, in which any of ``words`` stands in any column."""
    pattern = "|".join(re.escape(word) for word in words)
    found = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(
                f"SELECT row_text FROM (SELECT t::text AS row_text FROM {table} t) rows "  # noqa: S608
                "WHERE row_text ~ %s",
                [pattern],
            )
            if rows := [row[0] for row in cursor.fetchall()]:
                found[table] = rows
    return found


def checksums():
    with connection.cursor() as cursor:
        sums = {}
        for table in tables():
            cursor.execute(f"SELECT md5(t::text) FROM {table} t")  # noqa: S608
            sums[table] = {row[0] for row in cursor.fetchall()}
        return sums


def test_after_an_erasure_no_text_of_the_person_is_left_anywhere(
    django_capture_on_commit_callbacks,
):
    life = live(word="Harbinger")
    tokens = [canary.token for canary in life.canaries]
    cache.set("waymark-test", tokens[0])
    fact = [c.token for c in life.canaries if c.place == "accounts.Event.facts"]
    assert len(rows_holding(tokens)) > 20

    with django_capture_on_commit_callbacks(execute=True):
        erase(life.person)
    cache.delete("waymark-test")

    left = rows_holding(tokens)
    # The ledger keeps its facts: services put no text of anybody's there, only this test did.
    assert set(left) == {"public.accounts_event"}
    assert all(fact[0] in row for row in left["public.accounts_event"])
    stored = [path.read_bytes() for path in media_files()]
    assert [token for token in tokens if any(token.encode() in text for text in stored)] == []
    assert [token for token in tokens if token.encode() in everything_in_redis()] == []


def test_the_search_for_what_is_left_finds_a_table_that_was_forgotten(monkeypatch):
    life = live(word="Harbinger")
    tokens = [canary.token for canary in life.canaries]
    # In its place, so that the pages written from the registry keep their order.
    forgotten = replace(HOLDINGS["talent.Nomination"], links=())
    monkeypatch.setitem(HOLDINGS, "talent.Nomination", forgotten)

    erase(life.person)

    assert set(rows_holding(tokens)) == {"public.accounts_event", "public.talent_nomination"}


def media_files():
    root = Path(settings.MEDIA_ROOT)
    return [path for path in root.rglob("*") if path.is_file()]


def everything_in_redis():
    client = cache._cache.get_client()
    return b"".join(key + (client.dump(key) or b"") for key in client.scan_iter("*"))


def rows_kept(person):
    """(holding, keys of its rows that reach ``person`` by a link whose rows an erasure leaves)."""
    return [
        (holding, set(holding.rows(link, person).values_list("pk", flat=True)))
        for holding in HOLDINGS.values()
        for link in holding.links
        if not isinstance(link.on_erasure, Delete)
    ]


def test_what_is_left_of_a_person_is_what_is_declared_to_be_left():
    life = live(word="Harbinger")
    kept = rows_kept(life.person)

    erasure = erase(life.person)

    left = {
        str(holding.title)
        for holding, keys in kept
        # Some lead to nobody any more: they are told of all the same.
        if holding.model._base_manager.filter(pk__in=keys).exists()
    }
    assert {line.what for line in (*erasure.kept, *erasure.cleared)} == left
    assert all(line.because for line in (*erasure.kept, *erasure.cleared))
    for holding in HOLDINGS.values():
        for link in about(holding):
            if isinstance(link.on_erasure, Delete):
                assert not holding.rows(link, life.person).exists(), holding.model_label


def test_the_places_somebody_moved_between_go_together():
    organisation = OrganisationFactory()
    mover = moved_twice(organisation)[0].person
    others = moved_twice(organisation)

    erase(mover)

    assert set(Enrolment.objects.all()) == set(others)


def test_what_somebody_on_a_panel_declared_of_themselves_goes_and_that_they_did_stays():
    person = employ()
    rows = panel_rows(OfferingFactory(), PersonFactory(), member=person)
    application, intake = rows["panel_application"], rows["panel_intake"]
    member = intake.panel.get(person=person)
    mine = application.interests.create(member=member, what="My ex-wife.", declared_at=NOW)

    erasure = erase(person)

    assert rows_holding(["My ex-wife"]) == {}
    others = application.interests.exclude(pk=mine.pk)
    assert list(others.values_list("what", flat=True)) == ["A relative."]
    assert application.interests.filter(member=member).exists()
    assert ("Interests", 1) in [(line.what, line.rows) for line in erasure.cleared]


def test_rows_of_other_people_stay_as_they_are():
    his = live(word="Quillfeather")
    before = checksums()
    hers = live(word="Harbinger")
    tokens = [canary.token for canary in his.canaries]
    held = rows_holding(tokens)

    erase(hers.person)

    assert rows_holding(tokens) == held
    after = checksums()
    gone = {table for table in before if before[table] - after[table]}
    assert gone <= {"public.talent_searchcursor", "public.accounts_ledgerhead"}


def test_the_ledger_is_still_a_whole_chain_and_holds_the_reason_apart():
    life = live(word="Harbinger")
    events = Event.objects.count()

    erase(life.person)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert Event.objects.count() == events + 1
    event = Event.objects.get(verb="erase_person")
    assert event.subject == life.person
    assert "commitment" in event.facts["reason"]
    texts = EventText.objects.filter(event__subject=life.person).exclude(event=event)
    assert texts.exclude(text=None).count() == 0
    assert verify(now=NOW).faults == []


def test_the_erased_person_cannot_sign_in_and_has_no_name(client):
    person = employ()
    person.set_password("a long enough phrase")
    person.save()
    client.force_login(person)

    erase(person)

    person.refresh_from_db()
    assert (person.full_name, person.is_active) == ("Erased person", False)
    assert person.email == f"erased-{person.pk}@erased.invalid"
    assert not person.has_usable_password()
    assert client.get("/documents/").status_code == 302


def test_files_go_when_the_erasure_is_committed_and_not_before(django_capture_on_commit_callbacks):
    life = live(word="Harbinger")
    files = [document.file for document in Document.objects.filter(owner=life.person)]
    assert len(files) == 3

    with django_capture_on_commit_callbacks(execute=True):
        erase(life.person)
        there_before = [file.storage.exists(file.name) for file in files]

    assert there_before == [True, True, True]
    assert [file.storage.exists(file.name) for file in files] == [False, False, False]


def test_what_others_were_told_about_the_person_goes_and_the_rest_stays():
    life = live(word="Harbinger")
    manager = life.house.people["manager"]
    about_her = Notice.objects.filter(recipient=manager)
    assert about_her.count() == 1
    other = Notice.objects.create(
        recipient=manager,
        rule="tests.news",
        subject_key=f"enrolment:{life.house.rows['request'].pk}0",
        created_at=NOW,
    )

    erase(life.person)

    assert list(about_her) == [other]


def test_a_dry_run_changes_nothing_and_counts_the_same(django_capture_on_commit_callbacks):
    person = leave(live(word="Harbinger").person)
    by = officer_for(person)
    before = checksums()

    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        looked = look_at_erasure(person=person, by=by, now=NOW)

    after = checksums()
    changed = {table for table in after if after[table] != before[table]}
    assert changed == {"public.accounts_event"}
    assert Event.objects.get(verb="look_at_erasure").by_person == by
    assert callbacks == []
    done = erase(person, by=by)
    assert (looked.deleted, looked.cleared) == (done.deleted, done.cleared)
    # The event of the look itself is one more that stays.
    assert sum(line.rows for line in looked.kept) + 1 == sum(line.rows for line in done.kept)


def test_a_hold_on_the_person_stops_the_erasure_and_is_listed():
    person = leave(employ())
    organisation = person.assignments.get().organisation
    hold = LegalHold.objects.create(
        organisation=organisation, person=person, reason="Tribunal 12/2026", set_at=NOW
    )
    officer = officer_for(person)

    with pytest.raises(Conflict) as refusal:
        erase(person, by=officer)

    assert refusal.value.code == "held"
    assert look_at_erasure(person=person, by=officer, now=NOW).holds == [hold]
    person.refresh_from_db()
    assert person.full_name != "Erased person"


def test_a_hold_on_an_organisation_stops_the_erasure_of_who_worked_there():
    person = leave(employ())
    LegalHold.objects.create(
        organisation=person.assignments.get().organisation, reason="Inquiry", set_at=NOW
    )

    with pytest.raises(Conflict):
        erase(person)


@pytest.mark.parametrize("kind", ["elsewhere", "lifted"])
def test_a_hold_that_does_not_count_stops_nothing(kind):
    person = leave(employ())
    own = person.assignments.get().organisation
    lifted_at = NOW if kind == "lifted" else None
    LegalHold.objects.create(
        organisation=own if lifted_at else OrganisationFactory(),
        reason="Inquiry",
        set_at=NOW,
        lifted_at=lifted_at,
    )

    erase(person)

    person.refresh_from_db()
    assert person.full_name == "Erased person"


def test_a_class_that_a_law_makes_us_keep_stays_with_the_name_it_is_about():
    life = live(word="Harbinger")
    RetentionRule.objects.filter(record_class="STAFF_RECORD").update(is_duty=True)
    name = life.person.full_name

    erasure = erase(life.person)

    life.person.refresh_from_db()
    assert life.person.full_name == name
    assert not life.person.is_active
    assert life.person.assignments.exists()
    assert "A law makes us keep it." in {line.because for line in erasure.kept}
    nominations = HOLDINGS["talent.Nomination"]
    assert not nominations.rows(nominations.links[0], life.person).exists()


def test_who_is_still_in_post_is_not_erased():
    person = employ()

    with pytest.raises(Conflict) as refusal:
        erase_person(person=person, by=officer_for(person), reason="They asked.", now=NOW)

    assert refusal.value.code == "in_post"


def test_nobody_is_erased_twice():
    person = employ()
    officer = officer_for(person)
    erase(person, by=officer)
    operator = grant(PersonFactory(), "PLATFORM_OPERATOR", OrganisationFactory())

    with pytest.raises(Conflict) as refusal:
        erase(person, by=operator)

    assert refusal.value.code == "already_erased"


@pytest.mark.parametrize("role", ["HR_ADMINISTRATOR", "ORGANISATION_ADMINISTRATOR", "TALENT_LEAD"])
def test_no_other_role_erases(role):
    person = leave(employ())
    other = grant(PersonFactory(), role, person.assignments.get().organisation)

    with pytest.raises(Forbidden):
        erase(person, by=other)

    assert Assignment.objects.filter(person=person).exists()


def test_the_officer_of_one_of_two_employers_does_not_erase_what_the_other_keeps():
    person = leave(employ())
    employ(person=person, ends_on=YESTERDAY)
    officer = officer_of(person.assignments.first().organisation)

    with pytest.raises(Forbidden):
        erase(person, by=officer)


def test_nobody_erases_themselves():
    person = leave(employ())
    grant(person, "AUDITOR", person.assignments.get().organisation)

    with pytest.raises(Forbidden):
        erase(person, by=person)


def test_an_erasure_needs_a_reason():
    person = leave(employ())

    with pytest.raises(Conflict) as refusal:
        erase_person(person=person, by=officer_for(person), reason=" ", now=NOW)

    assert refusal.value.code == "no_reason"


def test_the_command_only_looks_unless_told(capsys):
    person = leave(employ())

    call_command("erase_person", person.email)

    assert "Removed: Posts, 1" in capsys.readouterr().out
    person.refresh_from_db()
    assert person.full_name != "Erased person"


def test_the_command_erases_when_a_named_officer_decides(capsys):
    person = leave(employ())
    officer = officer_for(person)

    call_command(
        "erase_person", person.email, "--apply", "--by", officer.email, "--reason", "Asked for it"
    )

    assert "Erased." in capsys.readouterr().out
    assert Event.objects.get(verb="erase_person").by_person == officer


def test_the_command_refuses_to_erase_when_nobody_decides():
    person = leave(employ())

    with pytest.raises(CommandError, match="Name who decides"):
        call_command("erase_person", person.email, "--apply")


def test_a_job_of_the_system_never_erases():
    person = leave(employ())
    job = SystemJob("erase_person", organisation_ids=None)

    with pytest.raises(TypeError):
        erase_person(person=person, by=job, now=NOW)  # type: ignore[call-arg]

    assert Person.objects.filter(pk=person.pk, is_active=True).exists()
