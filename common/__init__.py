"""Errors, workflow, dates, text, forms and API plumbing: no models, imports no app."""
