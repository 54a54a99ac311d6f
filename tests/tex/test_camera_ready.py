"""Bundles made with real engines: nothing leaks, nothing looks otherwise, and what cannot be proven is undone."""

from __future__ import annotations

import io
import json
import os
import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from paperkit.camera_ready.bundle import Bundle, Request, make_bundle
from paperkit.camera_ready.collect import collect
from paperkit.camera_ready.compare import Look, difference, look_of
from paperkit.camera_ready.definitions import Source, learn
from paperkit.camera_ready.engine import Engine, choose_engine
from paperkit.camera_ready.flatten import Flattening, flattened
from paperkit.camera_ready.prepare import Tree, Workshop
from paperkit.camera_ready.prove import compiled, prove
from paperkit.camera_ready.strip import strip
from paperkit.errors import PaperkitError
from tests.unit.camera_ready import nasty

pytestmark = pytest.mark.tex
Require = Callable[[str], str]


@pytest.fixture(autouse=True)
def _time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def bundle(folder: Path, **options: object) -> Bundle:
    request = Request(**{"main": folder / "main.tex", "output": folder / "out", **options})  # type: ignore[arg-type]
    return make_bundle(request)


def paper(folder: Path, **files: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.tex").write_bytes(data)
    return folder


def packed(made: Bundle) -> dict[str, bytes]:
    data = (made.folder / made.archive).read_bytes()
    if made.archive.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {info.name: (archive.extractfile(info) or io.BytesIO()).read() for info in archive}


def document(body: str, preamble: str = "") -> bytes:
    return f"\\documentclass{{article}}\n{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n".encode()


def test_the_nasty_paper_keeps_its_look_and_loses_its_secrets(tmp_path: Path, require_program: Require) -> None:
    require_program("pdflatex")
    nasty.write(tmp_path)
    before = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}
    made = bundle(tmp_path, venue="arxiv")
    files = packed(made)
    assert made.proof is not None
    assert made.proof.undone == ()
    assert [leak for leak in made.leaks if leak.is_error] == []
    safe = {"my figures/a b.pdf": "my_figures/a_b.pdf"}
    assert set(files) == {safe.get(path, path) for path in nasty.NEEDED} | {"00README.json"}
    assert [path for path, data in files.items() if b"SECRET" in data] == []
    assert all(b"SECRET" not in path.read_bytes() for path in made.folder.iterdir())
    assert b"\\verb|50% off|" in files["main.tex"]
    assert files["sections/catcode.tex"] == nasty.FILES["sections/catcode.tex"]
    # The author's folder is as it was, and a second run gives the same bytes.
    first = {path.name: path.read_bytes() for path in made.folder.iterdir()}
    again = bundle(tmp_path, venue="arxiv")
    assert {path.name: path.read_bytes() for path in again.folder.iterdir()} == first
    assert {path: path.read_bytes() for path in before} == before


_PARTS = (
    "word ", "word% note\n", "two % note\n", "   % whole\n", "% whole\n", "\n", "\n\n", "\\verb|%| ", "\\verb+a% b+",
    "50\\% ", "a\\\\%x\n", "\\url{a%20b}", "\\iffalse gone \\fi ", "\\iffalse gone\\fi\n",
    "\\iffalse a\\else kept \\fi{}",
    "\\iftrue kept\\else gone\\fi\n", "\\iffalse \\ifx a b\\else c\\fi \\fi x", "\\note{gone} ", "f\\note{gone}i ",
    "\\note{gone}\n", "\\ifdraft gone\\else kept\\fi ", "\\begin{verbatim}\n% kept\n\\end{verbatim}\n", "$a % x\n+b$",
    "\n\\begin{comment}\ngone % x\n\\end{comment}\n", "\\textbf{a% x\nb}", "\\input{in%d} ", "\\input{in%d}\n", "\r\n",
    "\\input{in%d}% x\n", "x\\input{in%d}y", "{\\em\\input{in%d}}", "\\mbox{a}% x\n\n",
    "ffi--``% ''\n", "|a%b| ",
    "{\\tt a}%%\n", "\\begin{tabular}{l}% x\na\\\\% x\n% x\nb\\end{tabular}", "\\LaTeX % x\n", "\\LaTeX% x\n",
    "\\lstinline|%| ",
)  # fmt: skip


def snippet(random_: random.Random) -> str:
    parts = [random_.choice(_PARTS) for _ in range(random_.randint(3, 9))]
    return "".join(part.replace("%d", str(random_.randrange(6))) for part in parts)


@pytest.mark.parametrize("seed", [1, 2])
def test_generated_documents_look_the_same_stripped_and_in_one_file(seed: int, require_program: Require) -> None:
    """A page for each of a hundred snippets; a page that differs names its own."""
    engine = Engine(name="pdflatex", path=require_program("pdflatex"))
    random_ = random.Random(seed)
    preamble = (
        "\\usepackage{url,comment,listings,shortvrb}\\MakeShortVerb{\\|}\\newif\\ifdraft\\newcommand{\\note}[1]{}\n"
        "\\pagestyle{empty}\\setlength{\\parindent}{0pt}"
    )
    inner = ["a\n", "b", "c % x\n", "% x\n", "\\emph{d}%\n", "\n"]
    files = {f"in{number}.tex": text.encode() for number, text in enumerate(inner)}
    pages = [snippet(random_) for _ in range(100)]
    body = "".join(f"\\null{{}}{page}\\par\\clearpage\n" for page in pages)
    files["main.tex"] = document(body, preamble)
    lexicon = learn(Source(data=data) for data in files.values())
    clean = {path: strip(data, lexicon) for path, data in files.items()}
    paths = frozenset(files) - {"main.tex"}
    alone = {"main.tex": flattened("main.tex", clean, lexicon, Flattening(paths=paths))}
    assert b"gone" not in clean["main.tex"]
    assert b"\\input" not in alone["main.tex"]
    looks = [_look(tree, engine) for tree in (files, clean, alone)]
    for look in looks[1:]:
        unequal = [page for page, old, new in zip(pages, looks[0].pixels, look.pixels, strict=True) if old != new]
        assert unequal == []
        assert difference(looks[0], look) is None


def _look(files: dict[str, bytes], engine: Engine) -> Look:
    run = compiled(Tree(main="main.tex", files=files, origins={}), engine, epoch=0)
    assert run.pdf is not None, run.errors
    return look_of(run.pdf)


def test_chapters_in_folders_need_no_file_beside_them(tmp_path: Path, require_program: Require) -> None:
    """TeX writes an .aux beside what `\\include` reads; arXiv does not let it."""
    require_program("pdflatex")
    folder = paper(
        tmp_path, main=document("\\include{ch/one}\n\\include{ch/two}\nend", "\\includeonly{ch/two}"), two=b"not this\n"
    )
    paper(tmp_path / "ch", one=b"one\n", two=b"two % x\n")
    made = bundle(folder, venue="arxiv")
    assert made.proof is not None
    assert made.proof.undone == ()
    files = packed(made)
    assert set(files) >= {"main.tex", "ch/two.tex", "00README.json"}
    assert b"\\include{ch/one}\n\\clearpage\\input{ch/two}\\clearpage\n" in files["main.tex"]


def test_what_would_change_the_look_is_undone_and_named(tmp_path: Path, require_program: Require) -> None:
    require_program("pdflatex")
    folder = paper(
        tmp_path,
        main=document("% secret\n\\input{good}\\begingroup\\input{percent}\\input{shown}\\endgroup"),
        good=b"Good % secret\n",
        percent=b"\\csname catcode\\endcsname37=12\n",
        shown=b"50% of it\n",
    )
    made = bundle(folder)
    assert made.proof is not None
    assert [str(change) for change, _ in made.proof.undone] == ["shown.tex: comments"]
    assert made.proof.undone[0][1] == "the text of page 1"
    files = packed(made)
    assert files["shown.tex"] == b"50% of it\n"
    assert files["good.tex"] == b"Good %\n"
    assert b"secret" not in files["main.tex"]
    kept = json.loads((made.folder / "MANIFEST.json").read_text())["undone"]
    assert kept == [{"file": "shown.tex", "transform": "comments", "difference": "the text of page 1"}]


def test_files_from_elsewhere_are_named(
    tmp_path: Path, require_program: Require, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_program("pdflatex")
    home = tmp_path / "texmf" / "tex" / "latex"
    home.mkdir(parents=True)
    (home / "mine.sty").write_text("\\newcommand{\\mine}{x}\n")
    (tmp_path / "absolute.tex").write_text("text\n")
    monkeypatch.setenv("TEXMFHOME", str(tmp_path / "texmf"))
    folder = paper(tmp_path / "paper", main=document(f"\\mine\\input{{{tmp_path}/absolute}}", "\\usepackage{mine}"))
    with pytest.raises(PaperkitError) as caught:
        bundle(folder)
    assert sorted(str(problem) for problem in caught.value.problems) == [
        f"'{path}' is read from outside the paper's folder\n"
        f"    the venue does not have it: copy it into the paper's folder (paper/{path.name})"
        for path in (tmp_path / "absolute.tex", home / "mine.sty")
    ]
    (tmp_path / "outside.tex").write_text("text\n")
    paper(folder, main=document("\\input{../outside}"))
    with pytest.raises(PaperkitError) as caught:
        bundle(folder)
    assert caught.value.problems[0].message == "'../outside.tex' is read from outside the paper's folder"
    (folder / "link.tex").symlink_to(tmp_path / "outside.tex")
    paper(folder, main=document("\\input{link}"))
    with pytest.raises(PaperkitError) as caught:
        bundle(folder)
    assert str(caught.value).startswith("link.tex: is a link that leads outside the paper's folder")
    assert sorted(path.name for path in folder.iterdir()) == ["link.tex", "main.tex"]


def test_a_paper_that_does_not_compile_stops_with_its_errors(tmp_path: Path, require_program: Require) -> None:
    require_program("pdflatex")
    folder = paper(tmp_path, main=document("a\n\\nosuchcommand\n"))
    with pytest.raises(PaperkitError) as caught:
        bundle(folder)
    assert str(caught.value) == "main.tex:5: Undefined control sequence. \\nosuchcommand"
    assert [path.name for path in folder.iterdir()] == ["main.tex"]


def test_no_program_is_run_and_hidden_folders_come_to_light(tmp_path: Path, require_program: Require) -> None:
    require_program("pdflatex")
    body = "\\immediate\\write18{touch ran}\\input{.cache/x}\\input{a b}"
    folder = paper(tmp_path, main=document(body))
    paper(tmp_path / ".cache", x=b"hidden % secret\n")
    (tmp_path / "a b.tex").write_bytes(b"spaced\n")
    (tmp_path / "ran.tex").write_bytes(b"")
    made = bundle(folder)
    assert set(packed(made)) == {"main.tex", "cache/x.tex", "a_b.tex"}
    assert not list(tmp_path.rglob("ran"))


def test_one_file_is_made_of_subfiles_and_of_chapters(tmp_path: Path, require_program: Require) -> None:
    require_program("pdflatex")
    folder = paper(
        tmp_path,
        main=document("\\subfile{one}\n\\include{two}\nSee \\ref{x}. \\input{three} end", "\\usepackage{subfiles}"),
        one=b"\\documentclass[main]{subfiles}\n\\begin{document}\n"
        b"\\section{One}\\label{x} % x\n\\end{document}\nsecret\n",
        two=b"\\section{Two}\n",
        three=b"three\n",
    )
    made = bundle(folder, venue="aaai2026")
    assert made.proof is not None
    assert made.proof.undone == ()
    files = packed(made)
    assert set(files) == {"main.tex"}
    assert b"secret" not in files["main.tex"]
    assert b"\\section{Two}" in files["main.tex"]


_KNUTH = b"@book{k, title={TeX}, author={Donald E. Knuth}, publisher={A}, year={1984}, file={/home/me/k.pdf}}\n"
_PAPERS = {
    "acmart": ("acm", {"main.tex", "main.bbl", "refs.bib"}),
    "IEEEtran": ("ieee", {"main.tex", "main.bbl"}),
    "llncs": ("lncs", {"main.tex", "main.bbl"}),
    "elsarticle": ("elsevier", {"main.tex", "main.bbl"}),
    "biblatex": ("arxiv", {"main.tex", "main.bbl", "main.ind", "00README.json"}),
}
_SOURCES = {
    "acmart": r"""\documentclass[sigconf]{acmart} % secret
\begin{document}
\title{A}\author{Ada Lovelace}\email{ada@x.org}\affiliation{\institution{R}\city{L}\country{UK}}
\begin{abstract}a\end{abstract}\maketitle
Text \cite{k}.
\bibliographystyle{ACM-Reference-Format}\bibliography{refs}
\end{document}
""",
    "IEEEtran": r"""\documentclass[conference]{IEEEtran} % secret
\usepackage{cite}
\begin{document}
\title{A}\author{\IEEEauthorblockN{Ada}}\maketitle
Text \cite{k}.
\bibliographystyle{IEEEtran}\bibliography{refs}
\end{document}
""",
    "llncs": r"""\documentclass{llncs} % secret
\begin{document}
\title{A}\author{Ada}\institute{R}\maketitle
Text \cite{k}.
\bibliographystyle{splncs04}\bibliography{refs}
\end{document}
""",
    "elsarticle": r"""\documentclass[preprint]{elsarticle} % secret
\begin{document}
\begin{frontmatter}\title{A}\author{Ada}\end{frontmatter}
Text \cite{k}.
\bibliographystyle{elsarticle-num}\bibliography{refs}
\end{document}
""",
    "biblatex": r"""\documentclass{article} % secret
\usepackage[backend=biber]{biblatex}\addbibresource{refs.bib}
\usepackage{makeidx}\makeindex
\begin{document}
Text \cite{k}.\index{x}
\printbibliography\printindex
\end{document}
""",
}


@pytest.mark.parametrize("name", list(_PAPERS))
def test_papers_of_the_publishers_classes_are_proven(name: str, tmp_path: Path, require_program: Require) -> None:
    require_program("biber" if name == "biblatex" else "pdflatex")
    venue, expected = _PAPERS[name]
    (tmp_path / "main.tex").write_text(_SOURCES[name])
    (tmp_path / "refs.bib").write_bytes(_KNUTH)
    made = bundle(tmp_path, venue=venue)
    files = packed(made)
    assert made.proof is not None
    assert made.proof.undone == ()
    assert "Knuth" in made.proof.look.text
    assert set(files) == expected
    assert [path for path, data in files.items() if b"secret" in data or b"/home/me" in data] == []
    assert [leak for leak in made.leaks if leak.is_error] == []


@pytest.mark.parametrize("name", ["xelatex", "lualatex"])
def test_fonts_of_the_paper_come_with_it(name: str, tmp_path: Path, require_program: Require) -> None:
    require_program(name)
    font = next(Path("/usr/share").rglob("lmroman10-regular.otf"), None)
    if font is None:
        pytest.skip("Latin Modern is not installed as OpenType")
    (tmp_path / "Mine.otf").write_bytes(font.read_bytes())
    body = document("Größe % secret", "\\usepackage{fontspec}\\setmainfont{Mine.otf}")
    (tmp_path / "main.tex").write_bytes(f"% !TEX program = {name}\n".encode() + body)
    made = bundle(tmp_path)
    assert made.proof is not None
    assert set(packed(made)) == {"main.tex", "Mine.otf"}


def test_a_database_of_the_same_name_in_texs_tree_does_not_replace_the_paper_s(
    tmp_path: Path, require_program: Require
) -> None:
    require_program("pdflatex")
    folder = paper(tmp_path, main=document("\\cite{k}\\bibliographystyle{plain}\\bibliography{xampl}"))
    (folder / "xampl.bib").write_bytes(_KNUTH)
    made = bundle(folder)
    assert made.proof is not None
    assert "Knuth" in made.proof.look.text
    assert set(packed(made)) == {"main.tex", "main.bbl"}


def test_without_latexmk_the_same_is_proven(tmp_path: Path, require_program: Require) -> None:
    engine = Engine(name="pdflatex", path=require_program("pdflatex"))
    body = (
        "\\tableofcontents\\section{A}\\label{a}\\ref{a} \\cite{k} % x\n\\bibliographystyle{plain}\\bibliography{refs}"
    )
    folder = paper(tmp_path / "paper", main=document(body))
    (folder / "refs.bib").write_bytes(_KNUTH)
    (tmp_path / "scratch").mkdir()
    found = collect(folder, "main.tex", engine, epoch=0, scratch=tmp_path / "scratch")
    assert set(found.files) == {"main.tex", "main.bbl"}
    assert set(found.bibliography) == {"refs.bib"}
    proof = prove(Workshop(main="main.tex", files=found.files), found.pdf, engine, epoch=0)
    assert proof.undone == ()
    assert "[1]" in proof.look.text
    assert "??" not in proof.look.text


def test_notes_go_when_the_author_asks_and_the_pages_that_change_are_named(
    tmp_path: Path, require_program: Require
) -> None:
    require_program("pdflatex")
    preamble = "\\newcommand{\\ask}[1]{[Bob: #1]}\\newcommand{\\new}[1]{\\textbf{#1}}"
    folder = paper(tmp_path, main=document("A \\ask{secret}paper \\new{here}.", preamble))
    made = bundle(folder, drop=("ask",), unwrap=("new",))
    assert made.proof is not None
    assert made.proof.look.text.split()[:4] == ["A", "paper", "here.", "1"]
    assert [str(notice) for notice in made.notices] == [
        "without \\ask, \\new, as you asked, the paper differs: the text of page 1"
    ]
    assert b"A paper here." in packed(made)["main.tex"]


def test_a_paper_that_is_not_the_same_twice_is_not_proven(tmp_path: Path, require_program: Require) -> None:
    require_program("pdflatex")
    folder = paper(tmp_path, main=document("\\number\\pdfuniformdeviate 1000000000 % x\n"))
    with pytest.raises(PaperkitError) as caught:
        bundle(folder)
    assert caught.value.problems[0].message == "the paper alone, with nothing changed, differs: the text of page 1"
    assert [path.name for path in folder.iterdir()] == ["main.tex"]


def test_without_tex_only_lines_that_are_comments_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path / "nothing"))
    folder = paper(
        tmp_path / "paper",
        main=document("% whole\na % kept\n\\input{parts}\\includegraphics{plot}{bad}", "\\graphicspath{{figs/}}"),
        parts=b"% whole\n% whole\n",
        notes=b"secret\n",
    )
    (folder / "figs").mkdir()
    (folder / "figs" / "plot.png").write_bytes(nasty.png(b"Author\0Ada"))
    (folder / "figs" / "bad.pdf").write_bytes(b"%PDF-1.4 cut off")
    made = bundle(folder, venue="arxiv")
    assert made.proof is None
    assert [str(notice.place) for notice in made.notices] == ["figs/bad.pdf"]
    assert made.notices[0].message.startswith("the file cannot be read")
    assert made.why_not is not None
    assert made.why_not.startswith("there is no TeX here: nothing was compiled")
    files = packed(made)
    assert set(files) == {"main.tex", "parts.tex", "figs/plot.png", "figs/bad.pdf", "00README.json"}
    assert files["figs/plot.png"] == nasty.png()
    assert b"whole" not in files["main.tex"]
    assert [leak.rule for leak in made.leaks] == ["comment"]
    assert not made.is_fine(strict=True)
    assert json.loads((made.folder / "MANIFEST.json").read_text())["proven"] is False


def test_the_engine_is_the_one_that_the_paper_asks_for(tmp_path: Path, require_program: Require) -> None:
    for name in ("pdflatex", "lualatex", "xelatex"):
        require_program(name)
    main = paper(tmp_path, main=document("a")) / "main.tex"

    def chosen() -> str | None:
        found = choose_engine(main)
        return found.name if found else None

    assert chosen() == "pdflatex"
    (tmp_path / "latexmkrc").write_text("$pdf_mode = 5;\n")
    assert chosen() == "xelatex"
    main.write_bytes(b"% !TeX TS-program = lualatex\n" + document("a"))
    assert chosen() == "lualatex"
    with pytest.raises(PaperkitError, match="unknown engine 'pdftex', did you mean 'pdflatex'"):
        choose_engine(main, "pdftex")
