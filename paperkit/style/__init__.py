"""Style: venues, colours, norms and contrast, shared by tables and figures."""
