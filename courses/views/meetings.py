"""Pages of those who run sessions: its meetings, and the venues and rooms they are in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.models import Person
from common.errors import Conflict
from common.forms import form_status
from common.navigation import page_of
from courses.forms.meetings import MeetingForm, RoomForm, VenueForm
from courses.models import Meeting, Session, Venue
from courses.selectors.clashes import warnings_about
from courses.selectors.meetings import (
    meetings_of,
    meetings_seen_by,
    organisations_run_by,
    rooms_of,
    venues_run_by,
)
from courses.selectors.sessions import session_rows
from courses.services.meetings import add_meeting, change_meeting, remove_meeting
from courses.services.sessions import refuse_unless_runs, refuse_unless_runs_any
from courses.services.venues import save_room, save_venue


@require_http_methods(["GET", "HEAD", "POST"])
def session_meetings(request: SignedInRequest, pk: int) -> HttpResponse:
    session = _run_session(request, pk)
    form = _form(request, session)
    if request.method == "POST" and form.is_valid():
        try:
            add_meeting(session=session, plan=form.plan(), by=request.user, now=timezone.now())
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The meeting is added. Everybody on the session is told."))
            return redirect("courses:session_meetings", pk)
    meetings = list(meetings_of(session))
    context = {
        "session": session,
        "meetings": meetings,
        "warnings": warnings_about(session, meetings),
        "may_change": session.state == "OPEN" and timezone.now() < session.settles_at,
        "form": form,
    }
    return render(request, "courses/session_meetings.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_change(request: SignedInRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    meeting = get_object_or_404(meetings_seen_by(request.user, on=today), pk=pk)
    session = _run_session(request, meeting.session_id)
    is_removal = request.method == "POST" and request.POST.get("step") == "REMOVE"
    form = _form(request, session, meeting=meeting, is_removal=is_removal)
    if is_removal or (request.method == "POST" and form.is_valid()):
        try:
            said = _carry_out(request, meeting, form, is_removal=is_removal)
        except Conflict as refusal:
            messages.error(request, refusal.message)
            return redirect("courses:meeting_change", pk)
        messages.success(request, said)
        return redirect("courses:session_meetings", session.pk)
    context = {"session": session, "meeting": meeting, "form": form}
    return render(request, "courses/meeting_change.html", context, status=form_status(form))


def _carry_out(
    request: SignedInRequest, meeting: Meeting, form: MeetingForm, *, is_removal: bool
) -> str:
    now = timezone.now()
    if is_removal:
        remove_meeting(meeting=meeting, by=request.user, now=now)
        return _("The meeting is removed. Everybody on the session is told.")
    change_meeting(meeting=meeting, plan=form.plan(), by=request.user, now=now)
    return _("The meeting is changed. Everybody on the session is told.")


@require_http_methods(["GET", "HEAD", "POST"])
def venue_list(request: SignedInRequest) -> HttpResponse:
    refuse_unless_runs_any(by=request.user, now=timezone.now())
    today = timezone.localdate()
    organisations = organisations_run_by(request.user, on=today)
    sent = request.POST if request.method == "POST" else None
    form = VenueForm(sent, organisations=organisations)
    if sent is not None and form.is_valid():
        organisation = form.cleaned_data["organisation"]
        now = timezone.now()
        try:
            venue = save_venue(
                organisation=organisation, plan=form.plan(), by=request.user, now=now
            )
        except Conflict as refusal:
            form.add_error("name", refusal.message)
        else:
            messages.success(request, _("The venue is added. Now add its rooms."))
            return redirect("courses:venue_show", venue.pk)
    page = page_of(request, venues_run_by(request.user, on=today))
    context = {"page": page, "form": form}
    return render(request, "courses/venue_list.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def venue_show(request: SignedInRequest, pk: int) -> HttpResponse:
    venue = get_object_or_404(venues_run_by(request.user, on=timezone.localdate()), pk=pk)
    adds_room = request.method == "POST" and request.POST.get("step") == "ROOM"
    sent = request.POST if request.method == "POST" else None
    room_form = RoomForm(sent if adds_room else None)
    form = VenueForm(
        None if adds_room else sent, initial=VenueForm.what_is(venue), organisations=None
    )
    asked = room_form if adds_room else form
    if sent is not None and asked.is_valid():
        try:
            said = _save(venue, form, room_form, adds_room=adds_room, by=request.user)
        except Conflict as refusal:
            asked.add_error("name", refusal.message)
        else:
            messages.success(request, said)
            return redirect("courses:venue_show", pk)
    context = {"venue": venue, "form": form, "room_form": room_form}
    status = form_status(asked)
    return render(request, "courses/venue_show.html", context, status=status)


def _save(
    venue: Venue, form: VenueForm, room_form: RoomForm, *, adds_room: bool, by: Person
) -> str:
    now = timezone.now()
    if not adds_room:
        plan = form.plan()
        save_venue(organisation=venue.organisation, venue=venue, plan=plan, by=by, now=now)
        return _("The venue is changed.")
    name, seats = room_form.cleaned_data["name"], room_form.cleaned_data["seats"]
    known = next((room for room in venue.rooms.all() if room.name == name), None)
    save_room(venue=venue, room=known, name=name, seats=seats, by=by, now=now)
    return _("The room is changed.") if known else _("The room is added.")


def _run_session(request: SignedInRequest, pk: int) -> Session:
    """A session the person sees (404 otherwise) and runs (403 otherwise)."""
    session = get_object_or_404(session_rows(request.user, on=timezone.localdate()), pk=pk)
    refuse_unless_runs(session.offering, by=request.user, now=timezone.now())
    return session


def _form(
    request: SignedInRequest,
    session: Session,
    *,
    meeting: Meeting | None = None,
    is_removal: bool = False,
) -> MeetingForm:
    today = timezone.localdate()
    return MeetingForm(
        request.POST if request.method == "POST" and not is_removal else None,
        initial=MeetingForm.what_is(meeting) if meeting else None,
        rooms=rooms_of(session.offering),
        people=Person.objects.visible_to(request.user, on=today),
        today=today,
    )
