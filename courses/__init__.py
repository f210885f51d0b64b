"""Programmes, offerings, sessions, enrolments, study time, seats and awards."""
