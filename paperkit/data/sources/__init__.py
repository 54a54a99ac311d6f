"""Sources: one reader per suffix."""
