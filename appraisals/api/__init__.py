"""Endpoints: how far appraisals are, and development plans."""
