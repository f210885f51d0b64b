"""The interface of a provider of the CASE 1.1 standard."""
