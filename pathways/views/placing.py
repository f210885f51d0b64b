"""Where the parts of a draft stand: moving them, and taking them out."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from common.http.redirects import safe_redirect_target
from pathways.forms.drafts import DraftForm
from pathways.forms.items import MoveForm, MoveToForm
from pathways.models import Domain, FrameworkVersion
from pathways.selectors.authoring import places_in
from pathways.services.moving import move_competency, move_competency_to, move_domain
from pathways.services.taking_out import count_parts, remove_competency, remove_domain
from pathways.views.authoring import edition_written, show_structure
from pathways.views.drafting import FormPage, answer, refuse_unless_writable
from pathways.views.items import competency_written, domain_written, to_domain


@require_POST
def domain_move(request: SignedInRequest, pk: int) -> HttpResponse:
    domain = domain_written(request.user, pk)
    form = MoveForm(request.POST, version=domain.version)
    return _moved(
        request,
        form,
        domain,
        lambda: move_domain(
            domain=domain, **form.cleaned_data, by=request.user, now=timezone.now()
        ),
    )


@require_POST
def competency_move(request: SignedInRequest, pk: int) -> HttpResponse:
    competency = competency_written(request.user, pk)
    form = MoveForm(request.POST, version=competency.version)
    return _moved(
        request,
        form,
        competency.domain,
        lambda: move_competency(
            competency=competency, **form.cleaned_data, by=request.user, now=timezone.now()
        ),
    )


def _moved(
    request: SignedInRequest, form: MoveForm, domain: Domain, move: Callable[[], None]
) -> HttpResponse:
    refuse_unless_writable(request.user, form.version)
    if not form.is_valid():
        refusal = Conflict(
            _("This does not say where to. Use the buttons of the page."), code="no_such_move"
        )
        return _still(request, form.version, refusal)
    try:
        move()
    except Conflict as refusal:
        return _still(request, form.version, refusal)
    return redirect(safe_redirect_target(request, to_domain(form.version, domain)))


def _still(request: SignedInRequest, version: FrameworkVersion, refusal: Conflict) -> HttpResponse:
    """How the draft is now, with why nothing was moved: whoever asked sees both at once."""
    return show_structure(request, edition_written(request.user, version.pk), refusal=refusal)


@require_http_methods(["GET", "HEAD", "POST"])
def competency_move_to(request: SignedInRequest, pk: int) -> HttpResponse:
    competency = competency_written(request.user, pk)
    version = competency.version
    refuse_unless_writable(request.user, version)
    places = places_in(version, besides=competency)

    def drawn_form(sent: object = None) -> MoveToForm:
        return MoveToForm(sent, competency=competency, places=places, version=version)

    form = drawn_form(request.POST if request.method == "POST" else None)
    page = FormPage(
        title=_("Move “%(title)s”") % {"title": competency.title},
        back=to_domain(version, competency.domain),
        form=form,
        again=drawn_form,
        submit=_("Move"),
    )

    def save() -> None:
        domain, parent = form.place
        move_competency_to(
            competency=competency,
            domain=domain,
            parent=parent,
            revision=form.cleaned_data["revision"],
            by=request.user,
            now=timezone.now(),
        )

    return answer(request, page, save)


@require_http_methods(["GET", "HEAD", "POST"])
def domain_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    domain = domain_written(request.user, pk)
    return _removal(
        request,
        domain.version,
        domain,
        lambda revision: remove_domain(
            domain=domain, revision=revision, by=request.user, now=timezone.now()
        ),
        context={"domain": domain, "part_count": domain.competencies.count()},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def competency_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    competency = competency_written(request.user, pk)
    return _removal(
        request,
        competency.version,
        competency.domain,
        lambda revision: remove_competency(
            competency=competency, revision=revision, by=request.user, now=timezone.now()
        ),
        context={"competency": competency, "part_count": count_parts(competency)},
    )


def _removal(
    request: SignedInRequest,
    version: FrameworkVersion,
    domain: Domain,
    remove: Callable[[int], None],
    *,
    context: dict[str, object],
) -> HttpResponse:
    refuse_unless_writable(request.user, version)
    form = DraftForm(request.POST if request.method == "POST" else None, version=version)
    if request.method == "POST" and form.is_valid():
        try:
            remove(form.cleaned_data["revision"])
            stays = domain if "competency" in context else None
            return redirect(safe_redirect_target(request, to_domain(version, stays)))
        except Conflict as refusal:
            return _still(request, version, refusal)
    context |= {"form": form, "version": version, "back": to_domain(version, domain)}
    return render(request, "pathways/authoring_remove.html", context, status=form_status(form))
