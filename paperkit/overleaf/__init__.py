"""Sync with Overleaf, or any git remote, that cannot lose a co-author's edit."""
