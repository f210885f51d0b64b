"""What a CASE client is answered: shapes, lists, refusals, and what it may see."""

import json
import re
import uuid

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.services.clients import create_client
from pathways.models import AssociationGroup, Competency, FrameworkVersion
from pathways.selectors.case.packages import package_of
from pathways.selectors.case.resources import editions_to_serve
from pathways.selectors.case.vocabulary import SCOPES
from tests.api_client import hr_system, token_for
from tests.factories.accounts import OrganisationFactory
from tests.factories.authoring import author_at
from tests.factories.clock import TODAY
from tests.factories.pathways import (
    CompetencyFactory,
    DomainFactory,
    FrameworkFactory,
    FrameworkVersionFactory,
    IndicatorFactory,
    LevelDescriptorFactory,
)
from tests.factories.trees import AssociationFactory
from tests.pathways import case_schemas as schemas

pytestmark = pytest.mark.django_db

BASE = "/ims/case/v1p1"
SITE = settings.SITE_URL


@pytest.fixture
def trust():
    return OrganisationFactory()


def framework(owner=None, *, title="Leading well", state="PUBLISHED", **fields):
    """An edition with two domains, a nested competency, a descriptor and an indicator."""
    version = FrameworkVersionFactory(
        framework=FrameworkFactory(owner=owner, title=title, licence="Open Government Licence"),
        state=state,
        **fields,
    )
    for place in (1, 2):
        domain = DomainFactory(version=version, position=place, code=f"{place}")
        first = CompetencyFactory(domain=domain, position=1, code=f"{place}.1")
        part = CompetencyFactory(domain=domain, position=2, code=f"{place}.1.1", parent=first)
        IndicatorFactory(descriptor=LevelDescriptorFactory(competency=part))
    return version


@pytest.mark.parametrize("rows", [1, 3])
def test_documents_are_listed_at_a_constant_number_of_queries(
    trust, django_assert_num_queries, rows
):
    mine = [str(framework(trust).identifier) for _ in range(rows)]
    framework(OrganisationFactory())
    framework(trust, state="DRAFT")
    system = hr_system(trust)

    with django_assert_num_queries(13):
        response = system.get(f"{BASE}/CFDocuments")

    listed = response.json()
    assert sorted(mine) == [one["identifier"] for one in listed["CFDocuments"]]
    assert response["X-Total-Count"] == str(rows)
    assert schemas.mistakes(schemas.set_of(CFDocuments=schemas.DOCUMENT), listed) == []


def test_an_edition_is_a_document(trust):
    version = framework(trust)

    told = hr_system(trust).get(f"{BASE}/CFDocuments/{version.identifier}").json()

    licence = told.pop("licenseURI")
    assert licence["title"] == "Open Government Licence"
    assert told == {
        "identifier": str(version.identifier),
        "uri": f"{SITE}{BASE}/CFDocuments/{version.identifier}",
        "caseVersion": "1.1",
        "creator": "Waymark",
        "publisher": "Waymark",
        "title": "Leading well",
        "language": "en",
        "version": "2026",
        "adoptionStatus": "Adopted",
        "statusStartDate": "2026-04-01",
        "lastChangeDateTime": "2026-03-31T23:00:00Z",
        "CFPackageURI": {
            "title": "Leading well",
            "identifier": str(version.identifier),
            "uri": f"{SITE}{BASE}/CFPackages/{version.identifier}",
        },
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_a_package_holds_the_whole_tree_at_a_constant_number_of_queries(
    trust, django_assert_num_queries, rows
):
    versions = [framework(trust) for _ in range(rows)]
    system = hr_system(trust)

    with django_assert_num_queries(19):
        package = system.get(f"{BASE}/CFPackages/{versions[0].identifier}").json()

    kinds = [(one["CFItemType"], one.get("humanCodingScheme")) for one in package["CFItems"]]
    assert kinds == [
        ("Domain", "1"),
        ("Competency", "1.1"),
        ("Competency", "1.1.1"),
        ("Indicator", None),
        ("Domain", "2"),
        ("Competency", "2.1"),
        ("Competency", "2.1.1"),
        ("Indicator", None),
    ]
    assert schemas.mistakes(schemas.PACKAGE, package) == []


def test_a_package_says_what_is_part_of_what_and_at_which_level(trust):
    version = framework(trust)

    package = hr_system(trust).get(f"{BASE}/CFPackages/{version.identifier}").json()

    names = {one["identifier"]: one.get("humanCodingScheme", "-") for one in package["CFItems"]}
    names[str(version.identifier)] = "document"
    ties = [
        (
            one["associationType"],
            names.get(one["originNodeURI"]["identifier"]),
            names.get(one["destinationNodeURI"]["identifier"], "level"),
            one.get("sequenceNumber"),
        )
        for one in package["CFAssociations"]
    ]
    assert ties == [
        ("isChildOf", "1", "document", 1),
        ("isChildOf", "2", "document", 2),
        ("isChildOf", "1.1", "1", 1),
        ("isChildOf", "1.1.1", "1.1", 1),
        ("isChildOf", "-", "1.1.1", 1),
        ("isChildOf", "2.1", "2", 1),
        ("isChildOf", "2.1.1", "2.1", 1),
        ("isChildOf", "-", "2.1.1", 1),
        ("hasSkillLevel", "-", "level", None),
        ("hasSkillLevel", "-", "level", None),
    ]


def test_a_rubric_tells_the_scale_and_what_a_competency_looks_like_at_its_levels(trust):
    version = framework(trust)

    (rubric,) = package_of(version)["CFRubrics"]

    scale, *criteria = rubric["CFRubricCriteria"]
    assert scale["category"] == version.scale.code
    assert [(one["quality"], one.get("score")) for one in scale["CFRubricCriterionLevels"]] == [
        ("Rarely or never", 1),
        ("Occasionally", 2),
        ("Frequently", 3),
        ("Almost always", 4),
        ("No chance to demonstrate", None),
    ]
    assert [
        (level["quality"], level["score"], level["description"])
        for one in criteria
        for level in one["CFRubricCriterionLevels"]
    ] == [("Rarely or never", 1, "Plans a week ahead with the team.")] * 2


def every_single(version: FrameworkVersion) -> dict[str, tuple[str, dict]]:
    """Address of each kind of thing in ``version`` -> its schema."""
    package = package_of(version)
    definitions = package["CFDefinitions"]
    item, tie, level_tie = (
        package["CFItems"][0],
        package["CFAssociations"][0],
        package["CFAssociations"][-2],
    )
    return {
        f"CFDocuments/{version.identifier}": schemas.DOCUMENT,
        f"CFPackages/{version.identifier}": schemas.PACKAGE,
        f"CFItems/{item['identifier']}": schemas.ITEM,
        f"CFItemAssociations/{item['identifier']}": schemas.ITEM_TIES,
        f"CFAssociations/{tie['identifier']}": schemas.TIE,
        f"CFAssociations/{level_tie['identifier']}": schemas.TIE,
        f"CFAssociations/{version.associations.get().identifier}": schemas.TIE,
        f"CFAssociationGroupings/{version.groups.get().identifier}": schemas.GROUPING,
        f"CFItemTypes/{definitions['CFItemTypes'][0]['identifier']}": schemas.set_of(
            CFItemTypes=schemas.ITEM_TYPE
        ),
        f"CFLicenses/{definitions['CFLicenses'][0]['identifier']}": schemas.LICENSE,
        f"CFRubrics/{package['CFRubrics'][0]['identifier']}": schemas.RUBRIC,
    }


def grouped(version: FrameworkVersion) -> FrameworkVersion:
    group = AssociationGroup.objects.create(version=version, title="Crosswalk to 2027")
    first, second, *_rest = Competency.objects.filter(domain__version=version).order_by("pk")
    AssociationFactory(group=group, kind="isRelatedTo", origin=first, destination=second)
    return version


def test_every_single_thing_is_flat_and_as_the_standard_has_it(trust):
    system = hr_system(trust)

    answers = {
        path: (system.get(f"{BASE}/{path}"), schema)
        for path, schema in every_single(grouped(framework(trust))).items()
    }

    assert len(answers) == 11
    assert {path: answer.status_code for path, (answer, _s) in answers.items()} == dict.fromkeys(
        answers, 200
    )
    assert [schemas.mistakes(s, answer.json()) for answer, s in answers.values()] == [[]] * 11


def test_nothing_of_another_organisation_or_of_a_draft_is_there(trust):
    hidden = [
        *every_single(grouped(framework(OrganisationFactory()))),
        *every_single(grouped(framework(trust, state="DRAFT"))),
        f"CFDocuments/{uuid.uuid4()}",
    ]
    system = hr_system(trust)

    answers = {path: system.get(f"{BASE}/{path}") for path in hidden}

    assert {answer.status_code for answer in answers.values()} == {404}
    assert all(schemas.mistakes(schemas.REFUSAL, one.json()) == [] for one in answers.values())


def test_a_draft_is_served_to_nobody_not_even_its_author(trust):
    author = author_at(trust)
    draft, published = framework(trust, state="DRAFT"), framework(trust)

    served = editions_to_serve(actor=author, on=TODAY)

    assert list(served) == [published]
    assert draft in FrameworkVersion.objects.visible_to(author, on=TODAY)


def test_a_retired_edition_is_served_and_says_so(trust):
    version = framework(trust)
    FrameworkVersion.objects.filter(pk=version.pk).update(
        state="RETIRED", retired_at="2026-11-01T00:00Z", retire_reason="Replaced"
    )

    told = hr_system(trust).get(f"{BASE}/CFDocuments/{version.identifier}").json()

    assert told["adoptionStatus"] == "Deprecated"


def minor(answer) -> tuple[int, str]:
    body = answer.json()
    assert schemas.mistakes(schemas.REFUSAL, body) == []
    (field,) = body["imsx_codeMinor"]["imsx_codeMinorField"]
    return answer.status_code, field["imsx_codeMinorFieldValue"]


@pytest.mark.parametrize(
    ("path", "query", "answer"),
    [
        ("CFDocuments", {"limit": "0"}, (400, "invalid_selection_field")),
        ("CFDocuments", {"limit": "many"}, (400, "invalid_selection_field")),
        ("CFDocuments", {"offset": "-1"}, (400, "invalid_selection_field")),
        ("CFDocuments", {"page": "2"}, (400, "invalid_selection_field")),
        ("CFDocuments", {"fields": "title,secret"}, (400, "invalid_selection_field")),
        ("CFDocuments", {"sort": "secret"}, (400, "invalid_sort_field")),
        ("CFDocuments", {"orderBy": "up"}, (400, "invalid_selection_field")),
        ("CFDocuments", {"filter": "title is long"}, (400, "invalid_selection_field")),
        ("CFDocuments", {"filter": "secret='1'"}, (400, "invalid_selection_field")),
        (
            "CFDocuments",
            {"filter": "title='a' AND title='b' OR title='c'"},
            (400, "invalid_selection_field"),
        ),
        ("CFItems/1", {}, (404, "invalid_uuid")),
        (f"CFItems/{uuid.UUID(int=1)}", {}, (404, "unknownobject")),
        ("CFNothing", {}, (404, "unknownobject")),
    ],
)
def test_what_cannot_be_answered_is_refused_in_the_standards_form(trust, path, query, answer):
    assert minor(hr_system(trust).get(f"{BASE}/{path}", query)) == answer


def test_without_a_token_or_its_scope_nothing_is_told(trust):
    version = framework(trust)
    path = f"{BASE}/CFPackages/{version.identifier}"

    unknown = Client().get(path)
    wrong = Client().get(path, headers={"Authorization": "Bearer nonsense"})
    other = hr_system(trust, scopes=["courses:read"]).get(path)

    assert minor(unknown) == (401, "unauthorised_request")
    assert minor(wrong) == (401, "unauthorised_request")
    assert minor(other) == (403, "forbidden")
    assert unknown["WWW-Authenticate"].startswith("Bearer")


def test_too_many_calls_are_told_when_to_come_back(trust):
    system = hr_system(trust)
    with override_settings(
        CALLS_A_MINUTE={"client": 1, "address": 9, "token": 9, "token-address": 9}
    ):
        answers = [system.get(f"{BASE}/CFDocuments") for _ in range(2)]

    assert answers[0].status_code == 200
    assert minor(answers[1]) == (429, "server_busy")
    assert int(answers[1]["Retry-After"]) > 0


def test_a_fault_of_ours_is_told_in_the_standards_form(trust, monkeypatch):
    def broken(editions):
        raise RuntimeError

    system = hr_system(trust)
    monkeypatch.setattr("pathways.selectors.case.resources.documents", broken)
    client = Client(raise_request_exception=False)

    answer = client.get(f"{BASE}/CFDocuments", headers={"Authorization": f"Bearer {system.token}"})

    assert minor(answer) == (500, "internal_server_error")


def test_a_list_comes_in_parts_that_lead_to_each_other(trust):
    identifiers = sorted(str(framework(trust).identifier) for _ in range(3))
    system = hr_system(trust)

    first = system.get(f"{BASE}/CFDocuments", {"limit": 2})
    second = system.get(f"{BASE}/CFDocuments", {"limit": 2, "offset": 2})

    found = first.json()["CFDocuments"] + second.json()["CFDocuments"]
    assert [one["identifier"] for one in found] == identifiers
    assert first["X-Total-Count"] == second["X-Total-Count"] == "3"
    address = f"http://testserver{BASE}/CFDocuments?limit=2"
    assert first["Link"] == (
        f'<{address}&offset=0>; rel="first", <{address}&offset=2>; rel="next", '
        f'<{address}&offset=2>; rel="last"'
    )
    assert second["Link"] == (
        f'<{address}&offset=0>; rel="first", <{address}&offset=0>; rel="prev", '
        f'<{address}&offset=2>; rel="last"'
    )


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"sort": "title"}, ["Alpha", "Beta", "Gamma"]),
        ({"sort": "title", "orderBy": "desc"}, ["Gamma", "Beta", "Alpha"]),
        ({"filter": "title~'ET'"}, ["Beta"]),
        ({"filter": "title>='beta'", "sort": "title"}, ["Beta", "Gamma"]),
        ({"filter": "title='Alpha' OR title='Gamma'", "sort": "title"}, ["Alpha", "Gamma"]),
        ({"filter": "title~'a' AND version!='2026'", "sort": "title"}, ["Gamma"]),
        ({"filter": "statusEndDate>'2000-01-01'"}, []),
    ],
)
def test_a_list_is_sorted_and_filtered(trust, query, titles):
    for title, label in (("Beta", "2026"), ("Gamma", "2027"), ("Alpha", "2026")):
        framework(trust, title=title, label=label)

    answer = hr_system(trust).get(f"{BASE}/CFDocuments", query)

    assert [one["title"] for one in answer.json()["CFDocuments"]] == titles
    assert answer["X-Total-Count"] == str(len(titles))


def test_only_the_fields_asked_for_are_told(trust):
    version = framework(trust)
    system = hr_system(trust)

    listed = system.get(f"{BASE}/CFDocuments", {"fields": "title, identifier"}).json()
    single = system.get(f"{BASE}/CFPackages/{version.identifier}", {"fields": "CFDocument"}).json()

    assert listed == {
        "CFDocuments": [{"identifier": str(version.identifier), "title": "Leading well"}]
    }
    assert set(single) == {"CFDocument"}


def test_an_items_associations_are_those_at_either_end(trust):
    version = framework(trust)
    package = package_of(version)
    codes = {one.get("humanCodingScheme"): one["identifier"] for one in package["CFItems"]}
    other = framework(trust)
    AssociationFactory(version=other, kind="exactMatchOf", destination_identifier=codes["1.1"])
    AssociationFactory(
        version=framework(OrganisationFactory()),
        kind="exactMatchOf",
        destination_identifier=codes["1.1"],
    )

    told = hr_system(trust).get(f"{BASE}/CFItemAssociations/{codes['1.1']}").json()

    assert told["CFItem"]["humanCodingScheme"] == "1.1"
    assert [one["associationType"] for one in told["CFAssociations"]] == [
        "isChildOf",
        "isChildOf",
        "exactMatchOf",
    ]


def test_identifiers_and_addresses_stay_what_they_are(trust):
    version = framework(trust)

    assert package_of(version) == package_of(FrameworkVersion.objects.get(pk=version.pk))


@pytest.mark.parametrize("scope", SCOPES)
def test_the_standards_name_of_the_scope_opens_the_same(trust, scope):
    framework(trust)
    client_id, secret = program(trust, ["frameworks:read", "courses:read"])

    token = token_for(client_id, secret, scope=scope).json()

    assert token["scope"] == "frameworks:read"
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert Client().get(f"{BASE}/CFDocuments", headers=headers)["X-Total-Count"] == "1"


@pytest.mark.parametrize("scope", SCOPES)
def test_the_standards_name_gives_no_scope_that_the_program_has_not(trust, scope):
    client_id, secret = program(trust, ["courses:read"])

    refused = token_for(client_id, secret, scope=scope)

    assert refused.status_code == 400
    assert refused.json()["error"] == "invalid_scope"


def program(trust, scopes):
    job = SystemJob("tests", organisation_ids=None)
    client, secret = create_client(
        name="Learning platform", organisation=trust, scopes=scopes, by=job, now=timezone.now()
    )
    return client.client_id, secret


def test_the_description_is_open_and_names_what_is_served(client):
    told = client.get(reverse("case:discovery")).json()

    assert told["servers"] == [{"url": f"{SITE}{BASE}"}]
    assert len(told["paths"]) == 12
    flow = told["components"]["securitySchemes"]["OAuth2CC"]["flows"]["clientCredentials"]
    assert set(flow["scopes"]) == set(SCOPES)
    names = {*told["components"]["schemas"]}
    referred = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(told)))
    assert referred <= names


def test_the_description_describes_what_is_served(trust, client):
    """The schemas that are told accept the answers, and refuse a member that is not theirs."""
    version = grouped(framework(trust))
    told = client.get(reverse("case:discovery")).json()
    schema = {"$ref": "#/components/schemas/CFPackageDType", "components": told["components"]}
    package = hr_system(trust).get(f"{BASE}/CFPackages/{version.identifier}").json()

    assert schemas.mistakes(schema, package) == []
    package["CFItems"][0]["secret"] = "1"
    assert len(schemas.mistakes(schema, package)) == 1
