"""Data: sources, expressions and clauses; frames."""
