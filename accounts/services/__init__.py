"""What changes people, organisations, relations and the ledger."""
