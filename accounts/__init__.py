"""People, organisations, posts, relations and roles, sign-in, API clients, and the ledger."""
