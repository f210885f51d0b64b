"""Samples of the endpoints that write frameworks: what an organisation owns, and what another."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from pathways.selectors.crosswalks import state_of
from pathways.selectors.workbooks.writing import XLSX_TYPE
from tests.api.sample import House, Sample
from tests.factories.authoring import authoring_rows, reviewer_at, written
from tests.factories.editions import edition_rows
from tests.factories.imports import sent_file
from tests.factories.pathways import ScaleFactory
from tests.security.import_rows import import_rows

Rows = Callable[[House], dict[str, Any]]
Sampled = Callable[[House, House], Sample]


def _imports(house: House) -> dict[str, Model]:
    return import_rows(house.organisation, "Hostile")


def _of(rows: Rows, name: str, **sent: Any) -> Sampled:
    """``name`` of ``rows``, which each house has."""

    def sample(ours: House, theirs: House) -> Sample:
        return Sample(ours=rows(ours)[name].pk, hidden=rows(theirs)[name].pk, **sent)

    return sample


def _upload(ours: House, theirs: House) -> Sample:
    rows = (_imports(house)["import_draft"].pk for house in (ours, theirs))
    return Sample(*rows, body={"file": sent_file()}, is_form=True)


def _writing(house: House) -> dict[str, Any]:
    return authoring_rows(house.organisation, word="Hostile")


def _changed(name: str, **body: Any) -> Sampled:
    """A part of a draft is changed, as it is just after it was written."""
    return _of(_writing, name, body={"revision": 0, **body})


def _start(ours: House, theirs: House) -> Sample:
    body = {
        "organisation_id": ours.organisation.pk,
        "code": "OURS",
        "title": "Leading here",
        "publisher": "Ours",
        "nation": "Wales",
        "audience": "Managers",
        "licence": "Open Government Licence",
        "counting_rule": "LATEST",
        "scale_id": ScaleFactory().pk,
        "edition": "2027",
        "valid_from": "2027-04-01",
    }
    return Sample(body=body, names={"organisation_id": theirs.organisation.pk})


def _edition(**sent: Any) -> Sampled:
    """The edition in use, which each house has."""
    return lambda ours, theirs: Sample(
        ours.rows["framework_show"], theirs.rows["framework_show"], **sent
    )


def _levels(ours: House, theirs: House) -> Sample:
    rows, hidden = _writing(ours), _writing(theirs)
    level = rows["writing"].scale.levels.order_by("rank")[0]
    told = {"level_id": level.pk, "text": "Asks first.", "indicators": ["Asks"]}
    row = rows["writing_competency"]
    body = {"revision": 0, "levels": [told]}
    return Sample(row.pk, hidden["writing_competency"].pk, body=body)


def _move_to(ours: House, theirs: House) -> Sample:
    rows, hidden = _writing(ours), _writing(theirs)
    body = {"revision": 0, "domain_id": rows["writing_domain"].pk, "parent_id": None}
    return Sample(rows["writing_competency"].pk, hidden["writing_competency"].pk, body=body)


def _review(ours: House, theirs: House) -> Sample:
    rows, hidden = _writing(ours), _writing(theirs)
    reviewer = reviewer_at(ours.organisation)
    body = {"revision": 0, "reviewer_ids": [reviewer.pk], "message": "All of it."}
    return Sample(rows["writing"].pk, hidden["writing"].pk, body=body)


def _following(house: House) -> dict[str, Any]:
    """An edition that follows another, with a rule between them."""
    return edition_rows(written(1, framework__owner=house.organisation, state="PUBLISHED"))


def _became(ours: House, theirs: House) -> Sample:
    rows, hidden = _following(ours), _following(theirs)
    rule = rows["rule"]
    body = {
        "before_id": rule.before_id,
        "after_ids": [rule.after_id],
        "kind": "MERGED",
        "reason": "It says more.",
        "seen": state_of([rule]),
    }
    return Sample(rows["edition"].pk, hidden["edition"].pk, body=body)


def _equivalent(ours: House, theirs: House) -> Sample:
    rows, hidden = _following(ours), _following(theirs)
    elsewhere = _writing(ours)["writing_competency"]
    body = {
        "before_id": elsewhere.pk,
        "after_id": rows["rule"].after_id,
        "reason": "Both ask for it.",
    }
    return Sample(rows["edition"].pk, hidden["edition"].pk, body=body)


_SCALE = {
    "code": "HOW_SURE",
    "title": "How sure",
    "levels": [{"label": "Little", "meaning": "With help"}, {"label": "Much", "meaning": "Alone"}],
    "not_applicable": "No chance",
}
_MOVE = {"step": "up", "before_id": None}
_DOMAIN = {"code": "Z", "title": "People", "summary": "Who one leads."}
_COMPETENCY = {
    "code": "Z.9",
    "title": "Listens well",
    "summary": "To all.",
    "scale_id": None,
    "is_assessable": True,
}
_ABOUT = {
    "framework_revision": 0,
    "code": "OURS",
    "title": "Leading here",
    "publisher": "Ours",
    "nation": "Wales",
    "audience": "Managers",
    "licence": "Open Government Licence",
    "counting_rule": "HIGHEST",
}
_NEW_EDITION = {"edition": "2028", "valid_from": "2028-04-01", "change_summary": "Shorter."}

FRAMEWORK_SAMPLES: dict[str, Sampled] = {
    "get framework_template": lambda ours, theirs: Sample(answers=XLSX_TYPE),
    "get framework_workbook": _edition(answers=XLSX_TYPE),
    "get framework_imports": _of(_imports, "import_draft"),
    "post framework_imports": _upload,
    "get framework_import_show": _of(_imports, "import_checked"),
    "get framework_import_lines": _of(_imports, "import_checked"),
    "post framework_import_apply": _of(_imports, "import_checked"),
    "post framework_import_check": _of(_imports, "import_checked"),
    "post framework_import_undo": _of(_imports, "import_applied"),
    "get scale_list": lambda ours, theirs: Sample(),
    "post scale_list": lambda ours, theirs: Sample(body=_SCALE),
    "get authoring_list": lambda ours, theirs: Sample(),
    "post authoring_list": _start,
    "get authoring_show": _of(_writing, "writing"),
    "patch authoring_show": _changed("writing", **_NEW_EDITION),
    "post authoring_about": _of(_writing, "writing", body=_ABOUT),
    "post authoring_next": _edition(body={"edition": "2028"}),
    "get domain_list": _of(_writing, "writing"),
    "post domain_list": _changed("writing", **_DOMAIN),
    "get domain_show": _of(_writing, "writing_domain"),
    "patch domain_show": _changed("writing_domain", **_DOMAIN),
    "post domain_move": _changed("writing_domain", **_MOVE),
    "post domain_remove": _changed("writing_domain"),
    "post domain_competencies": _changed("writing_domain", parent_id=None, **_COMPETENCY),
    "get competency_list": _of(_writing, "writing"),
    "get competency_show": _of(_writing, "writing_competency"),
    "patch competency_show": _changed("writing_competency", **_COMPETENCY),
    "post competency_levels": _levels,
    "post competency_move": _changed("writing_competency", **_MOVE),
    "post competency_move_to": _move_to,
    "post competency_remove": _changed("writing_competency"),
    "get framework_comments": _of(_writing, "writing"),
    "post framework_comments": _of(
        _writing, "writing", body={"text": "One thing?", "domain_id": None, "competency_id": None}
    ),
    "get framework_comment_show": _of(_writing, "comment"),
    "post framework_comment_reply": _of(_writing, "comment", body={"text": "Two things."}),
    "post framework_comment_settle": _of(_writing, "comment"),
    "get framework_reviewers": _of(_writing, "writing"),
    "get framework_reviews": _of(_writing, "writing"),
    "post framework_reviews": _review,
    "post framework_take_back": _of(_writing, "in_review"),
    "post framework_publish": _changed("signed_off", valid_from="2027-04-01", ends_before=True),
    "post framework_retire": _of(
        _writing, "spare_edition", body={"reason": "It is old.", "replacement_id": None}
    ),
    "get crosswalk_fates": _of(_following, "edition"),
    "post crosswalk_fates": _became,
    "get crosswalk_progress": _of(_following, "edition"),
    "post crosswalk_stayed": _of(_following, "edition"),
    "post crosswalk_equivalents": _equivalent,
    "post crosswalk_confirm": _of(
        _following, "rule", body={"revision": 0, "levels": [{"rank": 1, "becomes": 2}]}
    ),
}
