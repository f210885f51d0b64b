"""Forms of frameworks, roles and what people have shown."""
