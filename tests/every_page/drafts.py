"""A draft and files for it, made for the pages that need them."""

from collections.abc import Callable
from typing import Any

from django.utils.timezone import localdate, now

from accounts.models import Person
from config.demo.names import DOMAIN
from pathways.models import AssociationKind, Framework, FrameworkVersion, PackageFetch, Scale
from pathways.services.associations import tie_competencies
from pathways.services.imports import Upload, check_file

A_COMPETENCY = "Domain code,Domain title,Competency code,Title\n1,Care,1.1,Plans\n"
A_MISTAKE = "Domain code,Domain title,Competency code,Title\n1,Care,1.1,\n"


def a_draft(reader: Person) -> dict[str, Any]:
    """A draft that ``reader`` writes from today on."""
    framework, _new = Framework.objects.get_or_create(
        code="PAGES", defaults={"title": "A framework of its own"}
    )
    version, _new = framework.versions.get_or_create(
        label="Draft", defaults={"scale": Scale.objects.first(), "valid_from": localdate()}
    )
    framework.collaborators.get_or_create(
        person=reader, part="AUTHOR", defaults={"starts_on": localdate()}
    )
    return {"pk": version.pk}


def who_writes_frameworks() -> Person:
    """Somebody who leads learning and writes frameworks as well."""
    author = Person.objects.get(email=f"yusuf.ahmed@{DOMAIN}")
    place = author.role_grants.order_by("pk").first().organisation
    author.role_grants.get_or_create(
        role="FRAMEWORK_AUTHOR", organisation=place, defaults={"starts_on": localdate()}
    )
    return author


def a_file(words: str) -> Callable[[Person], dict[str, Any]]:
    """A file for that draft."""

    def arguments(reader: Person) -> dict[str, Any]:
        version = FrameworkVersion.objects.get(**a_draft(reader))
        imported = check_file(
            version=version, file=Upload("framework.csv", words.encode()), by=reader, now=now()
        )
        return {"public_id": imported.public_id}

    return arguments


def a_fetch(state: str) -> Callable[[Person], dict[str, Any]]:
    """A package that is on its way to that draft, or that could not be fetched."""

    def arguments(reader: Person) -> dict[str, Any]:
        version = FrameworkVersion.objects.get(**a_draft(reader))
        ended = {"state": state, "ended_at": now(), "reason": version.label} if state else {}
        version.fetches.filter(state="WAITING").delete()
        fetch = PackageFetch.objects.create(
            version=version,
            address="https://case.example.org/ims/case/v1p1/CFPackages/" + "0" * 8,
            asked_by=reader,
            asked_at=now(),
            **ended,
        )
        return {"public_id": fetch.public_id}

    return arguments


def a_tied_competency(reader: Person) -> dict[str, Any]:
    """A competency of that draft that comes before another one."""
    version = FrameworkVersion.objects.get(**a_draft(reader))
    domain, _new = version.domains.get_or_create(code="T", title="Care", position=9)
    for place in (1, 2):
        domain.competencies.get_or_create(code=f"T.{place}", title="Plans", position=place)
    first, second = domain.competencies.order_by("position")
    if not version.associations.exists():
        tie_competencies(
            competency=first, kind=AssociationKind.BEFORE, other=second, by=reader, now=now()
        )
    return {"pk": first.pk}
