"""What answers to requests have in common: middleware, refusals, where a page may lead."""
