"""TeX: escaping, lengths in TeX points, font metrics."""
