"""The steps of a bundle that need no TeX: names, places, metadata, private fields, archives, arXiv's rules."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperkit.camera_ready import arxiv
from paperkit.camera_ready.definitions import Source, learn
from paperkit.camera_ready.flatten import Flattening, flattened
from paperkit.camera_ready.leaks import Search, find_in_pdf, find_leaks
from paperkit.camera_ready.lexicon import Lexicon
from paperkit.camera_ready.metadata import cleaned, metadata_texts
from paperkit.camera_ready.package import pack
from paperkit.camera_ready.prepare import Change, Workshop
from paperkit.camera_ready.private import without_private
from paperkit.camera_ready.rename import renamed, safe_names
from paperkit.camera_ready.venue import source_rules
from paperkit.errors import PaperkitError
from tests.unit.camera_ready.nasty import jpeg, pdf, png


def flat(main: bytes, **files: bytes) -> bytes:
    known = {"main.tex": main, **{name.replace("_", "/") + ".tex": data for name, data in files.items()}}
    return flattened("main.tex", known, Lexicon(), Flattening(paths=frozenset(known) - {"main.tex"}))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\\input{a}\nb", b"A\n\\space\nb"),
        (b"x \\input{a} y", b"x %\nA\n\\space y"),
        (b"\\input{a}y", b"A\ny"),
        (b"\\input{a}% c\ny", b"A\ny"),
        (b"\\input a\ny", b"A\n\\space\ny"),
        (b"\\input a y", b"A\ny"),
        (b"\\input{a.tex}\n\n", b"A\n\\space\n\n"),
        (b'\\input{"a"}%\n', b"A\n"),
        (b"\\include{a}\ny", b"\\clearpage\nA\n\\clearpage\ny"),
        (b"\\input{missing}\n",) * 2,
        (b"\\input{\\name}\n",) * 2,
        (b"% \\input{a}\n",) * 2,
        (b"\\input{a}\n\\begin{document}\\input{a}\n", b"A\n\\begin{document}%\nA\n\\space\n"),
    ],
)  # fmt: skip
def test_a_file_stands_where_it_was_read(before: bytes, after: bytes) -> None:
    assert flat(before, a=b"A") == after


def test_files_within_files_are_put_in_their_places_and_circles_are_left() -> None:
    assert flat(b"\\input{a}%\n", a=b"\\input{b}%\n", b=b"B") == b"B\n"
    assert flat(b"\\input{a}%\n", a=b"\\input{a}%\n") == b"\\input{a}%\n"
    assert flat(b"\\input{a}%\n", a=b"A\n\\endinput\nno") == b"A\n"
    assert flat(b"\\input{a}%\n", a=b"\\ifx\\b\\c\\endinput\\fi\n") == b"\\input{a}%\n"


def test_names_that_venues_refuse_are_changed_where_they_stand() -> None:
    paths = ["main.tex", "my figs/caf\u00e9 1.png", "my figs/b-eps-converted-to.pdf", ".hidden/x.tex", "a b.tex"]
    names = safe_names(paths)
    assert names == {
        ".hidden/x.tex": "hidden/x.tex",
        "a b.tex": "a_b.tex",
        "my figs/b-eps-converted-to.pdf": "my_figs/b.pdf",
        "my figs/caf\u00e9 1.png": "my_figs/caf__1.png",
    }
    main = (
        b"\\graphicspath{{my figs/}}\\includegraphics[width=1cm]{caf\xc3\xa9 1}\\includegraphics{my figs/b.eps}"
        b'\\input{.hidden/x}\\input{"a b"}\\textbf{other text}'
    )
    files = dict.fromkeys(paths, b"") | {"main.tex": main}
    assert renamed(files, ["main.tex"], Lexicon(), names)["main.tex"] == (
        b"\\graphicspath{{my_figs/}}\\includegraphics[width=1cm]{caf__1}\\includegraphics{my_figs/b.pdf}"
        b"\\input{hidden/x}\\input{a_b}\\textbf{other text}"
    )


def test_two_names_never_become_one() -> None:
    assert safe_names(["a b.tex", "a_b.tex", "A(b.tex", "a?b.tex"]) == {
        "A(b.tex": "A_b-2.tex",
        "a b.tex": "a_b-3.tex",
        "a?b.tex": "a_b-4.tex",
    }


def test_images_lose_what_says_who_made_them() -> None:
    picture = png(b"Author\0Ada", b"Software\0x")
    assert list(metadata_texts(picture)) == ["tEXt: Author Ada", "tEXt: Software x"]
    assert cleaned("a.png", picture) == png()
    photo = jpeg(b"by Ada")
    assert any("SECRET36" in text for text in metadata_texts(photo))
    assert list(metadata_texts(cleaned("a.jpg", photo))) == []
    figure = cleaned("a.pdf", pdf())
    assert "Author: SECRET37" in list(metadata_texts(pdf()))
    assert list(metadata_texts(figure)) == []
    assert cleaned("a.pdf", figure) == figure
    assert cleaned("a.pdf", b"%PDF broken") == b"%PDF broken"


@given(data=st.binary(max_size=60), start=st.sampled_from([b"", b"%PDF-1.4\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8"]))
def test_no_image_is_too_broken_to_be_left_alone(data: bytes, start: bytes) -> None:
    for path in ("a.pdf", "a.png", "a.jpg"):
        once = cleaned(path, start + data)
        assert cleaned(path, once) == once
        assert all(isinstance(text, str) for text in metadata_texts(start + data))


@given(data=st.text('@{}(),="ab \n').map(str.encode) | st.binary(max_size=60))
def test_no_bibliography_is_too_broken_to_be_read(data: bytes) -> None:
    for path in ("a.bib", "a.bbl"):
        once = without_private(path, b"@misc{k, file = {x}," + data)
        assert without_private(path, once) == once


def test_pixels_outlive_the_metadata() -> None:
    from PIL import Image

    for data in (jpeg(b"x"), png(b"Author\0Ada")):
        before, after = (Image.open(io.BytesIO(one)).tobytes() for one in (data, cleaned("a.png", data)))
        assert before == after


def test_bibliographies_lose_private_fields() -> None:
    bib = (
        b'@string{x="a, file = b"}\n@misc{k,\n  title = {A, file = {b}},\n'
        b'  File = "/home/a, b",\n  year = 1984,\n  abstract = {c}\n}\n'
    )
    assert without_private("a.bib", bib) == (
        b'@string{x="a, file = b"}\n@misc{k,\n  title = {A, file = {b}},\n  year = 1984,\n  }\n'
    )
    bbl = b"\\entry{k}{misc}{}\n  \\verb{file}\n  \\verb /home/x\n  \\endverb\n"
    bbl += b"  \\verb{doi}\n  \\verb 10.1/x\n  \\endverb\n"
    assert without_private("a.bbl", bbl) == b"\\entry{k}{misc}{}\n  \\verb{doi}\n  \\verb 10.1/x\n  \\endverb\n"


def test_archives_depend_on_their_files_alone() -> None:
    files = {"b.tex": b"b", "a/c.tex": b"c"}
    for kind in ("zip", "tar.gz"):
        assert pack(files, kind) == pack(dict(reversed(files.items())), kind)
    with zipfile.ZipFile(io.BytesIO(pack(files, "zip"))) as archive:
        assert [(info.filename, info.date_time, info.external_attr >> 16) for info in archive.infolist()] == [
            ("a/c.tex", (1980, 1, 1, 0, 0, 0), 0o100644),
            ("b.tex", (1980, 1, 1, 0, 0, 0), 0o100644),
        ]
    with tarfile.open(fileobj=io.BytesIO(pack(files, "tar.gz"))) as archive:
        assert [(info.name, info.mtime, info.mode, info.uid, info.uname) for info in archive] == [
            ("a/c.tex", 0, 0o644, 0, ""),
            ("b.tex", 0, 0o644, 0, ""),
        ]


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "C:/x", "a\\b", ""])
def test_no_name_leaves_the_folder_that_an_archive_is_unpacked_in(path: str) -> None:
    with pytest.raises(PaperkitError) as caught:
        pack({path: b""}, "zip")
    assert caught.value.problems[0].message == "is no name for a file in an archive"


def test_leaks_are_found_at_their_places() -> None:
    files = {
        "a.tex": b"x % note\n\\iffalse y\\ifz\\fi\n/home/ada/data ada@example.org me@printed.org\n"
        b"ghp_0123456789abcdefghij TODO\n",
        "b.png": png(b"Author\0Ada, /home/ada/x"),
        "plots-lovelace.pdf": b"",
    }
    found = find_leaks(files, Search(lexicon=Lexicon(), printed="me @ printed.org", logins=("lovelace",)))
    assert [(str(leak.place), leak.rule, leak.text, leak.is_error) for leak in found] == [
        ("a.tex:1", "comment", "% note", True),
        ("a.tex:3", "address", "ada@example.org", True),
        ("a.tex:3", "path", "/home/ada/data", True),
        ("a.tex:4", "mark", "ghp_0123456789abcdefghij TODO", False),
        ("a.tex:4", "token", "ghp_0123…", True),
        ("b.png", "metadata path", "/home/ada/x", True),
        ("plots-lovelace.pdf", "file name", "plots-lovelace.pdf", True),
    ]


@pytest.mark.parametrize(
    "text",
    [b"AKIAIOSFODNN7EXAMPLE", b"olp_0123456789abcdefABCDEF", b"hf_abcdefghijklmnopqrstuv", b"https://me:pass@host/x",
     b"-----BEGIN RSA PRIVATE KEY-----", b'password = "hunter22"', b"glpat-abcdefghijklmnop1234",
     b"sk-ant-abcdefghijklmnopqrstuv"],
)  # fmt: skip
def test_tokens_are_found_and_not_repeated(text: bytes) -> None:
    [leak] = [leak for leak in find_leaks({"a.py": text}, Search(lexicon=Lexicon())) if leak.rule == "token"]
    assert leak.text == f"{text.decode()[:8]}…"


def test_texts_that_only_look_like_leaks_are_none() -> None:
    text = b"\\ver@biblatex.sty \\cite{a/b} http://x.org/home/page 1/2 \\input{data/x} author@\\relax a@b"
    assert find_leaks({"a.tex": text}, Search(lexicon=Lexicon())) == ()


def test_a_review_is_searched_for_authors() -> None:
    files = {
        "a.tex": b"\\author{Ada Lovelace}\n\\section*{Acknowledgments}\nSee github.com/ada/x and\nhttps://anonymous.4open.science/r/x\n"
    }
    search = Search(lexicon=Lexicon(), people=("Ada Lovelace", "Lovelace"), anonymous=True, printed="By Ada  Lovelace")
    assert [(leak.rule, str(leak.place)) for leak in find_leaks(files, search)] == [
        ("author", "a.tex:1"),
        ("acknowledgement", "a.tex:2"),
        ("repository", "a.tex:3"),
    ]
    assert [leak.rule for leak in find_in_pdf("a.pdf", b"", search)] == ["author"]
    assert find_leaks(files, Search(lexicon=Lexicon())) == ()


def test_files_by_others_are_left_as_they_are() -> None:
    files = {
        "main.tex": b"% a\n",
        "own.sty": b"% a\n\\x\n",
        "icml.sty": b"% LPPL applies\n\\x % b\n",
        "odd.tex": b"\\catcode`\\%=12 % a\n",
    }
    workshop = Workshop(main="main.tex", files=files)
    assert {str(change) for change in workshop.changes} == {"main.tex: comments", "own.sty: comments"}
    assert [str(problem).split("\n")[0] for problem in workshop.left_alone.values()] == [
        "icml.sty: is the work of others and left as it is",
        "odd.tex:1: changes what % or another special character means, and is left as it is",
    ]
    tree = workshop.tree([Change(file="own.sty", transform="comments")])
    assert tree.files == {**files, "own.sty": b"\\x\n"}


def test_arxiv_takes_the_bibliography_of_the_right_release() -> None:
    rules = source_rules("arxiv")

    def bbl(version: str) -> dict[str, bytes]:
        return {"main.bbl": f"% $ biblatex auxiliary file $\n% $ biblatex bbl format version {version} $\n".encode()}

    assert arxiv.release_for({}, rules.releases) == (2025, ())
    assert arxiv.release_for(bbl("3.3"), rules.releases) == (2025, ())
    release, [said] = arxiv.release_for(bbl("3.2"), rules.releases)
    assert (release, str(said)) == (
        2023,
        "main.bbl: biblatex's format 3.2 is that of TeX Live 2023, which is asked for",
    )
    _, [said] = arxiv.release_for(bbl("2.9"), rules.releases)
    assert said.message == "biblatex's format 2.9 is not taken"
    assert json.loads(json.dumps(arxiv.readme("a.tex", "xelatex", 2023))) == {
        "spec_version": 1,
        "process": {"compiler": "xelatex"},
        "sources": [{"filename": "a.tex", "usage": "toplevel"}],
        "texlive_version": 2023,
    }


def test_what_arxiv_refuses_is_said() -> None:
    large = bytearray(png(size=(2, 2)))
    large[16:24] = (7000).to_bytes(4, "big") + (5001).to_bytes(4, "big")
    palette = bytes(large[:25]) + b"\x03" + bytes(large[26:])
    files = {
        "main.tex": b"\\usepackage[dvips]{graphicx}\n\\usepackage{hyperref}\\usepackage{hyperxmp}\n"
        b"\\today\\linenumbers \\input{anc/d.txt}\n",
        "main.pdf": b"%PDF-",
        "a.pdf": b"no",
        "quick.png": bytes(large),
        "slow.png": palette,
        "run.exe": b"",
        "anc/x.tex": b"",
        "anc/d.txt": b"",
        "f.eps": b"",
    }
    assert sorted(str(problem).split("\n")[0] for problem in arxiv.problems(files, "main.tex")) == [
        "a.pdf: is called .pdf and is none",
        "anc/d.txt: is read by the paper, but anc/ is not there when it is compiled",
        "anc/x.tex: TeX files are not ancillary",
        "main.pdf: has the name of something that compiling makes, and is deleted",
        "main.tex: EPS figures: pdflatex does not read them, and arXiv converts none",
        "main.tex: hyperxmp must be loaded before hyperref in TeX Live 2025",
        "main.tex:1: names a driver that arXiv does not run",
        r"main.tex:3: \today prints the day on which arXiv compiles",
        "main.tex:3: line numbers are refused",
        "run.exe: programs are refused",
        "slow.png: 35 megapixels, 34 are advised",
    ]


def test_a_switch_is_known_from_all_files() -> None:
    lexicon = learn([Source(data=rb"\newif\ifdraft"), Source(data=rb"\ifdraft x\fi")])
    assert b"ifdraft" in lexicon.never
    assert b"ifdraft" not in learn([Source(data=rb"\newif\ifdraft"), Source(data=rb"\drafttrue")]).never
