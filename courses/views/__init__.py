"""Pages of courses: the catalogue, asking for places, deciding, and running sessions."""
