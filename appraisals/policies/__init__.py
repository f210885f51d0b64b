"""Who may do what to appraisals and plans: pure predicates, no queries."""
