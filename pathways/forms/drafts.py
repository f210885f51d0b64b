"""What every form about shared work has: the state of the thing that its reader saw."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from common import forms
from pathways.models import FrameworkVersion


class SeenForm(forms.NHSForm):
    """``revision`` is the state of the thing when the page was drawn; who saves over a newer one
    is shown both texts, and then saves over what they have seen."""

    revision: Any = forms.IntegerField(
        label=_("State that the page shows"),
        missing=_("Load the page again: it does not say which state it shows"),
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, revision: int | str, **kwargs: Any) -> None:
        kwargs["initial"] = {"revision": revision, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def state_now(self) -> int | str:
        """The state of the thing as it is in the database now."""
        raise NotImplementedError

    def told(self) -> Mapping[str, str]:
        """What the rows behind the form say now, by the labels of the page."""
        found = {}
        for field in self.visible_fields():
            value = self.get_initial_for_field(field.field, field.name)
            choices = dict(getattr(field.field, "choices", ()))
            words = str(choices.get(value, value) if choices else value or "")
            if words and not isinstance(value, bool):
                found[str(field.label)] = words
        return found

    def see(self, revision: int | str) -> None:
        """Let what was typed be saved over the thing at ``revision``."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined] # what was sent is a QueryDict
        sent["revision"] = str(revision)
        self.data = sent


class DraftForm(SeenForm):
    """A form about a draft, or a part of one."""

    revision = forms.IntegerField(
        label=_("State of the draft"),
        missing=_("Load the page again: it does not say which state of the draft it shows"),
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, version: FrameworkVersion, **kwargs: Any) -> None:
        super().__init__(*args, revision=version.revision, **kwargs)
        self.version = version

    def state_now(self) -> int:
        self.version.refresh_from_db()
        return self.version.revision
