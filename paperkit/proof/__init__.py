"""The proof: every asset on a page."""

from __future__ import annotations

from paperkit.proof.make import Proof, make_proof

__all__ = ["Proof", "make_proof"]
