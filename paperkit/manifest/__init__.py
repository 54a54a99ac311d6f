"""The manifest: `paper.toml` read into frozen records."""
