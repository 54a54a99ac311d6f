"""Marks: one file each."""
