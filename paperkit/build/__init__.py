"""The build: what is stale, why, and making it."""
