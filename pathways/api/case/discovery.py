"""The OpenAPI description of the provider, made from the shapes of what it serves."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse

from pathways.api.case.queries import MOST_AT_ONCE
from pathways.selectors.case import shapes
from pathways.selectors.case.shapes import Shape, schema_of, type_name
from pathways.selectors.case.vocabulary import BASE, SCOPES, Json

# Address below the base -> what it answers with.
SERVED: dict[str, Shape] = {
    "/CFDocuments": shapes.DOCUMENT_SET,
    "/CFDocuments/{sourcedId}": shapes.DOCUMENT,
    "/CFPackages/{sourcedId}": shapes.PACKAGE,
    "/CFItems/{sourcedId}": shapes.ITEM,
    "/CFItemAssociations/{sourcedId}": shapes.ASSOCIATION_SET,
    "/CFAssociations/{sourcedId}": shapes.ASSOCIATION,
    "/CFAssociationGroupings/{sourcedId}": shapes.GROUPING,
    "/CFConcepts/{sourcedId}": shapes.CONCEPT_SET,
    "/CFSubjects/{sourcedId}": shapes.SUBJECT_SET,
    "/CFItemTypes/{sourcedId}": shapes.ITEM_TYPE_SET,
    "/CFLicenses/{sourcedId}": shapes.LICENSE,
    "/CFRubrics/{sourcedId}": shapes.RUBRIC,
}
_STATUS_INFO = {
    "type": "object",
    "required": ["imsx_codeMajor", "imsx_severity"],
    "additionalProperties": False,
    "properties": {
        "imsx_codeMajor": {"enum": ["success", "processing", "failure", "unsupported"]},
        "imsx_severity": {"enum": ["status", "warning", "error"]},
        "imsx_description": {"type": "string"},
        "imsx_codeMinor": {
            "type": "object",
            "required": ["imsx_codeMinorField"],
            "additionalProperties": False,
            "properties": {
                "imsx_codeMinorField": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["imsx_codeMinorFieldName", "imsx_codeMinorFieldValue"],
                        "properties": {
                            "imsx_codeMinorFieldName": {"type": "string"},
                            "imsx_codeMinorFieldValue": {
                                "enum": [
                                    "fullsuccess",
                                    "invalid_sort_field",
                                    "invalid_selection_field",
                                    "forbidden",
                                    "unauthorised_request",
                                    "internal_server_error",
                                    "server_busy",
                                    "unknownobject",
                                    "invalid_uuid",
                                ]
                            },
                        },
                    },
                }
            },
        },
    },
}
_REFUSALS = ("400", "401", "403", "404", "429", "500")


@cache
def description() -> dict[str, Any]:
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Competencies and Academic Standards Exchange (CASE) provider",
            "version": "1.1",
        },
        "servers": [{"url": f"{settings.SITE_URL}{BASE}"}],
        "security": [{"OAuth2CC": list(SCOPES)[:1]}],
        "paths": {path: {"get": _operation(path, shape)} for path, shape in SERVED.items()},
        "components": {
            "schemas": {
                **{type_name(shape): schema_of(shape) for shape in _every_shape()},
                "imsx_StatusInfoDType": _STATUS_INFO,
            },
            "securitySchemes": {"OAuth2CC": _sign_in()},
        },
    }


def _every_shape() -> Iterator[Shape]:
    for shape in SERVED.values():
        yield shape
        yield from shape.within()


def _sign_in() -> Json:
    token_url = f"{settings.SITE_URL}{reverse('idp:oidc:token')}"
    return {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": SCOPES}},
    }


def _operation(path: str, shape: Shape) -> Json:
    collection, is_one = path.split("/")[1], "{" in path
    content = {"schema": {"$ref": f"#/components/schemas/{type_name(shape)}"}}
    answers: Json = {"200": {"description": "What was asked for.", **_json(content)}}
    refusal = {"schema": {"$ref": "#/components/schemas/imsx_StatusInfoDType"}}
    answers |= {code: {"description": "A refusal.", **_json(refusal)} for code in _REFUSALS}
    return {
        "operationId": f"get{collection}" if is_one else f"getAll{collection}",
        "parameters": _of_one() if is_one else _of_list(),
        "responses": answers,
    }


def _json(content: Json) -> Json:
    return {"content": {"application/json": content}}


def _parameter(name: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _of_one() -> list[Json]:
    identifier = {"type": "string", "pattern": shapes.UUID}
    return [
        {"name": "sourcedId", "in": "path", "required": True, "schema": identifier},
        _parameter("fields", {"type": "string"}),
    ]


def _of_list() -> list[Json]:
    return [
        _parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST_AT_ONCE}),
        _parameter("offset", {"type": "integer", "minimum": 0, "default": 0}),
        _parameter("sort", {"type": "string"}),
        _parameter("orderBy", {"type": "string", "enum": ["asc", "desc"]}),
        _parameter("filter", {"type": "string"}),
        _parameter("fields", {"type": "string"}),
    ]
