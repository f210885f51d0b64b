"""Appraisals and plans, shaped once for page, endpoint and PDF."""
