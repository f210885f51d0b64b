"""Pages of talent: being found, the search, pools and nominations."""
