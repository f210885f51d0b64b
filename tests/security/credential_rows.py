"""A certificate of somebody, the key it is signed with and an award, in every town."""

from django.db.models import Model

from accounts.models import Organisation, Person
from accounts.scope import run_as
from courses.selectors.certificate_words import words_of_award
from courses.services.certificates import Draft, write_out
from tests.factories.certificates import JOB, AwardFactory, an_issuer
from tests.factories.clock import NOW, TODAY


def issuing_rows(organisation: Organisation) -> dict[str, Model]:
    """What ``organisation`` can give, and what it signs with."""
    issuer = an_issuer(organisation)
    return {
        "own_award": AwardFactory(owner=organisation),
        "signing_key": issuer.keys.get(),
        "issuer": issuer,
    }


def certificate_rows(person: Person, organisation: Organisation) -> dict[str, Model]:
    """What ``organisation`` gave ``person``, who went there for it."""
    award = AwardFactory(owner=organisation)
    draft = Draft(
        person=person,
        organisation_id=organisation.pk,
        words=words_of_award(award, hours=6),
        completed_on=TODAY,
        award=award,
    )
    with run_as(JOB):
        [certificate] = write_out(organisation, [draft], by=JOB, now=NOW, rule="tests")
    return {"certificate": certificate, "status_list": certificate.status_entry.status_list}
