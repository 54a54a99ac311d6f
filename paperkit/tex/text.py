"""TeX text as a type: plain text crosses into TeX only through `escape` and `markup`."""

from __future__ import annotations


class Tex(str):
    """Text that TeX can typeset as it stands; every `&`, `%`, `_` in it is meant."""

    __slots__ = ()
