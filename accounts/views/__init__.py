"""Pages of accounts: signing in, and the programs that call for an organisation."""
