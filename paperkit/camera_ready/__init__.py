"""Camera-ready: what a venue asks of a paper, checked and packed."""
