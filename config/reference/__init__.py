"""What every installation starts with: organisations, a framework, roles, programmes, the form."""
