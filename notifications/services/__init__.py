"""Telling people things: notices, reminders that never repeat, one digest a day."""
