"""No address without a rule, no rule without an address, and a newcomer is told what to write."""

import re
import sys
from types import ModuleType

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from rest_framework.response import Response
from rest_framework.views import APIView

from tests.api.endpoints import PREFIX
from tests.security.matrix.actors import ACTORS
from tests.security.matrix.coverage import addresses, faults, methods_of
from tests.security.matrix.every_rule import DOORS, RULES
from tests.security.matrix.rules import METHODS, OWN, ones_own


def test_every_address_has_a_rule_and_every_rule_an_address():
    assert faults(addresses(), RULES, DOORS) == []


def test_the_description_of_the_api_names_exactly_the_operations_with_a_rule():
    """Both ways: what is described and not ruled, and what is ruled and not described. What a
    standard describes itself is not in it (tests/pathways/test_case_provider.py)."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    described = {
        (re.sub(r"{\w+}", "{}", address), method)
        for address, item in document["paths"].items()
        for method in item
        if method in METHODS
    }
    patterns = {name: str(known.pattern) for name, known in addresses().items() if name in RULES}
    ruled = {
        (PREFIX + re.sub(r"<[^>]+>", "{}", patterns[name]), method)
        for name, rule in RULES.items()
        if rule.address.startswith("v1:")
        for method in rule.methods
    }

    assert ruled == described


def test_there_are_as_many_actors_as_it_takes():
    people = [actor for actor in ACTORS.values() if not actor.is_program]

    assert len(ACTORS) >= 16
    assert len(people) >= 14


@pytest.fixture
def unprotected(monkeypatch):
    """A page and an endpoint that somebody has added, with no rule for either."""

    def salaries(request: HttpRequest) -> HttpResponse:
        return HttpResponse("everybody's pay")

    class Pay(APIView):
        def get(self, request: HttpRequest) -> Response:
            return Response({})

        def delete(self, request: HttpRequest) -> Response:
            return Response({})

    module = ModuleType("unprotected_urls")
    module.urlpatterns = [
        path("salaries/", salaries, name="salary_list"),
        path("pay/", Pay.as_view(), name="pay"),
        path("nameless/", salaries),
    ]
    monkeypatch.setitem(sys.modules, "unprotected_urls", module)
    return addresses("unprotected_urls")


def test_a_new_page_without_a_rule_is_refused_with_what_to_write(unprotected):
    found = faults(unprotected, {}, {})

    assert len(found) == 3
    assert found[-1].startswith("salary_list (")
    assert 'about_person("salary_list", "<row>", get=Access(SEES_RECORD))' in found[-1]
    assert any(said.startswith("nameless/ (") for said in found)


def test_a_method_that_nobody_ruled_and_a_rule_of_nothing_are_found(unprotected):
    rules = {
        "pay": ones_own("pay", get=OWN, post=OWN),
        "salary_list": ones_own("salary_list", get=OWN),
        "nameless/": ones_own("nameless/", get=OWN),
        "gone_list": ones_own("gone_list", get=OWN),
    }

    assert faults(unprotected, rules, {}) == [
        "gone_list is not an address any more: take its rule out of tests/security/matrix.",
        "pay takes DELETE and its rule does not: add delete=Access(…).",
        "pay does not take POST any more: take it out of its rule.",
    ]
    assert methods_of(unprotected["pay"].callback) == {"get", "delete"}
