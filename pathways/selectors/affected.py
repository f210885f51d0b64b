"""Whom the publication or retirement of an edition concerns: those measured by it."""

from datetime import date

from django.db.models import Q, QuerySet

from accounts.actors import Actor, SystemJob
from accounts.models import Person
from accounts.models.dated import in_force
from accounts.scope import lifted
from pathways.models import Aspiration, FrameworkVersion, PostRole, RoleProfile


def roles_measured_by(versions: QuerySet[FrameworkVersion]) -> QuerySet[RoleProfile]:
    """Role profiles in use that ask for levels of one of ``versions``."""
    rows = RoleProfile.objects.filter(version__in=versions.values("pk"), is_published=True)
    return rows.order_by("title", "pk")


def is_asked_for(version: FrameworkVersion) -> bool:
    """Whether any role profile in use asks for its levels, whoever may see that role."""
    own = FrameworkVersion.objects.filter(pk=version.pk)
    with lifted(SystemJob("pathways.look_for_roles_of_an_edition", organisation_ids=None)):
        return roles_measured_by(own).exists()


def roles_told_of(version: FrameworkVersion, actor: Actor, *, on: date) -> QuerySet[RoleProfile]:
    """Those of them that ``actor`` may see, families left out."""
    seen = RoleProfile.objects.visible_to(actor, on=on)
    return seen.filter(version_id=version.pk).order_by("title", "pk")


def people_measured_by(versions: QuerySet[FrameworkVersion], *, on: date) -> QuerySet[Person]:
    """Who holds on ``on`` a post that follows such a role, or works towards one; no joins that
    would name anybody twice."""
    roles = roles_measured_by(versions).order_by().values("pk")
    posts = PostRole.objects.filter(role_profile__in=roles)
    holders = posts.filter(in_force(on, prefix="post__assignments__"))
    aspiring = Aspiration.objects.on(on).filter(role_profile__in=roles)
    return Person.objects.filter(
        Q(pk__in=holders.values("post__assignments__person_id"))
        | Q(pk__in=aspiring.values("person_id")),
        is_active=True,
    )
