"""Certificates as lists show them, and the one that a link leads to."""

import json
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.models import Organisation, Person
from accounts.visibility import standing
from common.text import unstorable
from courses.models import Certificate, CertificateQuerySet, CertificateState, Credential

ISSUES = ("LEARNING_LEAD", "PROGRAMME_LEAD")


def certificates_of(person: Person, *, on: date) -> CertificateQuerySet:
    """One's own, the newest first; what was replaced is left to what took its place."""
    return certificates_of_person(person, actor=person, on=on)


def certificates_of_person(person: Person, *, actor: Actor, on: date) -> CertificateQuerySet:
    """The same of somebody else, as far as ``actor`` sees them."""
    rows = Certificate.objects.visible_to(actor, on=on).filter(person=person)
    return rows.exclude(state=CertificateState.REPLACED).order_by("-issued_on", "-pk")


def issued_certificates(actor: Actor, *, on: date, words: str = "") -> CertificateQuerySet:
    """What the organisations issued whose courses ``actor`` runs, the newest first; of somebody
    or something called like ``words``, or the one with that number."""
    rows = Certificate.objects.issued_by(actor, on=on)
    if unstorable(words):
        return rows.none()
    for word in words.split():
        rows = rows.filter(
            Q(person_name__icontains=word) | Q(title__icontains=word) | Q(serial__iexact=word)
        )
    return rows.order_by("-issued_on", "-pk")


def issuing_organisations(actor: Actor, *, on: date) -> QuerySet[Organisation]:
    """The organisations in whose name ``actor`` issues certificates."""
    place = standing(actor, on=on)
    rows = Organisation.objects.filter(place.covered_by(*ISSUES).within("pk"))
    return rows.order_by("name", "pk")


def certificates_for_api(actor: Actor, *, on: date) -> CertificateQuerySet:
    """Certificates of the people whom the caller sees."""
    return Certificate.objects.visible_to(actor, on=on).select_related("replaces")


def certificate_behind(link: str) -> Certificate | None:
    """The certificate that a link leads to, for whoever has the whole link. The database looks for
    nothing else, so that without a link nobody finds anything."""
    if unstorable(link):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM waymark_certificate_of(%s)", [link])
        row = cursor.fetchone()
        columns = [column.name for column in cursor.description]
    if row is None:
        return None
    told = dict(zip(columns, row, strict=True))
    model_fields = Certificate._meta.concrete_fields  # noqa: SLF001 (documented by Django)
    fields = [field.attname for field in model_fields]
    found = Certificate.from_db(connection.alias, fields, [told[name] for name in fields])
    found.outcomes = json.loads(found.outcomes)
    return found


def credential_of(certificate: Certificate) -> Credential | None:
    """The newest credential whose key is believed."""
    believed = certificate.credentials.filter(key__compromised_on__isnull=True)
    return believed.order_by("-signed_at", "-pk").first()
