"""Who reads an output: however TeX lets a file be named."""

from __future__ import annotations

import pytest

from paperkit.overleaf.archive import Archive
from paperkit.overleaf.content import blob_id
from paperkit.overleaf.references import readers
from paperkit.overleaf.trees import FILE, Entry


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        (r"\input{generated/tables/b}", True),
        (r"\input{generated/tables/b.tex}", True),
        (r"\input generated/tables/b\end{document}", True),
        (r"\input generated/tables/b.tex\relax", True),
        (r"{\input generated/tables/b}", True),
        (r"\input generated/tables/b{}", True),
        (r"\input{generated/tables/bc}", False),
        (r"\input generated/tables/b-2\end{document}", False),
    ],
)
def test_every_way_of_naming_a_file_counts(text: str, is_read: bool) -> None:
    content = text.encode()
    blob = blob_id(content)
    files = {"main.tex": Entry(mode=FILE, blob=blob, size=len(content))}
    there = Archive(files=files, contents={blob: content})
    assert readers("generated/tables/b.tex", there, ()) == (("main.tex",) if is_read else ())
