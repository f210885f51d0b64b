"""Who may do what about places and sessions: predicates over relations on the day, no queries."""
