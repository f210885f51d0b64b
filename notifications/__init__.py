"""Notices, reminders, the daily digest and what needs you."""
