import pytest
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.validation import validate_schema

from tests.common.samples import Note, NoteIn, OrganisationList, OrganisationOut


@pytest.fixture
def schema():
    class List(OrganisationList):
        get = extend_schema(responses=OrganisationOut(many=True))(OrganisationList.get)

    class Versioned(Note):
        requires_match = True
        http_method_names = ["put"]
        put = extend_schema(request=NoteIn, responses=NoteIn)(Note.put)

    patterns = [path("list/", List.as_view()), path("note/", Versioned.as_view())]
    return SchemaGenerator(patterns=patterns).get_schema(request=None, public=True)


def test_the_document_is_valid_and_declares_every_parameter(schema):
    validate_schema(schema)

    operation = schema["paths"]["/list/"]["get"]
    names = {parameter["name"] for parameter in operation["parameters"]}
    assert names == {"cursor", "page_size", "kind"}
    page = schema["components"]["schemas"]["PaginatedOrganisationOutList"]
    assert page["required"] == ["results", "next"]


def test_every_refusal_is_documented_as_a_problem(schema):
    read, change = schema["paths"]["/list/"]["get"], schema["paths"]["/note/"]["put"]

    assert set(read["responses"]) == {"200", "400", "401", "403", "404", "429"}
    assert set(change["responses"]) == {*read["responses"], "409", "412", "415", "428"}
    assert set(read["responses"]["429"]["headers"]) == {
        "RateLimit-Policy",
        "RateLimit",
        "Retry-After",
    }
    assert set(read["responses"]["200"]["headers"]) == {"RateLimit-Policy", "RateLimit"}
    for code in ("400", "412"):
        content = change["responses"][code]["content"]["application/problem+json"]
        assert content["schema"] == {"$ref": "#/components/schemas/ProblemOut"}
    assert "If-Match" in {parameter["name"] for parameter in change["parameters"]}
