"""Bringing in the results of a session."""

from courses.forms.training_imports import TrainingFileForm
from courses.selectors.result_cells import MOST_BYTES, MOST_ROWS


class ResultFileForm(TrainingFileForm):
    most_bytes, most_rows = MOST_BYTES, MOST_ROWS
