"""Turn one manifest into a paper's coloured LaTeX tables, figures and number macros."""
