"""Figures, never assertions: how long pages take and how many questions they ask the database."""
