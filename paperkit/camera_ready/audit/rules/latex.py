"""What the LaTeX log says: errors, undefined references, boxes that are too large, missing fonts and glyphs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from paperkit.camera_ready.audit.log import Message
from paperkit.camera_ready.audit.report import Finding
from paperkit.camera_ready.audit.rule import Rule, counted, failed
from paperkit.camera_ready.audit.subject import Subject
from paperkit.style.submission import Fact

_LOG = "the LaTeX log"
_HARDLY = 1.0  # TeX points: nobody sees less, and rounding makes as much.
_MUCH = 10.0


def _messages(subject: Subject, *kinds: str) -> tuple[Message, ...]:
    return subject.log.of(*kinds) if subject.log else ()


def _errors(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    for message in _messages(subject, "error"):
        yield failed(
            "latex-error",
            message.text,
            place=subject.place(message.place),
            basis=_LOG,
            allowed="no errors",
            fix="mend it: what LaTeX makes behind an error is not what was written",
        )
    for message in _messages(subject, "not found"):
        yield failed(
            "latex-error",
            f"{message.text} was not found",
            # A list of references that the document itself has needs none; undefined citations are told apart.
            severity="note" if message.text.endswith(".bbl") else None,
            place=subject.place(message.place),
            basis=_LOG,
            fix="put the file where the document looks for it, and compile again",
        )


def _undefined(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    for message in _messages(subject, "reference", "citation"):
        is_citation = message.kind == "citation"
        yield failed(
            "undefined-reference",
            f"{'citation' if is_citation else 'reference'} '{message.text}' is undefined and prints as ??",
            place=subject.place(message.place),
            page=message.page,
            basis=_LOG,
            measured="undefined",
            allowed="defined",
            fix="add the entry to the .bib file, then run bibtex or biber"
            if is_citation
            else "add the \\label, or mend its name",
        )


def _question_marks(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    for page in subject.pages:
        for line in page.lines:
            if "??" in line.text:
                yield failed(
                    "question-marks",
                    f"the text has ??: “{line.text.strip()[-60:]}”",
                    severity="warning",
                    page=page.number,
                    measured="??",
                    allowed="none",
                    fix="mend the reference, then compile until none is left",
                )
                break


def _rerun(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    if _messages(subject, "rerun"):
        yield failed(
            "rerun",
            "LaTeX asks for another run: references or page numbers may be wrong",
            basis=_LOG,
            fix="compile until the log asks for no more, as latexmk does",
        )


def _overfull(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    for message in _messages(subject, "overfull"):
        if message.amount < _HARDLY:
            continue
        severity = None if fact is not None else "warning" if message.amount >= _MUCH else "note"
        yield failed(
            "overfull-box",
            f"{message.text} by {message.amount:.1f} pt",
            fact,
            severity=severity,
            place=subject.place(message.place),
            page=message.page,
            basis=fact.basis if fact else _LOG,
            measured=f"{message.amount:.1f} pt",
            allowed="0 pt",
            fix="reword or hyphenate the paragraph (\\-), or make the table narrower",
        )


def _overfull_refused(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    yield from _overfull(subject, subject.venue.get("overfull"))


def _missing(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    for message in _messages(subject, "character"):
        yield failed(
            "missing-glyph",
            f"there is no {message.text}: it is not printed",
            page=message.page,
            basis=_LOG,
            measured="not printed",
            allowed="all characters",
            fix="write it with a LaTeX command, or choose a font that has it",
        )
    for message in _messages(subject, "shape"):
        yield failed(
            "missing-glyph",
            f"font shape {message.text} is missing and was replaced",
            severity="note",
            place=subject.place(message.place),
            page=message.page,
            basis=_LOG,
            measured="replaced",
            allowed="the asked font",
            fix="install the font, or ask for a shape that it has",
        )


def _inclusion(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    messages = _messages(subject, "inclusion")
    if messages:
        yield failed(
            "inclusion",
            f"pdfTeX warns of included files ({counted(len(messages), 'time')}): {messages[0].text[:200]}",
            severity="note",
            page=messages[0].page,
            place=subject.place(messages[0].place),
            basis=_LOG,
            fix="make the figures as PDF of the version of the paper, without a page group",
        )


def _descriptions(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    if subject.log is None or not any(posixpath.basename(file) == "acmart.cls" for file in subject.log.files):
        why = "only the class acmart looks for descriptions of images"
        yield Finding(rule="description", status="skipped", severity="note", message=why)
    for message in _messages(subject, "undescribed"):
        yield failed(
            "description",
            message.text,
            place=subject.place(message.place),
            basis="ACM's class acmart, which warns of it",
            measured="none",
            allowed="a description of every image",
            fix="\\Description{…} in the figure, as the alt of paper.toml has it",
        )


def _packages(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    assert fact is not None  # noqa: S101 - a rule with a fact is asked only with it
    loaded = {posixpath.basename(file) for file in subject.log.files} if subject.log else set()
    for package in fact.value:
        if f"{package}.sty" in loaded:
            yield failed(
                "refused-package",
                f"the package {package} is loaded, by the document or by another package",
                fact,
                measured=package,
                allowed=f"not {package}",
                fix=f"do without \\usepackage{{{package}}}",
            )


RULES = (
    Rule(name="latex-error", title="LaTeX found no error", check=_errors, needs=("log",)),
    Rule(
        name="undefined-reference", title="all references and citations are defined", check=_undefined, needs=("log",)
    ),
    Rule(name="question-marks", title="no ?? in the text", check=_question_marks, needs=("content",)),
    Rule(name="rerun", title="LaTeX asks for no further run", check=_rerun, needs=("log",)),
    Rule(name="overfull-box", title="no box is too large", check=_overfull_refused, needs=("log",)),
    Rule(name="missing-glyph", title="no font and no glyph is missing", check=_missing, needs=("log",)),
    Rule(name="inclusion", title="pdfTeX took all included files without a warning", check=_inclusion, needs=("log",)),
    Rule(name="description", title="every image has a description", check=_descriptions, needs=("log",)),
    Rule(
        name="refused-package",
        title="no package is loaded that the venue refuses",
        check=_packages,
        fact="packages",
        needs=("log",),
    ),
)
