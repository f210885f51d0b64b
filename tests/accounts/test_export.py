import io
import json
import tracemalloc
import zipfile
from tempfile import TemporaryFile

import pytest
from django.core.management import CommandError, call_command

from accounts.actors import SystemJob
from accounts.models import Event
from accounts.rights import HOLDINGS
from accounts.services.export import export_person
from accounts.services.ledger import event_row
from common.errors import Forbidden
from jobs.models import Document
from tests.accounts.whole_lives import about, live
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW

pytestmark = pytest.mark.django_db

COMMAND = SystemJob("export_person", organisation_ids=None)


def pack_of(person, *, by=None):
    content = io.BytesIO()
    counts = export_person(person=person, to=content, by=by or person, now=NOW)
    return zipfile.ZipFile(content), counts


def texts_of(pack):
    return {name: pack.read(name).decode() for name in pack.namelist()}


def test_a_pack_holds_every_canary_of_the_person_and_none_of_anybody_else():
    hers, his = live(word="Harbinger"), live(word="Quillfeather")

    pack, _counts = pack_of(hers.person)

    texts = texts_of(pack)
    for name in ("information.html", "information.json"):
        shown = {c.token: c.place for c in hers.canaries if c.is_shown and "itself" not in c.place}
        assert {place for token, place in shown.items() if token not in texts[name]} == set()
    everything = "\n".join(texts.values())
    assert {c.place for c in hers.canaries if c.is_shown and c.token not in everything} == set()
    assert {c.place for c in hers.canaries if not c.is_shown and c.token in everything} == set()
    assert {c.place for c in his.canaries if c.token in everything} == set()
    assert "Quillfeather" not in everything
    assert len([c for c in hers.canaries if c.is_shown]) > 40


def test_every_declared_table_has_a_row_in_the_test_of_the_pack():
    person = live(word="Harbinger").person

    empty = {
        f"{label} by {link.path}"
        for label, holding in HOLDINGS.items()
        for link in about(holding)
        if not holding.rows(link, person).exists()
    }

    assert empty == set()


def test_names_of_other_people_are_left_out_of_a_pack():
    life = live(word="Harbinger")
    others = [p for name, p in life.house.people.items() if name != "person"]
    for number, other in enumerate(others):
        type(other).objects.filter(pk=other.pk).update(
            given_name=f"Zebedee{number}", family_name=f"Nightingale{number}"
        )

    pack, _counts = pack_of(life.person)

    everything = "\n".join(texts_of(pack).values())
    assert "Zebedee" not in everything
    assert "Nightingale" not in everything
    assert "Somebody else" in everything


def test_what_is_withheld_is_named_with_its_reason():
    pack, _counts = pack_of(live(word="Harbinger").person)

    page = pack.read("information.html").decode()
    sections = json.loads(pack.read("information.json"))["sections"]
    person = next(s for s in sections if s["name"] == "accounts.Person.pk")
    assert person["withheld"] == {"password": "SECURITY"}
    assert "Password: it is a secret that protects your account." in page
    drafts = [s["withheld"] for s in sections if s["name"] == "appraisals.Draft.appraisal__subject"]
    assert [draft.get("answers") for draft in drafts] == [None, "NOT_SHARED"]


def test_a_pack_counts_its_rows_and_files_and_the_ledger_says_who_had_it_made():
    life = live(word="Harbinger")

    pack, counts = pack_of(life.person, by=COMMAND)

    sections = json.loads(pack.read("information.json"))["sections"]
    assert counts.rows == sum(len(section["rows"]) for section in sections)
    files = [name for name in pack.namelist() if name.startswith("files/")]
    # A document that was made for them, and two pieces of evidence.
    assert counts.files == len(files) == 3
    event = Event.objects.filter(verb="export_information").get()
    assert event.subject == life.person
    assert event.by_job == "export_person"


def test_a_file_that_storage_has_lost_is_counted_and_the_rest_is_there():
    life = live(word="Harbinger")
    _pack, whole = pack_of(life.person)
    for document in Document.objects.filter(owner=life.person):
        document.file.storage.delete(document.file.name)

    pack, counts = pack_of(life.person)

    assert (whole.files, whole.missing) == (3, 0)
    assert (counts.files, counts.missing) == (2, 1)
    assert (
        "1 file is listed above and could not be found." in pack.read("information.html").decode()
    )


@pytest.mark.parametrize("role", ["HR_ADMINISTRATOR", "LEARNING_LEAD", "TALENT_LEAD"])
def test_no_other_role_can_have_a_pack_made(role):
    organisation = OrganisationFactory()
    person = employ(organisation=organisation)
    other = grant(employ(organisation=organisation), role, organisation)

    with pytest.raises(Forbidden) as refusal:
        pack_of(person, by=other)

    assert refusal.value.code == "may_not_make_pack"
    assert Event.objects.filter(verb="export_information").count() == 0


def test_the_line_manager_cannot_have_a_pack_made():
    manager = employ()

    with pytest.raises(Forbidden):
        pack_of(employ(manager=manager), by=manager)


def test_the_data_protection_officer_of_another_organisation_cannot_have_a_pack_made():
    officer = grant(PersonFactory(), "AUDITOR", OrganisationFactory())

    with pytest.raises(Forbidden):
        pack_of(employ(), by=officer)


def test_the_data_protection_officer_can_have_one_made_of_somebody_who_has_left():
    organisation = OrganisationFactory()
    officer = grant(PersonFactory(), "AUDITOR", organisation)
    left = employ(organisation=organisation, ends_on=NOW.date().replace(year=2025))

    _pack, counts = pack_of(left, by=officer)

    assert counts.rows > 0


def test_the_command_writes_a_pack_that_nobody_else_can_read(tmp_path, capsys):
    person = employ()
    target = tmp_path / "pack.zip"

    call_command("export_person", person.email.upper(), "--to", str(target))

    assert set(zipfile.ZipFile(target).namelist()) == {"information.html", "information.json"}
    assert target.stat().st_mode & 0o077 == 0
    assert "rows and 0 files" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["pack.zip"]


def test_the_command_does_not_write_over_a_file(tmp_path):
    target = tmp_path / "pack.zip"
    target.write_text("mine")

    with pytest.raises(CommandError, match="is there already"):
        call_command("export_person", employ().email, "--to", str(target))

    assert target.read_text() == "mine"


def test_the_command_says_so_when_nobody_has_the_address(tmp_path):
    with pytest.raises(CommandError, match="Nobody has this e-mail address"):
        call_command("export_person", "nobody@waymark.example", "--to", str(tmp_path / "pack.zip"))


@pytest.mark.usefixtures("collected_as_served")
def test_memory_does_not_grow_with_the_record():
    peaks = {}
    for rows in (200, 2_000):
        person = employ()
        Event.objects.bulk_create(
            event_row(by=COMMAND, now=NOW, verb="say", about=person, subject_id=person.pk, rule="x")
            for _ in range(rows)
        )
        tracemalloc.start()
        _pack, counts = pack_into_a_file(person)
        peaks[rows] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert counts.rows > rows

    assert peaks[2_000] - peaks[200] < 500_000, peaks


def pack_into_a_file(person):
    with TemporaryFile() as content:
        return content, export_person(person=person, to=content, by=person, now=NOW)
