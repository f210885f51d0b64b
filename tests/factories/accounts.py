"""People, organisations, posts and who manages whom, as tests need them."""

from datetime import date, timedelta
from decimal import Decimal

import factory
from allauth.idp.oidc.models import Client

from accounts.models import (
    ApiClient,
    ApiClientSecret,
    Assignment,
    BoardSeat,
    Delegation,
    Organisation,
    OrganisationParent,
    Person,
    Post,
    ReportingLine,
    RoleGrant,
    StaffIdentity,
    Unit,
)
from tests.factories.clock import NOW, TODAY

LONG_AGO = date(2020, 4, 1)


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Riverbank {n} NHS Trust")
    kind = "TRUST"
    ods_code = factory.Sequence(lambda n: f"T{n:04d}")


class OrganisationParentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OrganisationParent

    organisation = factory.SubFactory(OrganisationFactory)
    parent = factory.SubFactory(OrganisationFactory, kind="ICB")
    starts_on = LONG_AGO


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Unit

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Division {n}")


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person

    given_name = factory.Sequence(lambda n: f"Amara{n}")
    family_name = factory.Sequence(lambda n: f"Okafor{n}")
    email = factory.Sequence(lambda n: f"person{n}@waymark.example")
    password = "!"


class PostFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Post

    organisation = factory.SubFactory(OrganisationFactory)
    title = "Service manager"
    pay_system = "AFC"
    band = "8a"
    staff_group = "08"
    is_management = True


class AssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Assignment

    person = factory.SubFactory(PersonFactory)
    post = factory.SubFactory(PostFactory)
    organisation = factory.SelfAttribute("post.organisation")
    wte = Decimal("1.00000")
    starts_on = LONG_AGO


class ReportingLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReportingLine

    assignment = factory.SubFactory(AssignmentFactory)
    person = factory.SelfAttribute("assignment.person")
    manager = factory.SubFactory(PersonFactory)
    kind = "LINE_MANAGER"
    starts_on = factory.SelfAttribute("assignment.starts_on")


class RoleGrantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoleGrant

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = "LEARNING_LEAD"
    starts_on = LONG_AGO


class DelegationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Delegation

    manager = factory.SubFactory(PersonFactory)
    delegate = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    starts_on = TODAY - timedelta(days=10)
    ends_on = TODAY + timedelta(days=10)


class BoardSeatFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BoardSeat

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    kind = "NON_EXECUTIVE"
    starts_on = LONG_AGO


class OAuthClientFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Client

    name = "HR system"
    grant_types = "client_credentials"
    response_types = ""
    scopes = "people:read\ncourses:read"


class ApiClientFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ApiClient

    client = factory.SubFactory(OAuthClientFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    name = "HR system"


class ApiClientSecretFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ApiClientSecret

    client = factory.SubFactory(ApiClientFactory)
    slot = 1
    hash = factory.Sequence(lambda n: f"sha256${n:064x}")
    prefix = "wm_abc123"
    created_at = NOW
    expires_at = NOW + timedelta(days=300)


class StaffIdentityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StaffIdentity

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    tenant_id = factory.Faker("uuid4")
    object_id = factory.Faker("uuid4")
    linked_at = NOW


def employ(
    *,
    person: Person | None = None,
    organisation: Organisation | None = None,
    manager: Person | None = None,
    starts_on: date = LONG_AGO,
    ends_on: date | None = None,
    **post: object,
) -> Person:
    """A person in a new post, with a line manager if one is named; returns the person."""
    assignment = AssignmentFactory(
        person=person or PersonFactory(),
        post=PostFactory(organisation=organisation or OrganisationFactory(), **post),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    if manager:
        ReportingLineFactory(assignment=assignment, manager=manager, ends_on=ends_on)
    return assignment.person


def grant(person: Person, role: str, organisation: Organisation) -> Person:
    """Give ``person`` a role for ``organisation`` and what is below it; returns the person."""
    RoleGrantFactory(person=person, role=role, organisation=organisation)
    return person


def place_below(organisation: Organisation, parent: Organisation) -> Organisation:
    """Put ``organisation`` below ``parent`` in the tree; returns the organisation."""
    OrganisationParentFactory(organisation=organisation, parent=parent)
    return organisation
