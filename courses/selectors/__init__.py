"""The catalogue, sessions and enrolments, shaped once for page, endpoint and export."""
