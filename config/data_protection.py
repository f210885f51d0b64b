"""Writes the record of processing and the impact assessment from what the apps have declared."""

from collections.abc import Iterator
from typing import Any

from django.utils import translation

from accounts.models import RetentionAction, RetentionStart
from accounts.rights import (
    ABOUT_NOBODY,
    EXPIRIES,
    HOLDINGS,
    PACK_PARTS,
    RECORD_CLASSES,
    Clear,
    Delete,
    Holding,
)
from config.reference.files import FOLDER, read_toml

RECORD = """\
# Record of processing

This page is made from the code by `manage.py document_rights`, from what every app declares in its
`rights.py`, from `config/reference/data/processing.toml` (purposes) and from
`config/reference/data/retention.toml` (times). It is a starting point for the record that UK GDPR
Article 30 asks of the organisation: the controller's name, its data protection officer, its
processors and any transfers are theirs to add. **Purposes, bases and times have not been reviewed
by a lawyer or a data protection officer.**

Controller: the NHS organisation that employs the person. Processor: whoever runs Waymark for it.
"""


def record_page() -> str:
    """Return the record of processing as Markdown."""
    with translation.override("en-gb"):
        return "\n".join([RECORD, *_classes(), *_nobody()])


def assessment_page() -> str:
    """Return the template of the impact assessment as Markdown."""
    with translation.override("en-gb"):
        text = (FOLDER / "impact-assessment.md").read_text(encoding="utf-8")
        text = text.replace("{what_is_held}", "\n".join(_what_is_held()))
        return text.replace("{what_stays}", "\n".join(_what_stays()))


def _classes() -> Iterator[str]:
    purposes = read_toml("processing.toml")
    rules = {rule["record_class"]: rule for rule in read_toml("retention.toml")["rules"]}
    for code, found in RECORD_CLASSES.items():
        why = purposes[code]
        yield f"## {found.title}\n"
        yield f"- Purpose: {why['purpose']}"
        yield f"- Lawful basis: {why['basis']}"
        yield f"- Special categories: {why['special']}"
        yield f"- Who gets it: {why['recipients']}"
        yield f"- Kept: {_kept(rules[code])}\n"
        yield from _tables(code)


def _kept(rule: dict[str, Any]) -> str:
    months = f"{rule['keep_months']} months" if "keep_months" in rule else "no time known"
    start = str(RetentionStart(rule["starts"]).label).lower()
    then = str(RetentionAction(rule["action"]).label).lower()
    return f"{months}, counted from when: {start}; then: {then}. {rule['source']}"


def _tables(code: str) -> Iterator[str]:
    held = [holding for holding in HOLDINGS.values() if holding.record_class == code]
    parts = [part for part in PACK_PARTS.values() if part.record_class == code]
    if not held and not parts:
        yield "No table holds records of this class yet.\n"
        return
    yield "| what | table | a copy shows | a copy withholds | an erasure |"
    yield "|---|---|---|---|---|"
    for holding in held:
        yield f"| {holding.title} | `{holding.model_label}` | {' | '.join(_cells(holding))} |"
    for part in parts:
        yield f"| {part.title} | read by its own functions | everything | nothing | removes it |"
    due = [str(one.title).lower() for one in EXPIRIES.values() if one.record_class == code]
    if due:
        yield f"\nFound by retention: {', '.join(sorted(due))}."
    yield ""


def _cells(holding: Holding) -> Iterator[str]:
    about = [link for link in holding.links if link.is_about]
    shown = {path.split("__")[0] for link in about for path in link.shown}
    withheld = {f"{name} ({why.lower()})" for link in about for name, why in link.withheld.items()}
    yield ", ".join(sorted(shown)) or "nothing"
    yield ", ".join(sorted(withheld)) or "nothing"
    yield _erasure(holding)


def _erasure(holding: Holding) -> str:
    said = []
    for link in holding.links:
        act = link.on_erasure
        if isinstance(act, Delete):
            said.append("removes it")
        elif isinstance(act, Clear):
            said.append(f"empties it: {act.because}")
        else:
            said.append(f"leaves what they did ({link.path}): {act.because}")
    return "; ".join(dict.fromkeys(said)) or "removes it"


def _nobody() -> Iterator[str]:
    yield "## Tables that hold nobody\n"
    for label, because in sorted(ABOUT_NOBODY.items()):
        yield f"- `{label}`: {because}"
    yield ""


def _what_is_held() -> Iterator[str]:
    for code, found in RECORD_CLASSES.items():
        titles = [str(one.title) for one in HOLDINGS.values() if one.record_class == code]
        titles += [str(part.title) for part in PACK_PARTS.values() if part.record_class == code]
        if titles:
            yield f"- {found.title}: {'; '.join(titles)}."
    yield "\nEvery field, with what a copy shows of it: `record-of-processing.md`."


def _what_stays() -> Iterator[str]:
    for holding in HOLDINGS.values():
        for link in holding.links:
            if not isinstance(link.on_erasure, Delete):
                yield f"- {holding.title} (`{link.path}`): {link.on_erasure.because}"
    yield "\nBesides, whatever a rule of retention says a law makes the organisation keep."
