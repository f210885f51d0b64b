"""Forms of the catalogue, of asking and deciding, and of running sessions."""
