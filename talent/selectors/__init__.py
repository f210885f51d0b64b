"""The talent search and what explains each match; pools and nominations."""
