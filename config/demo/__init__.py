"""The demonstration: invented people in real organisations, and signing in as some of them."""
