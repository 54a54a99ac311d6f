"""Clauses: what `[data.NAME]` does to its rows, one file each; `apply` runs them in their fixed order."""
