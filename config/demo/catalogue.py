"""What the trusts' own offerings cost, until when they run, whose accreditation of them ends."""

from datetime import timedelta

from accounts.models import Organisation
from config.demo.world import World
from courses.models import (
    Accreditation,
    Award,
    Body,
    DeliveryMode,
    Mandate,
    Offering,
    OfferingAward,
    Prerequisite,
    Programme,
)
from courses.services.accreditation import start_renewal, take_renewal_step

_APPRENTICESHIP = "OPS_MGR_L5_MS"
_LED_LOCALLY = "MARY_SEACOLE"
_BILINGUAL = "CORE_MANAGERS"
_MANDATORY_FOR = "ward-manager"
_PRICE_PENCE = 45_000


def _own_programme(world: World, owner: Organisation) -> None:
    """One programme that the trust has written itself, and offers: it builds on another, and is
    mandatory for those of one role."""
    programme = Programme.objects.create(
        owner=owner,
        code=f"{owner.ods_code}-NIGHTS",
        title="Leading at night",
        summary="Three evenings about running a hospital when few others are there.",
        audience="Whoever is in charge of a ward or a site at night",
        length="Three evenings",
        mode=DeliveryMode.IN_PERSON,
        study_hours=9,
    )
    Offering.objects.create(programme=programme, host=owner, route="Evenings", study_hours=9)
    before = Programme.objects.get(code=_BILINGUAL)
    Prerequisite.objects.create(programme=programme, needs=before)
    Mandate.objects.create(
        programme=programme,
        organisation=owner,
        role_profile=world.roles[_MANDATORY_FOR],
        starts_on=world.day(-200),
    )


def keep_catalogue(world: World) -> None:
    """One accreditation that ends before the offering does and is being renewed, one that has
    lapsed, and one whose renewal is with the body, at every trust."""
    Offering.objects.filter(programme__code=_APPRENTICESHIP).update(
        price_pence=_PRICE_PENCE, ends_on=world.day(400)
    )
    Offering.objects.filter(programme__code=_BILINGUAL).update(languages=["en", "cy"])
    bodies = {row.code: row for row in Body.objects.all()}
    award = Award.objects.get(code="cmi-level-5")
    for body in world.bodies:
        if not body.is_trust:
            continue
        _own_programme(world, body.organisation)
        lead = body.one_of("hr-business-partner").person
        offerings = {
            row.programme.code: row
            for row in Offering.objects.filter(host=body.organisation).select_related("programme")
        }
        local = offerings[_LED_LOCALLY]
        OfferingAward.objects.create(offering=local, award=award, is_optional=True)
        lapsing, sent, _lapsed = Accreditation.objects.bulk_create(
            Accreditation(
                offering=offering,
                body=bodies[code],
                level="Level 5",
                starts_on=world.day(-700),
                ends_on=world.day(days),
            )
            for offering, code, days in (
                (offerings[_APPRENTICESHIP], "ilm", 120),
                (local, "cmi", 60),
                (offerings[_BILINGUAL], "ilm", -30),
            )
        )
        begun_at = world.morning - timedelta(days=20)
        start_renewal(accreditation=lapsing, due_on=world.day(45), by=lead, now=begun_at)
        renewal = start_renewal(accreditation=sent, due_on=world.day(5), by=lead, now=begun_at)
        take_renewal_step(
            renewal=renewal, step="submit", by=lead, now=world.morning - timedelta(days=3)
        )
