"""Exchange with other systems: the HR feed, SCIM and webhooks."""
