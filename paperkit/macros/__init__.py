"""Macros: the numbers in the text."""
