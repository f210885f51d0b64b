"""Who links an account at an organisation to whom, and how its people sign in."""

from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actors import SystemJob
from accounts.encryption import KeyMissing
from accounts.models import Event, OrganisationSignIn, StaffIdentity
from accounts.open_id import _secret_of
from accounts.selectors.staff_identities import offered_to
from accounts.services.staff_identities import (
    LINKED,
    UNLINKED,
    Registration,
    link_identity,
    offer_sign_in,
    unlink_identity,
    withdraw_sign_in,
)
from common.errors import Conflict, Forbidden
from notifications.models import Notice
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    StaffIdentityFactory,
    employ,
    grant,
)
from tests.factories.clock import NOW, TODAY
from tests.signing_in import sign_in_half_way

pytestmark = pytest.mark.django_db
SYSTEM = SystemJob("tests", organisation_ids=None)
ISSUER = "https://login.example/tenant/v2.0"


def offered_by(organisation, **changes):
    fields = {"issuer": ISSUER, "tenant_id": uuid4(), "client_id": "waymark", "secret": "quiet"}
    return offer_sign_in(
        organisation=organisation,
        registration=Registration(**(fields | changes)),
        by=SYSTEM,
        now=NOW,
    )


@pytest.fixture
def trust():
    organisation = OrganisationFactory(ods_code="RX1")
    offered_by(organisation)
    return organisation


def link(person, trust, *, by=SYSTEM, object_id=None):
    return link_identity(
        person=person,
        offered=trust.sign_in,
        object_id=object_id or uuid4(),
        by=by,
        now=NOW,
    )


def test_a_link_is_recorded_and_the_person_told(trust):
    person = employ(organisation=trust)

    identity = link(person, trust)

    event, notice = Event.objects.get(verb="link_identity"), Notice.objects.get()
    assert (event.subject, event.organisation) == (person, trust)
    assert str(identity.object_id) not in str(event.facts)
    assert (notice.recipient, notice.rule) == (person, LINKED)


def test_people_link_themselves_and_operators_anybody_and_nobody_else_does(trust):
    person, colleague = employ(organisation=trust), employ(organisation=trust)
    roles = ("ORGANISATION_ADMINISTRATOR", "HR_ADMINISTRATOR", "LEARNING_LEAD", "AUDITOR")
    strangers = [colleague, *(grant(employ(organisation=trust), role, trust) for role in roles)]
    operator = grant(PersonFactory(), "PLATFORM_OPERATOR", trust)

    for stranger in strangers:
        with pytest.raises(Forbidden) as refusal:
            link(person, trust, by=stranger)
        assert refusal.value.code == "may_not_link"
    assert not StaffIdentity.objects.exists()

    link(person, trust, by=person)
    link(colleague, trust, by=operator)
    assert StaffIdentity.objects.count() == 2


def test_only_people_of_the_organisation_are_linked(trust):
    with pytest.raises(Conflict) as refusal:
        link(employ(), trust)

    assert refusal.value.code == "not_employed_there"


def test_an_account_is_one_persons_and_a_person_has_one_in_an_organisation(trust):
    first, second = employ(organisation=trust), employ(organisation=trust)
    identity = link(first, trust)

    with pytest.raises(Conflict) as theirs:
        link(second, trust, object_id=identity.object_id)
    with pytest.raises(Conflict) as again:
        link(first, trust)

    assert (theirs.value.code, again.value.code) == ("somebody_elses", "linked_already")
    for wrong in (
        {"tenant_id": identity.tenant_id, "object_id": identity.object_id},
        {"person": first, "organisation": trust},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            StaffIdentityFactory(**wrong)


def test_unlinking_is_recorded_and_told_and_ends_it(trust):
    person = employ(organisation=trust)
    identity = link(person, trust)

    unlink_identity(identity=identity, by=SYSTEM, now=NOW)

    assert not StaffIdentity.objects.exists()
    assert Event.objects.filter(verb="unlink_identity", subject=person).count() == 1
    assert Notice.objects.filter(recipient=person, rule=UNLINKED).count() == 1
    with pytest.raises(Conflict) as refusal:
        unlink_identity(identity=identity, by=SYSTEM, now=NOW)
    assert refusal.value.code == "not_linked"


def test_nobody_takes_their_only_way_in_from_themselves(trust):
    person = employ(organisation=trust)
    identity = link(person, trust)

    with pytest.raises(Conflict) as refusal:
        unlink_identity(identity=identity, by=person, now=NOW)
    person.set_password("a long enough password")
    person.save()
    unlink_identity(identity=StaffIdentity.objects.get(), by=person, now=NOW)

    assert refusal.value.code == "last_way_in"
    assert not StaffIdentity.objects.exists()


@pytest.mark.parametrize("role", ["ORGANISATION_ADMINISTRATOR", "HR_ADMINISTRATOR"])
def test_only_operators_decide_how_an_organisations_people_sign_in(trust, role):
    administrator = grant(PersonFactory(), role, trust)
    registration = Registration(issuer=ISSUER, tenant_id=uuid4(), client_id="other", secret="other")

    with pytest.raises(Forbidden) as offering:
        offer_sign_in(organisation=trust, registration=registration, by=administrator, now=NOW)
    with pytest.raises(Forbidden) as withdrawing:
        withdraw_sign_in(offered=trust.sign_in, by=administrator, now=NOW)

    codes = {offering.value.code, withdrawing.value.code}
    assert codes == {"may_not_offer_sign_in"}
    assert OrganisationSignIn.objects.get().client_id == "waymark"


@pytest.mark.parametrize(
    "issuer",
    [
        "http://login.example/",
        "ftp://login.example",
        "//login.example",
        "https://login.example/?tenant=1",
        "http://127.0.0.1.evil.example/",
    ],
)
def test_the_issuer_is_reached_by_https(issuer):
    with pytest.raises(Conflict) as refusal:
        offered_by(OrganisationFactory(), issuer=issuer)

    assert refusal.value.code == "issuer_not_https"


def test_a_registration_has_a_secret():
    with pytest.raises(Conflict) as refusal:
        offered_by(OrganisationFactory(), secret="")

    assert refusal.value.code == "secret_missing"


def test_plain_http_is_for_the_embedded_mode_alone(settings):
    settings.EMBEDDED = False

    with pytest.raises(Conflict):
        offered_by(OrganisationFactory(), issuer="http://127.0.0.1:9000")


def test_the_secret_is_not_in_the_ledger_and_moves_to_a_new_key(trust, settings, capsys):
    assert "quiet" not in str(Event.objects.get(verb="offer_sign_in").facts)
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [former]

    call_command("organisation_sign_in", "rewrite-secrets")
    settings.SECRET_KEY_FALLBACKS = []

    assert "1 secrets" in capsys.readouterr().out
    assert _secret_of(OrganisationSignIn.objects.get()) == "quiet"
    settings.SECRET_KEY = "m" * 50
    with pytest.raises(KeyMissing):
        _secret_of(OrganisationSignIn.objects.get())


def test_the_command_offers_with_a_secret_that_is_piped_in_and_lists(monkeypatch, capsys):
    OrganisationFactory(ods_code="RX7")
    monkeypatch.setattr("sys.stdin", StringIO("a piped secret\n"))
    named = ["--issuer", ISSUER, "--tenant", str(uuid4()), "--client-id", "waymark"]

    call_command("organisation_sign_in", "offer", "RX7", *named)
    call_command("organisation_sign_in", "list")

    assert _secret_of(OrganisationSignIn.objects.get()) == "a piped secret"
    shown = capsys.readouterr().out
    assert f"RX7  offered  {ISSUER}" in shown
    assert "a piped secret" not in shown


def test_the_command_links_and_unlinks(trust):
    person = employ(organisation=trust)
    words = ["RX1", person.email.upper()]

    call_command("organisation_sign_in", "link", *words, str(uuid4()))
    linked = StaffIdentity.objects.get()
    call_command("organisation_sign_in", "unlink", *words)

    assert linked.person == person
    assert not StaffIdentity.objects.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["withdraw", "RX2"], "RX2 offers no sign-in"),
        (["unlink", "RX1", "nobody@nhs.example"], "Nobody has the e-mail address"),
        (["link", "RX2", "nobody@nhs.example", str(uuid4())], "Nobody has the e-mail address"),
    ],
)
def test_the_command_says_what_is_not_there(trust, words, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("organisation_sign_in", *words)


def test_one_is_offered_the_accounts_of_ones_own_organisations_that_are_not_linked(trust):
    offered_by(OrganisationFactory())
    person = employ(organisation=trust)
    offered = list(offered_to(person, on=TODAY))

    link(person, trust)

    assert offered == [trust.sign_in]
    assert list(offered_to(person, on=TODAY)) == []


def test_the_page_shows_ones_own_accounts_and_unlinks_one(client, trust):
    person = employ(organisation=trust)
    person.set_password("a long enough password")
    person.save()
    link(person, trust)
    theirs = link(employ(organisation=trust), trust)
    client.force_login(person)

    page = client.get(reverse("accounts:identity_list")).content.decode()
    mine = person.staff_identities.get()
    stolen = client.post(reverse("accounts:identity_unlink", args=[theirs.pk]))
    client.post(reverse("accounts:identity_unlink", args=[mine.pk]))

    assert page.count(trust.name) == 2
    assert stolen.status_code == 404
    assert list(StaffIdentity.objects.all()) == [theirs]


def test_linking_and_unlinking_want_a_fresh_second_step(client, trust):
    person = employ(organisation=trust)
    identity = link(person, trust)
    sign_in_half_way(client, person)

    answers = [
        client.post(reverse("accounts:identity_unlink", args=[identity.pk])),
        client.get(reverse("accounts:identity_link", args=["RX1"])),
    ]

    step = reverse("accounts:second_step")
    assert all(answer["Location"].startswith(step) for answer in answers)
    assert StaffIdentity.objects.exists()
