"""Consenting, nominating, deciding, and refreshing the search projection."""
