"""Pages of work that waits: long work, documents, and the copy of one's information."""
