"""A framework as a table, one competency to a row: written for authors, read from their files."""
