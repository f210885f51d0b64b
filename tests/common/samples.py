"""Pages and endpoints that exist only for the tests of what every page and endpoint shares."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from accounts.models import Organisation
from common import forms
from common.api import InSerializer, KeysetPagination
from common.api import serializers as serializers_in
from common.api.views import ApiView, require_match
from common.charts import BarRow, Node, bars, graph, radar
from common.errors import Conflict, Forbidden, Stale
from common.navigation import page_of

REFUSALS = {
    "forbidden": Forbidden("Only the line manager may do this.", code="not_manager"),
    "conflict": Conflict("You already have a place.", code="already_enrolled"),
    "stale": Stale("Ben changed this at 10:42.", current={"Objective": "Ben's <b>text</b>"}),
}


class SampleForm(forms.NHSForm):
    title = forms.CharField(label="Title of the course", hint="As on the certificate", width=20)
    reason = forms.TextField(label="Reason", max_words=5, required=False)
    starts_on = forms.DateField(label="Start date", latest=date(2027, 12, 31))
    level = forms.ChoiceField(
        label="Level", choices=[("1", "Foundation"), ("2", "Practitioner")], label_size="m"
    )
    days = forms.MultipleChoiceField(
        label="Days", choices=[("mon", "Monday"), ("tue", "Tuesday")], required=False
    )
    places = forms.IntegerField(label="Places", min_value=1, max_value=30, width=3)
    agreed = forms.BooleanField(label="I have told my team", missing="Tell your team first")


@login_not_required
def form_page(request: HttpRequest) -> HttpResponse:
    form = SampleForm(request.POST or None)
    form.is_valid()
    return render(request, "layouts/form.html", {"form": form}, status=forms.form_status(form))


@login_not_required
def refused(request: HttpRequest, kind: str) -> HttpResponse:
    raise REFUSALS[kind]


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault of ours")


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component on one page, for the browser to look at."""
    messages.success(request, "Your place is booked.")
    messages.error(request, "The session is full.")
    roles = [
        Node("a", "Ward manager", 1, kind="here"),
        Node("b", "Matron", 2, href="/"),
        Node("c", "Service manager", 2, href="/"),
        Node("d", "Divisional director of operations", 3, href="/", kind="goal"),
    ]
    axes = ["Leading yourself", "Leading others", "Delivering services", "Improving services"]
    context = {
        "form": SampleForm(),
        "radar": radar(axes, {"Now": [2, 3, 1, 2], "Asked for": [3, 3, 3, 2]}, maximum=4),
        "bars": bars([BarRow("Ward managers", 12, "12 of 20", 15), BarRow("Directors", 3, "3")]),
        "graph": graph(roles, [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]),
        "columns": ["Competency", "Now", "Asked for"],
        "rows": [["Leading yourself", 2, 3], ["Leading others", 3, 3]],
        "tasks": [
            {
                "title": "Prepare",
                "href": "/",
                "hint": "Ten minutes",
                "status": "To do",
                "colour": "blue",
            },
            {"title": "Meet", "status": "Done"},
        ],
        "summary": [("Post", "Ward manager"), ("Band", "7", "/", "Change")],
        "trail": [("Home", "/"), ("Courses", "/courses/")],
        "page": page_of(request, Organisation.objects.order_by("pk"), size=1),
    }
    return render(request, "gallery.html", context)


@method_decorator(login_not_required, name="dispatch")
class OpenView(ApiView):
    authentication_classes = []
    permission_classes = [AllowAny]


class OrganisationQuery(InSerializer):
    kind = serializers.ChoiceField(choices=["TRUST", "ICB"], required=False)


class OrganisationOut(serializers.Serializer):
    name = serializers.CharField()


class OrganisationList(OpenView):
    pagination_class = KeysetPagination
    query_serializer = OrganisationQuery
    ordering = ("kind", "-name", "pk")

    def get(self, request):
        rows = Organisation.objects.filter(**self.query)
        return self.page(request, rows, OrganisationOut)


class OrganisationValues(OrganisationList):
    def get(self, request):
        return self.page(request, Organisation.objects.values("pk", "kind", "name"))


class LineIn(InSerializer):
    words = serializers.CharField(max_length=20)
    count = serializers.IntegerField(min_value=0)


class NoteIn(InSerializer):
    title = serializers.CharField(max_length=50)
    heading = serializers_in.LineIn(max_length=50, required=False)
    on = serializers_in.DayIn(required=False)
    lines = LineIn(many=True, required=False)


class Note(OpenView):
    """A note in version 3."""

    def get(self, request):
        return self.versioned(request, {"title": "Old"}, version=3)

    def post(self, request):
        return Response(self.body(request, NoteIn), status=201)

    def put(self, request):
        require_match(request, version=3, current={"title": "Old"})
        return Response(self.body(request, NoteIn))

    def patch(self, request):
        raise REFUSALS["stale"]
