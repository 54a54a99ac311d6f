"""A paper with every trap that cleaners of LaTeX sources fall into, and words in it that nobody may see."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

# Traps, by number, stand beside the lines that set them. Words that begin with SECRET must not reach the bundle.
MAIN = rb"""% SECRET01 a comment in the first line, contact secret@example.org
% !TEX program = pdflatex
\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[latin1]{inputenc}      % 1: Latin-1, SECRET02
\usepackage{graphicx,listings,fancyvrb,comment,pgffor,csvsimple,alltt,shortvrb}
\usepackage[disable]{todonotes}
\usepackage[hidelinks]{hyperref}
\usepackage{misc/x}                % 2: a package in a folder
\graphicspath{{figs/}{my figures/}} % 3: figures by their folders, 4: a folder with a space
\input{setup.cfg}                  % 5: a file that is no .tex
\newif\ifdraft                     % 6: a switch that stays false
\newif\iffinal
\finaltrue
\newcommand{\note}[1]{}            % 7: a macro that throws its argument away
\newcommand{\figpath}{figs}        % 8: a path in a macro
\newcommand{\pct}{50\%}            % 9: an escaped percent sign
\lstnewenvironment{code}{\lstset{basicstyle=\ttfamily}}{}  % 10: a verbatim environment of one's own
\DefineVerbatimEnvironment{Out}{Verbatim}{fontsize=\small}
\MakeShortVerb{\|}                 % 11: a character that quotes
\excludecomment{internal}          % 12: a comment environment of one's own
\let\ifshow\iffalse                % 13: \iffalse that begins nothing
\begin{document}
\input t1                          % 14: \input without braces
Half is \pct\ of it, \\% SECRET03 behind a line break
and 100\% more.% SECRET04
Joined%
word, f%
i ligature. \verb|50% off| and \verb+% not a comment+ here.
Short |a % b| text.
\url{https://example.org/a%20b%7Ec} and \href{https://example.org/%41}{a link}.
\begin{verbatim}
% verbatim stays \iffalse
\end{verbatim}
\begin{lstlisting}
x = 5 % 3  # stays
\end{lstlisting}
\begin{Verbatim}
% stays too
\end{Verbatim}
\begin{code}
y = 7 % 2
\end{code}
\begin{Out}
100 % of it
\end{Out}
\begin{alltt}
one % of \textbf{these}
\end{alltt}
\lstinline|a % b| and \lstinline{c % d}.
\iffalse SECRET05 \ifx\a\b nested \else x \fi \begin{verbatim} \fi
\iftrue shown\else SECRET06 \fi{} between
\ifdraft SECRET07 \else not a draft \fi
\iffinal the end \else SECRET08 \fi
\ifshow never\fi
\begin{comment}
SECRET09 \end{verbatim}
\end{comment}
\begin{internal}
SECRET10
\end{internal}
Text \todo{SECRET11 ask Bob} goes \todo[inline,author=SECRET12]{on} on\note{SECRET13 {nested}}.
\include{sub/chapter}              % 15: \include from a folder
\includegraphics[width=1cm]{plot}
\includegraphics[width=1cm]{a b}
\includegraphics[width=1cm]{\figpath/photo.jpg}
\foreach \n in {1,2}{\includegraphics[width=5mm]{tile\n}}  % 16: names that TeX makes up
\csvautotabular{data/table.csv}    % 17: data
\lstinputlisting{code/run.py}      % 18: a listing with comments
\IfFileExists{missing.tex}{\input{missing}}{No such file.}
\input{sections/crlf}              % 19: CRLF line ends
\input{sections/mac}               % 20: CR line ends
\input{sections/catcode}           % 21: a file that changes what % means
\input{sections/comments}          % 22: a file of comments alone
Before \input{sections/inline} after.
\makeatletter % SECRET14
\newcommand{\at@sign}{@}\at@sign
\makeatother
Price: 5\,\% % SECRET15
   % SECRET16 an indented comment

A paragraph after a comment and a blank line. {\catcode`\@=11 }
\begin{tabular}{ll}% SECRET17
a & b \\% SECRET18
% SECRET19
c & d
\end{tabular}
\nocite{*}\bibliographystyle{plain}
\bibliography{refs}
\end{document}
SECRET20 is behind the end: \input{nothing}
"""

FILES = {
    "main.tex": MAIN + b"\xe9t\xe9 SECRET21 in Latin-1\n",
    "misc/x.sty": b"\\ProvidesPackage{misc/x}\n\\newcommand{\\x@y}{y}% SECRET22 in a package\n\\endinput\nSECRET23\n",
    "setup.cfg": b"% SECRET24\n\\setlength{\\parindent}{0pt}\n",
    "t1.tex": b"T one. % SECRET25",
    "sub/chapter.tex": b"% SECRET26\n\\section{Chapter}\nCaf\xe9.\n",
    "sections/crlf.tex": b"One\r\n% SECRET27\r\ntwo % SECRET28\r\nthree.\r\n",
    "sections/mac.tex": b"Four% SECRET29\rfive.\r",
    "sections/catcode.tex": b"{\\catcode`\\%=12 100% kept}\n",
    "sections/comments.tex": b"% SECRET30\n% and no more\n",
    "sections/inline.tex": b"middle",
    "data/table.csv": b"a,b\n1,2\n3,4\n",
    "code/run.py": b"# a comment that is shown\nprint(7 % 2)\n",
    "refs.bib": b"@misc{x, title={T}, author={A. Uthor}, file={/home/SECRET31/x.pdf}}\n",
    "secret_notes.tex": b"SECRET32 is never read\n",
    ".cache/x.tex": b"SECRET33\n",
    "old/main.tex": b"\\documentclass{article}\\begin{document}SECRET34\\end{document}\n",
    "main.pdf": b"%PDF-1.4 SECRET35 of yesterday\n",
    "main.aux": b"\\relax\n",
}


def png(*texts: bytes, size: tuple[int, int] = (8, 8), colour: int = 0) -> bytes:
    """Return a PNG of one grey, with text chunks."""
    width, height = size
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x80" * (width * (3 if colour else 1)) for _ in range(height))
    chunks = [(b"IHDR", head), *((b"tEXt", text) for text in texts), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def jpeg(*comments: bytes) -> bytes:
    """Return a JPEG with EXIF data and comments."""
    from PIL import Image

    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "SECRET36"  # the artist
    Image.new("RGB", (8, 8), (200, 10, 10)).save(out, "JPEG", exif=exif, comment=b" ".join(comments))
    return out.getvalue()


def pdf() -> bytes:
    """Return a small PDF whose information names a person and a path."""
    stream = b"0 0 1 rg 0 0 20 20 re f"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 20 20]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d>>stream\n" % len(stream) + stream + b"\nendstream",
        b"<</Author(SECRET37)/Creator(/home/SECRET38/plot.py)>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 6/Root 1 0 R/Info 5 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


def write(folder: Path) -> Path:
    """Write the paper into `folder` and return its main file."""
    images = {
        "figs/plot.png": png(b"Author\0SECRET39"),
        "figs/photo.jpg": jpeg(b"SECRET40"),
        "figs/tile1.png": png(),
        "figs/tile2.png": png(),
        "my figures/a b.pdf": pdf(),
    }
    for path, data in {**FILES, **images}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder / "main.tex"


NEEDED = frozenset(FILES) - {"refs.bib", "secret_notes.tex", ".cache/x.tex", "old/main.tex", "main.pdf", "main.aux"} | {
    "figs/plot.png", "figs/photo.jpg", "figs/tile1.png", "figs/tile2.png", "my figures/a b.pdf", "main.bbl"
}  # fmt: skip
