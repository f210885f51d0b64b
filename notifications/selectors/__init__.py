"""Reads of notices and of what needs somebody."""
