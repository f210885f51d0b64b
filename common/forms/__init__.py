"""Forms in NHS.UK style: ``from common import forms``, then ``forms.NHSForm``, ``forms.CharField``.

A wrong form is drawn again with status 422 (``form_status``) and everything typed still there.
"""

from django.forms import ValidationError

from common.forms.base import NHSBoundField, NHSForm, NHSRenderer, form_status
from common.forms.fields import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    DecimalField,
    EmailField,
    FileField,
    IntegerField,
    ModelChoiceField,
    ModelMultipleChoiceField,
    MultipleChoiceField,
    PasswordField,
    TextField,
)
from common.forms.widgets import Checkboxes, HiddenInput, Radios, Select

__all__ = [
    "BooleanField",
    "CharField",
    "Checkboxes",
    "ChoiceField",
    "DateField",
    "DecimalField",
    "EmailField",
    "FileField",
    "HiddenInput",
    "IntegerField",
    "ModelChoiceField",
    "ModelMultipleChoiceField",
    "MultipleChoiceField",
    "NHSBoundField",
    "NHSForm",
    "NHSRenderer",
    "PasswordField",
    "Radios",
    "Select",
    "TextField",
    "ValidationError",
    "form_status",
]
