"""Frameworks, roles, the pathway graph and gap analysis, shaped once for page, endpoint and PDF."""
