"""Addresses of remotes: what an author may write or paste, and the URL that git is given, which holds no secret."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from paperkit.errors import ManifestError, Problem

OVERLEAF = "git.overleaf.com"
_ID = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{24}(?![0-9A-Za-z])")
_SCHEMES = ("https", "http", "ssh", "git", "file")
_SCP = re.compile(r"(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9.-]+:(?!//)[^\s:]+")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PREFIX = r"(?:olp_|gh[oprsu]_|github_pat_|gl(?:pat|oas|dt|rt|cbt|ptt|ft|soat)-|ATBB|ATCTT3)"
_SECRET = re.compile(
    rf"(?:^|[/\s:]){_PREFIX}[^/\s]*@"  # as the name to log in with
    rf"|(?<![0-9A-Za-z]){_PREFIX}[0-9A-Za-z_-]{{16,}}"  # anywhere
    r"|//[^/\s]*:[^/\s]*@"  # a password, also where more than the address was pasted
    r"|[?&#](?:[a-z_-]*token|password|secret|api_?key)=",
    re.IGNORECASE,
)
_PASTE = "open the project in the browser and copy the address, https://www.overleaf.com/project/…"


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where a remote is: the URL for git, its host (empty for a folder), and the name to log in with.

    `asks` tells whether it is reached by HTTP, where a token is used; `is_overleaf` whether it is Overleaf itself.
    """

    url: str
    host: str = ""
    username: str = "git"
    asks: bool = False
    is_overleaf: bool = False


def project_address(text: str) -> Address:
    """Return the address of the Overleaf project that an id, a URL of its page or of its git bridge names.

    >>> project_address("https://www.overleaf.com/project/0123456789abcdef01234567").url
    'https://git@git.overleaf.com/0123456789abcdef01234567'

    Raises:
        ManifestError: no project can be told from it; the message never repeats a password.

    """
    found = _ID.findall(text)
    _refuse_secret(text)
    parts = _split(text)
    if len(found) != 1:
        if parts is not None and (parts.path.startswith("/read/") or re.fullmatch(r"/\d+[a-z]+", parts.path)):
            raise _wrong(f"'{_shown(text)}' is a link for sharing, which git cannot use", hint=_PASTE)
        raise _wrong(
            f"'{_shown(text)}' names no Overleaf project: its id has 24 digits and letters a to f", hint=_PASTE
        )
    host = (parts.hostname or "") if parts is not None and parts.scheme else ""
    if host in ("", "overleaf.com", "www.overleaf.com", OVERLEAF):
        url = f"https://git@{OVERLEAF}/{found[0]}"
        return Address(url=url, host=OVERLEAF, asks=True, is_overleaf=True)
    if parts is None or parts.scheme != "https":
        raise _wrong(f"'{_shown(text)}' is not reached by https", hint="remote = '…' takes any address that git takes")
    netloc = host if parts.port is None else f"{host}:{parts.port}"
    return Address(url=f"https://git@{netloc}/git/{found[0]}", host=netloc, asks=True)


def remote_address(text: str) -> Address:
    """Return the address of any git remote: https, ssh, `user@host:path`, or `file:///…` for a folder.

    Raises:
        ManifestError: git would not take it, it holds a password, or a token would travel unencrypted.

    """
    _refuse_secret(text)
    parts = _split(text)
    if parts is None or parts.scheme not in _SCHEMES:
        if _SCP.fullmatch(text):
            return Address(url=text, host=text.partition(":")[0].rpartition("@")[2])
        raise _wrong(
            f"'{_shown(text)}' is no address of a git remote", hint=f"known: {', '.join(_SCHEMES)}, user@host:path"
        )
    if re.search(r"[\s\x00-\x1f\x7f]", text) or text.startswith("-"):
        raise _wrong("the address has a space or a control character")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise _wrong(f"'{_shown(text)}' is not encrypted: everybody on the way could read the token", hint="use https")
    host = parts.netloc.rpartition("@")[2]
    if not host and parts.scheme != "file":
        raise _wrong(f"'{_shown(text)}' names no host")
    is_overleaf = parts.hostname == OVERLEAF
    if is_overleaf:
        return project_address(text)
    return Address(url=text, host=host, username=parts.username or "git", asks=parts.scheme in ("http", "https"))


_PASSWORD = "the address holds a password or token, which would be stored in the manifest"  # noqa: S105
_REVOKE = "take it out; revoke it, since it has been in a file, and give the new one as PAPERKIT_OVERLEAF_TOKEN"


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return parts if parts.netloc or parts.scheme == "file" else None


def _refuse_secret(text: str) -> None:
    parts = _split(text)
    if _SECRET.search(text) or (parts is not None and parts.password is not None):
        raise _wrong(_PASSWORD, hint=_REVOKE)


def _shown(text: str) -> str:
    """Return an address fit for a message: nothing before an `@` or after a `?`, where passwords stand."""
    kept = re.sub(r"^[^/@]*@", "", re.sub(r"//[^/]*@", "//", text)).partition("?")[0]
    printable = "".join(c if c.isprintable() else "?" for c in kept)
    return printable if len(printable) <= 80 else f"{printable[:79]}…"  # noqa: PLR2004


def _wrong(message: str, hint: str | None = None) -> ManifestError:
    return ManifestError(Problem(message=message, hint=hint))
