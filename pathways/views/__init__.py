"""Pages about frameworks, roles, the gap, the self-assessment and the map."""
