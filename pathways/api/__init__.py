"""Frameworks, roles and what people have shown, for programs."""
