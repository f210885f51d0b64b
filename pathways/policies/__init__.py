"""Who may do what with frameworks, roles and what people have shown. Pure: relations in."""
