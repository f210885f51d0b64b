"""Writing the parts of a draft: domains, competencies and what their levels look like."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.models import Person
from pathways.forms.items import CompetencyForm, DomainForm, LevelsForm
from pathways.models import Competency, Domain, FrameworkVersion
from pathways.selectors.alike import alike
from pathways.selectors.authoring import competencies_written, domains_written, scale_of
from pathways.services.items import describe_levels, write_competency, write_domain
from pathways.views.asked import key_asked
from pathways.views.authoring import edition_written
from pathways.views.drafting import (
    FormPage,
    answer,
    as_it_is_now,
    drawn,
    refuse_unless_writable,
)

COMPETENCY_FORM = "pathways/authoring_competency.html"


@require_http_methods(["GET", "HEAD", "POST"])
def domain_add(request: SignedInRequest, pk: int) -> HttpResponse:
    return _domain_form(request, edition_written(request.user, pk), None)


@require_http_methods(["GET", "HEAD", "POST"])
def domain_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    domain = domain_written(request.user, pk)
    return _domain_form(request, domain.version, domain)


def domain_written(person: Person, pk: int) -> Domain:
    return get_object_or_404(domains_written(person, on=timezone.localdate()), pk=pk)


def competency_written(person: Person, pk: int) -> Competency:
    return get_object_or_404(competencies_written(person, on=timezone.localdate()), pk=pk)


def to_domain(version: FrameworkVersion, domain: Domain | None) -> str:
    """The page of the structure where ``domain`` is open."""
    page = reverse("pathways:authoring_show", args=[version.pk])
    return f"{page}?domain={domain.pk}#domain-{domain.pk}" if domain else page


def _domain_form(
    request: SignedInRequest, version: FrameworkVersion, domain: Domain | None
) -> HttpResponse:
    refuse_unless_writable(request.user, version)
    sent = request.POST if request.method == "POST" else None
    form = DomainForm(sent, domain=domain, version=version)
    page = FormPage(
        title=_("Change this domain") if domain else _("Add a domain"),
        back=to_domain(version, domain),
        form=form,
        again=lambda: DomainForm(domain=domain and as_it_is_now(domain), version=version),
    )

    def save() -> None:
        write_domain(
            version=version,
            domain=domain,
            text=form.text,
            revision=form.cleaned_data["revision"],
            by=request.user,
            now=timezone.now(),
        )

    return answer(request, page, save)


@require_http_methods(["GET", "HEAD", "POST"])
def competency_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new competency of a domain, or a part of the one that ``?part_of=`` names."""
    domain = domain_written(request.user, pk)
    asked = key_asked(request, "part_of")
    parent = competency_written(request.user, asked) if asked is not None else None
    return _competency_form(request, domain, None, parent)


@require_http_methods(["GET", "HEAD", "POST"])
def competency_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    competency = competency_written(request.user, pk)
    return _competency_form(request, competency.domain, competency, competency.parent)


def _competency_form(
    request: SignedInRequest,
    domain: Domain,
    competency: Competency | None,
    parent: Competency | None,
) -> HttpResponse:
    version = competency.version if competency else domain.version
    refuse_unless_writable(request.user, version)
    sent = request.POST if request.method == "POST" else None
    form = CompetencyForm(sent, competency=competency, version=version)
    found = _found_alike(form, competency, reader=request.user)
    page = FormPage(
        title=_("Change this competency") if competency else _("Add a competency"),
        back=to_domain(version, domain),
        form=form,
        again=lambda: CompetencyForm(
            competency=competency and as_it_is_now(competency), version=version
        ),
        template=COMPETENCY_FORM,
        context={"alike": found, "domain": domain, "competency": competency, "parent": parent},
    )
    if found and not form.keeps_alike:
        form.ask_about_alike()
        return drawn(request, page)

    def save() -> None:
        write_competency(
            domain=domain,
            competency=competency,
            parent=parent,
            text=form.text,
            revision=form.cleaned_data["revision"],
            by=request.user,
            now=timezone.now(),
        )

    return answer(request, page, save)


def _found_alike(
    form: CompetencyForm, competency: Competency | None, *, reader: Person
) -> Sequence[Competency]:
    """What is called much the same, for a title that is new."""
    if not form.is_bound or not form.is_valid():
        return []
    title = form.cleaned_data["title"]
    if competency is not None and competency.title == title:
        return []
    besides = competency.pk if competency else None
    today = timezone.localdate()
    return alike(title, version=form.version, besides=besides, actor=reader, on=today)


@require_http_methods(["GET", "HEAD", "POST"])
def levels_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    competency = competency_written(request.user, pk)
    version, levels = competency.version, scale_of(competency)
    refuse_unless_writable(request.user, version)
    sent = request.POST if request.method == "POST" else None
    form = LevelsForm(sent, competency=competency, levels=levels, version=version)
    page = FormPage(
        title=_("Levels of %(title)s") % {"title": competency.title},
        back=to_domain(version, competency.domain),
        form=form,
        again=lambda: LevelsForm(
            competency=as_it_is_now(competency), levels=levels, version=version
        ),
    )

    def save() -> None:
        describe_levels(
            competency=competency,
            levels=form.texts,
            revision=form.cleaned_data["revision"],
            by=request.user,
            now=timezone.now(),
        )

    return answer(request, page, save)
