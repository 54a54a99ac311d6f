"""The proof: every asset on a page."""
