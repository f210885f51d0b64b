"""Endpoints for courses, sessions and enrolments."""
