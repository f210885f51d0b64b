"""Putting work off safely, doing it, and showing how far it has got."""
