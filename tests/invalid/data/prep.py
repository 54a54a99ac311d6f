"""A Python step of the invalid manifests."""


def gain(runs, threshold=1.0):
    """Return the rows above a threshold."""
    return runs[runs["accuracy"] > threshold]


def broken(runs):
    """Fail."""
    return runs["accuracy"].mean() * int("x")
