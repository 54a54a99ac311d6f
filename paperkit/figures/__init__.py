"""Figures: from frames to a solved layout to PDF and PGF."""
