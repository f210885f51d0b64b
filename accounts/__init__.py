"""People, organisations, posts, assignments, roles, who may see whom, sign-in, API clients, the ledger."""
