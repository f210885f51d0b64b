"""What talent asks of the person who opens the home page."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from notifications.registry import Need
from talent.models import TalentProfile
from talent.selectors.pools import hidden_nominations, waiting_nominations
from talent.selectors.profiles import consent_of
from talent.selectors.scope import is_talent_lead
from talent.selectors.search import NOT_JUDGED

MOST = 20
_SOON = timedelta(days=30)


def nominations_waiting(person: Person, on: date) -> Iterator[Need]:
    """For talent leads: people who were put forward and wait for a decision."""
    if not is_talent_lead(person, on=on):
        return
    for nomination in waiting_nominations(person, on=on)[:MOST]:
        names = {"person": nomination.person.full_name, "pool": nomination.pool.title}
        yield Need(
            title=_("%(person)s was put forward for %(pool)s") % names,
            action=_("Decide"),
            url=reverse("talent:nomination_show", args=[nomination.pk]),
            due_on=None,
        )


def people_not_judged(person: Person, on: date) -> Iterator[Need]:
    """For talent leads: how many of the people they can find have no judgement of readiness."""
    if not is_talent_lead(person, on=on):
        return
    found = TalentProfile.objects.visible_to(person, on=on).exclude(person=person)
    count = found.filter(readiness="").count()
    if count:
        yield Need(
            title=ngettext(
                "%(count)s person you can find has no judgement of readiness",
                "%(count)s people you can find have no judgement of readiness",
                count,
            )
            % {"count": count},
            action=_("Judge readiness"),
            url=f"{reverse('talent:profile_list')}?readiness={NOT_JUDGED}",
            due_on=None,
        )


def consent_ending(person: Person, on: date) -> Iterator[Need]:
    """For a person: the consent to be found ends within a month."""
    consent = consent_of(person, on=on)
    if consent and consent.ends_on and consent.ends_on <= on + _SOON:
        yield Need(
            title=_("Talent teams will soon not find you any more"),
            action=_("Decide whether to go on"),
            url=reverse("talent:consent_edit"),
            due_on=consent.ends_on,
        )


def nominations_hidden(person: Person, on: date) -> Iterator[Need]:
    """For a person: put forward, but the talent team cannot see it without their consent."""
    for nomination in hidden_nominations(person, on=on)[:MOST]:
        yield Need(
            title=_("You were put forward for %(pool)s") % {"pool": nomination.pool.title},
            action=_("Decide whether the talent team may see you"),
            url=reverse("talent:nomination_show", args=[nomination.pk]),
            due_on=None,
            hint=_("The talent team learns of it only when you let them find you."),
        )
