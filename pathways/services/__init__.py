"""Assessing oneself, choosing a next role, and writing attainments."""
