"""Work that waits: outbox rows, job progress, documents made for somebody, heartbeats."""
