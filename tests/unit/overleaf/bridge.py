"""A stand-in for Overleaf's git bridge: a real git behind HTTP with tokens, and the bridge's own refusals.

`Bridge` serves one bare repository by `git http-backend`. Tests let co-authors type in it (`edit`), make it answer
with an error, drop a reply, or do something in the middle of a push.
"""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

PROJECT = "0123456789abcdef01234567"
TOKEN = "olp_TheSecretTokenThatNobodyMaySee12345"
_ENVIRONMENT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
_PEOPLE = {"GIT_COMMITTER_NAME": "Overleaf", "GIT_COMMITTER_EMAIL": "bridge@example.org"}
_HOOK = """#!/bin/sh
[ -x "$GIT_DIR/before-push" ] && "$GIT_DIR/before-push"
[ -f "$GIT_DIR/refusal" ] || exit 0
cat "$GIT_DIR/refusal" >&2
exit 1
"""


def git(folder: Path, *arguments: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:
    """Run git as a co-author or the server does, and return what it wrote."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **_ENVIRONMENT, **_PEOPLE, **(env or {})},
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@dataclass
class Repository:
    """The project as a bare repository; co-authors change it without a checkout."""

    folder: Path
    branch: str = "main"

    def create(self, files: Mapping[str, bytes]) -> Repository:
        """Make the repository with a first version."""
        self.folder.mkdir(parents=True)
        git(self.folder, "init", "-q", "--bare", f"--initial-branch={self.branch}")
        git(self.folder, "config", "http.receivepack", "true")
        hook = self.folder / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(_HOOK)
        hook.chmod(0o755)
        if files:
            self.edit(files, who="Ana Diaz")
        return self

    @property
    def head(self) -> str:
        """Return the branch's commit."""
        return git(self.folder, "rev-parse", f"refs/heads/{self.branch}").decode().strip()

    def edit(
        self,
        files: Mapping[str, bytes | None],
        *,
        who: str = "Ana Diaz",
        when: str = "2026-11-20T14:03:00+0100",
        modes: Mapping[str, str] | None = None,
    ) -> str:
        """Commit changes as somebody on Overleaf; None deletes a file, `modes` makes links and submodules."""
        index = {"GIT_INDEX_FILE": str(self.folder / f"index-{threading.get_ident()}")}
        ref = f"refs/heads/{self.branch}"
        parents = git(self.folder, "for-each-ref", "--format=%(objectname)", ref).decode().split()
        git(self.folder, "read-tree", *(parents or ["--empty"]), env=index)
        lines, blobs = [], dict[bytes, bytes]()
        for path, content in files.items():
            name = path.encode(errors="surrogateescape")
            if content is None:
                lines.append(b"0 %s\t%s" % (b"0" * 40, name))
                continue
            mode = (modes or {}).get(path, "100644")
            if mode != "160000" and content not in blobs:
                blobs[content] = git(self.folder, "hash-object", "-w", "--stdin", stdin=content).strip()
            lines.append(b"%s %s\t%s" % (mode.encode(), blobs.get(content, content), name))
        git(self.folder, "update-index", "-z", "--index-info", stdin=b"\0".join(lines) + b"\0", env=index)
        tree = git(self.folder, "write-tree", env=index).decode().strip()
        author = {"GIT_AUTHOR_NAME": who, "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": when}
        parent = [word for one in parents for word in ("-p", one)]
        author["GIT_COMMITTER_DATE"] = when
        commit = (
            git(self.folder, "commit-tree", tree, *parent, stdin=b"Update on Overleaf.\n", env=author).decode().strip()
        )
        git(self.folder, "update-ref", ref, commit, *(parents or []))
        return commit

    def tree(self, commit: str | None = None) -> dict[str, tuple[str, str]]:
        """Return every path of the whole tree: its mode and blob."""
        said = git(self.folder, "ls-tree", "-r", "-z", commit or self.head)
        found = {}
        for line in said.split(b"\0")[:-1]:
            head, _, path = line.partition(b"\t")
            mode, _, blob = head.decode().split(" ")
            found[path.decode(errors="surrogateescape")] = (mode, blob)
        return found

    def read(self, path: str) -> bytes:
        """Return a file of the branch."""
        return git(self.folder, "cat-file", "blob", f"{self.head}:{path}")

    def commits(self) -> list[str]:
        """Return the branch's commits, the newest first, as `author: subject`."""
        return git(self.folder, "log", "--format=%an: %s", self.head).decode().splitlines()

    def refuse(self, words: str | None) -> None:
        """Let the hook refuse every push with `words`, or take all again."""
        (self.folder / "refusal").unlink(missing_ok=True)
        if words is not None:
            (self.folder / "refusal").write_text(words)


@dataclass
class Bridge:
    """The server: `answer` decides per request, `after` is run when a push has been applied and before the reply."""

    repository: Repository
    token: str = TOKEN
    answer: Callable[[str], tuple[int, str] | None] = lambda _: None
    before_push: Callable[[], None] = lambda: None
    after_push: Callable[[], bool] = lambda: True
    requests: list[str] = field(default_factory=list)
    unauthorised: str = "Enter your Git authentication token"
    _server: Any = None

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"bridge": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Return the project's address."""
        return f"http://git@127.0.0.1:{self._server.server_address[1]}/{PROJECT}"

    def asked(self, service: str) -> int:
        """Return how many requests there were to a service, such as `git-receive-pack`."""
        return sum(f"POST /{PROJECT}/{service}" in request for request in self.requests)


class _Handler(BaseHTTPRequestHandler):
    """Checks the token, then hands the request to git."""

    bridge: Bridge
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self._body())

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _serve(self, body: bytes) -> None:
        bridge = self.bridge
        bridge.requests.append(f"{self.command} {self.path}")
        given = self.headers.get("Authorization", "")
        if not given:
            self._say(401, bridge.unauthorised)
            return
        user, _, token = base64.b64decode(given.removeprefix("Basic ")).decode().partition(":")
        if user != "git":
            self._say(403, "Overleaf now only supports Git authentication tokens to access git.")
            return
        refused = bridge.answer(self.path) or ((401, bridge.unauthorised) if token != bridge.token else None)
        if refused is not None:
            self._say(*refused)
            return
        is_push = self.path.endswith("/git-receive-pack") and self.command == "POST" and len(body) > 4
        if is_push:
            bridge.before_push()
        head, content = self._backend(body)
        if is_push and not bridge.after_push():
            self.close_connection = True
            self.connection.close()
            return
        self._reply(head, content)

    def _backend(self, body: bytes) -> tuple[list[str], bytes]:
        path, _, query = self.path.partition("?")
        root = self.bridge.repository.folder
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            capture_output=True,
            check=False,
            env={
                **_ENVIRONMENT,
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(root.parent),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": path.replace(f"/{PROJECT}", f"/{root.name}", 1),
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "REMOTE_USER": "git",
                "REMOTE_ADDR": "127.0.0.1",
            },
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        return head.decode().split("\r\n"), content

    def _reply(self, head: list[str], content: bytes) -> None:
        fields = dict(line.split(": ", 1) for line in head if ": " in line)
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _say(self, status: int, words: str) -> None:
        content = words.encode()
        if status == 200:  # git's own way of refusing, where HTTP has nothing to say
            service = self.path.rpartition("=")[2]
            lines = (f"# service={service}\n", None, f"ERR {words}")
            packets = (b"0000" if line is None else f"{len(line) + 4:04x}{line}".encode() for line in lines)
            self._reply([f"Content-Type: application/x-{service}-advertisement"], b"".join(packets))
            return
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="git bridge"')
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
