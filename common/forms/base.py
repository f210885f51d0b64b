"""How a form and each of its fields is drawn: the renderer, the bound field and the form."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _

from common.forms.widgets import Checkboxes, DateInput, Radios

# The class NHS.UK frontend gives to each kind of control; all other inputs are text inputs.
_CONTROL_CLASS: list[tuple[type[forms.Widget], str]] = [
    (forms.HiddenInput, ""),
    (Radios, ""),
    (Checkboxes, ""),
    (DateInput, ""),
    (forms.CheckboxInput, "nhsuk-checkboxes__input"),
    (forms.Select, "nhsuk-select"),
    (forms.Textarea, "nhsuk-textarea"),
    (forms.FileInput, "nhsuk-file-upload"),
    (forms.Widget, "nhsuk-input"),
]


class NHSBoundField(BoundField):
    """A field of a form, with the ids and classes its NHS.UK markup needs."""

    @property
    def hint(self) -> str:
        return str(self.field.help_text or "")

    @cached_property
    def error(self) -> str:
        """The first thing to put right; NHS.UK shows one message beside a field."""
        errors = self.errors
        return str(errors[0]) if errors else ""

    @property
    def label_size(self) -> str:
        return getattr(self.field, "label_size", "")

    @property
    def label_is_heading(self) -> bool:
        return getattr(self.field, "label_is_heading", False)

    @property
    def is_group(self) -> bool:
        """True when the field is several controls, so that it needs a fieldset and a legend."""
        return isinstance(self.field.widget, (Radios, Checkboxes, DateInput))

    @property
    def is_checkbox(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_password(self) -> bool:
        return isinstance(self.field.widget, forms.PasswordInput)

    @property
    def is_marked_optional(self) -> bool:
        marks = getattr(self.form, "mark_optional", False)
        return marks and not self.field.required and not self.is_checkbox

    @property
    def label_words(self) -> str:
        """The label as it reads on the page."""
        if not self.is_marked_optional:
            return str(self.label)
        return format_html("{} {}", self.label, _("(optional)"))

    @property
    def max_words(self) -> int | None:
        return getattr(self.field, "max_words", None)

    @property
    def max_characters(self) -> int | None:
        """The limit to count down to on the page: long texts only, and words where words count."""
        if self.max_words or not isinstance(self.field.widget, forms.Textarea):
            return None
        return getattr(self.field, "max_length", None)

    @property
    def dom_id(self) -> str:
        return self.auto_id or self.html_name

    @property
    def hint_id(self) -> str:
        return f"{self.dom_id}-hint"

    @property
    def error_id(self) -> str:
        return f"{self.dom_id}-error"

    @property
    def info_id(self) -> str:
        return f"{self.dom_id}-info"

    @cached_property
    def described_by(self) -> str:
        ids = []
        if self.max_words or self.max_characters:
            ids.append(self.info_id)
        if self.hint:
            ids.append(self.hint_id)
        if self.error:
            ids.append(self.error_id)
        return " ".join(ids)

    @property
    def summary_href(self) -> str:
        """Where the error summary leads: the control itself, and the first wrong part of a date."""
        if isinstance(self.field.widget, DateInput):
            return f"#{self.dom_id}_{self.wrong_parts[0]}"
        return f"#{self.dom_id}"

    @cached_property
    def wrong_parts(self) -> list[str]:
        """The parts of a date to mark; the whole date when the mistake is not in one part."""
        return DateInput.parts_named_by([error.code for error in self.errors.as_data()])

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        widget = widget or self.field.widget
        built: dict[str, Any] = dict(super().build_widget_attrs(attrs, widget))
        # The page says what is wrong in words beside the field; NHS.UK does not use this one.
        built.pop("aria-invalid", None)
        # A placeholder vanishes as soon as it is needed; the label and the hint stay.
        built["placeholder"] = False
        if self.is_group:
            built.pop("aria-describedby", None)
            if isinstance(widget, DateInput):
                built["wrong_parts"] = self.wrong_parts if self.error else []
            return built
        if self.described_by and not widget.is_hidden:
            built["aria-describedby"] = self.described_by
        if classes := self._control_classes(widget):
            built["class"] = classes
        return built

    def _control_classes(self, widget: forms.Widget) -> str:
        block = next(name for kind, name in _CONTROL_CLASS if isinstance(widget, kind))
        classes = [block] if block else []
        if block and self.error and not self.is_checkbox:
            classes.append(f"{block}--error")
        if block == "nhsuk-input" and (width := getattr(self.field, "width", None)):
            classes.append(f"nhsuk-input--width-{width}")
        if self.max_words or self.max_characters:
            classes.append("nhsuk-js-character-count")
        if given := widget.attrs.get("class"):
            classes.append(given)
        if self.is_password:
            classes += ["nhsuk-password-input__input", "nhsuk-js-password-input-input"]
        return " ".join(classes)


class NHSRenderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = NHSBoundField


class NHSForm(forms.Form):
    """The form every page of ours starts from.

    ``mark_optional`` is for filter forms, where everything is optional and saying so is noise.
    """

    mark_optional = True
    # The browser's own bubbles are not translated by us and not read out by every reader.
    use_required_attribute = False
    label_suffix = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # Not when the field is made: labels are translated only once the apps are ready.
            if getattr(field, "asks_by_label", False) and str(field.label).endswith("?"):
                raise ValueError(f"Say in `missing` what to enter for “{field.label}”.")

    def summary(self) -> Iterator[tuple[str, str]]:
        """Yield (sentence, address in the page) for every mistake, in the order of the page."""
        return form_mistakes(self)


def form_mistakes(form: forms.BaseForm) -> Iterator[tuple[str, str]]:
    """Yield (sentence, address in the page) for every mistake of any form, ours or not."""
    visible = list(form.visible_fields())
    first: Any = visible[0] if visible else None
    for sentence in form.non_field_errors():
        yield str(sentence), first.summary_href if first else "#maincontent"
    for field in form:
        bound: Any = field
        for sentence in field.errors:
            yield str(sentence), "#maincontent" if field.is_hidden else bound.summary_href


def form_status(form: forms.BaseForm) -> int:
    """Return the status to draw ``form`` with: 422 when what was sent is wrong, otherwise 200."""
    return 422 if form.is_bound and form.errors else 200
