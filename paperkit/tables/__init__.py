"""Tables: from a frame to a grid of cells to LaTeX."""
