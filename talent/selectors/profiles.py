"""One person's talent profile: as talent leads read it, and as the person does."""

from dataclasses import dataclass
from datetime import date

from accounts.models import Organisation, OrganisationKind, Person
from accounts.selectors.relations import main_organisation_id
from accounts.visibility import standing
from pathways.models import RoleProfile
from pathways.selectors.gap import Gap, gap_analysis
from talent.models import ReadinessJudgement, TalentConsent, TalentProfile, TalentProfileQuerySet
from talent.selectors.match import Match, match_one, target_of

READ_PROFILE, READ_NOMINATION = "read_talent_profile", "read_nomination"


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """What a talent lead reads about one person, measured against ``role`` if there is one."""

    role: RoleProfile | None
    match: Match | None
    gap: Gap | None
    judgement: ReadinessJudgement | None
    email: str


def with_names(profiles: TalentProfileQuerySet) -> TalentProfileQuerySet:
    return profiles.select_related("organisation", "role_profile", "aspires_to", "person")


def profile_page(
    profile: TalentProfile, *, actor: Person, role: RoleProfile | None, on: date
) -> ProfilePage:
    """Explain ``profile`` against ``role``, or else the role the person works towards or holds."""
    role = role or profile.aspires_to or profile.role_profile
    judgement = (
        ReadinessJudgement.objects.visible_to(actor, on=on)
        .on(on)
        .filter(person_id=profile.pk)
        .select_related("judged_by", "organisation")
        .first()
    )
    return ProfilePage(
        role=role,
        match=match_one(profile.pk, target_of(role)) if role else None,
        gap=gap_analysis(person_id=profile.pk, role_profile=role, on=on) if role else None,
        judgement=judgement,
        email=profile.person.email,
    )


def own_profile(person: Person, *, on: date) -> TalentProfile | None:
    """What talent teams see of ``person``; None when nobody can find them on ``on``."""
    rows = TalentProfile.objects.filter(person=person, found_until__gte=on)
    return with_names(rows).first()


def own_judgement(person: Person, *, on: date) -> ReadinessJudgement | None:
    rows = ReadinessJudgement.objects.on(on).filter(person=person)
    return rows.select_related("organisation", "judged_by").first()


def consent_of(person: Person, *, on: date) -> TalentConsent | None:
    return TalentConsent.objects.visible_to(person, on=on).on(on).first()


@dataclass(frozen=True, slots=True)
class Reach:
    """The organisations whose talent teams each scope of consent would add, in that order."""

    organisation: Organisation | None
    system: Organisation | None
    region: Organisation | None


def reach_of(person: Person, *, on: date) -> Reach:
    """Where ``person`` belongs on ``on``, and the board and the region above it."""
    own_id = main_organisation_id(person, on=on)
    known = Organisation.objects.in_bulk({own_id} - {None} | standing(person, on=on).above_ids)
    kinds = {row.kind: row for pk, row in known.items() if pk != own_id}
    return Reach(
        organisation=known.get(own_id) if own_id else None,
        system=kinds.get(OrganisationKind.ICB),
        region=kinds.get(OrganisationKind.REGION),
    )
