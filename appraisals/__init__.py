"""Cycles, the standard appraisal, objectives and development plans, as pages and as PDF."""
