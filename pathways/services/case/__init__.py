"""Bringing CASE packages into drafts."""
