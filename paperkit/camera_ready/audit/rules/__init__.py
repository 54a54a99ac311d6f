"""The rules of the audit: each module has a tuple `RULES`, and is found by being here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from paperkit.camera_ready.audit.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return the rules of all modules of this package, in the order of the modules' names."""
    found = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return tuple(rule for module in found for rule in module.RULES)
