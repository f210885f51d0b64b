"""Pools, nominations, readiness, opportunities and the search over people who consented."""
