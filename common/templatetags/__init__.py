"""Template tags of every page: ``{% load waymark %}``."""
