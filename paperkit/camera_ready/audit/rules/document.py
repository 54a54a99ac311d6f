"""The file as a whole: size, version, encryption, scripts, attachments, links, title, language, tags."""

from __future__ import annotations

from collections.abc import Iterator

from paperkit.camera_ready.audit.report import Finding
from paperkit.camera_ready.audit.rule import Rule, counted, failed, listed
from paperkit.camera_ready.audit.subject import Subject
from paperkit.style.submission import Fact


def _damaged(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    document = subject.document
    if document.repairs:
        yield failed(
            "damaged",
            f"the file is damaged, and was mended to be read: {document.repairs[0]}",
            measured=counted(len(document.repairs), "repair"),
            allowed="none",
            fix="compile the paper again, and do not edit the PDF",
        )
    for part in document.unread:
        yield failed("damaged", f"could not be read: {part}", fix="compile the paper again")


def _version(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    assert fact is not None  # noqa: S101 - a rule with a fact is asked only with it
    least, most = fact.value
    version = subject.document.version
    if not _numbers(least) <= _numbers(version) <= _numbers(most):
        yield failed(
            "pdf-version",
            f"the file is PDF {version}",
            fact,
            measured=version,
            allowed=f"{least} to {most}",
            fix=f"\\pdfminorversion={most.split('.')[-1]} before \\documentclass",
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _encryption(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    if subject.document.is_encrypted:
        yield failed(
            "encryption",
            "the file is encrypted",
            fact,
            measured="encrypted",
            allowed="not encrypted",
            fix="make the PDF without password and restrictions",
        )


def _scripts(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    for where in subject.document.javascript:
        yield failed(
            "javascript",
            f"the file runs a script: {where}",
            fact,
            measured="JavaScript",
            allowed="none",
            fix="leave out animate, media9, and the scripts of forms",
        )


def _attachments(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    for name in subject.document.attachments:
        yield failed(
            "attachments",
            f"a file is attached: {name}",
            severity="warning",
            measured=name,
            allowed="none",
            fix="leave out \\attachfile and \\embedfile",
        )


def _links(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    pages = [page for page, kind in subject.document.annotations if kind == "Link"]
    if pages:
        yield failed(
            "links",
            f"the file has {counted(len(pages), 'link')}",
            fact,
            page=pages[0],
            measured=str(len(pages)),
            allowed="0",
            fix="do not load hyperref, or load it with the option draft",
        )


def _annotations(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    others = [(page, kind) for page, kind in subject.document.annotations if kind != "Link"]
    if others:
        yield failed(
            "annotations",
            f"the file has annotations ({listed(kind for _, kind in others)})",
            fact,
            page=others[0][0],
            measured=str(len(others)),
            allowed="0",
            fix="leave out notes and forms (pdfcomment, todonotes, hyperref's forms)",
        )


def _bookmarks(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    count = subject.document.bookmarks
    if count:
        yield failed(
            "bookmarks",
            f"the file has {counted(count, 'bookmark')}",
            fact,
            measured=str(count),
            allowed="0",
            fix="\\hypersetup{bookmarks=false}",
        )


def _size(subject: Subject, fact: Fact | None) -> Iterator[Finding]:
    assert fact is not None  # noqa: S101 - a rule with a fact is asked only with it
    megabytes = subject.size / 1e6
    if megabytes > fact.value:
        yield failed(
            "file-size",
            f"the file has {megabytes:.1f} MB",
            fact,
            measured=f"{megabytes:.1f} MB",
            allowed=f"{fact.value:g} MB",
            fix="make large images smaller, and rasterise figures of very many points",
        )


def _title(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    if not subject.document.title:
        yield failed(
            "title",
            "the file has no title",
            severity="note",
            measured="none",
            allowed="a title",
            fix="\\hypersetup{pdftitle={…}}, or \\DocumentMetadata",
        )


def _language(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    if not subject.document.language:
        yield failed(
            "language",
            "the file does not say its language",
            severity="note",
            measured="none",
            allowed="a language",
            fix="\\hypersetup{pdflang={en}}, or \\DocumentMetadata{lang=en}",
        )


def _tagged(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    if not subject.document.is_tagged:
        yield failed(
            "tagged",
            "the file is not tagged",
            severity="note",
            measured="not tagged",
            allowed="tagged",
            fix="\\DocumentMetadata{tagging=on} with a current LaTeX, where the class allows it",
        )


def _alt_text(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    document = subject.document
    bare = document.figures - document.described
    if not document.is_tagged:
        yield Finding(
            rule="alt-text",
            status="skipped",
            severity="note",
            message="in a file without tags no figure can have alternative text",
            fix="give figures their alt in paper.toml; it is shown once the file is tagged",
        )
    elif bare:
        yield failed(
            "alt-text",
            f"{bare} of {counted(document.figures, 'figure')} have no alternative text",
            severity="warning",
            measured=str(document.described),
            allowed=str(document.figures),
            fix="\\includegraphics[alt={…}]{…}",
        )


def _claims(subject: Subject, _: Fact | None) -> Iterator[Finding]:
    claims = subject.document.claims
    if claims and not subject.document.output_intents and any(claim.startswith("PDF/A") for claim in claims):
        yield failed(
            "claims",
            f"the file claims to be {listed(claims)}, but names no output intent",
            severity="warning",
            measured="no /OutputIntents",
            allowed="an output intent",
            fix="pdfx or \\DocumentMetadata{pdfstandard=…}",
        )


RULES = (
    Rule(name="damaged", title="the file is sound", for_figures=True, check=_damaged),
    Rule(name="pdf-version", title="the version of PDF is one that the venue takes", check=_version, fact="versions"),
    Rule(name="encryption", title="the file is not encrypted", for_figures=True, check=_encryption, fact="encryption"),
    Rule(
        name="javascript",
        title="the file runs no script",
        for_figures=True,
        check=_scripts,
        fact="javascript",
        needs=("annotations",),
    ),
    Rule(name="attachments", title="no file is attached", check=_attachments, needs=("annotations",)),
    Rule(name="links", title="the file has no links", check=_links, fact="links", needs=("annotations",)),
    Rule(
        name="annotations",
        title="the file has no annotations",
        check=_annotations,
        fact="annotations",
        needs=("annotations",),
    ),
    Rule(name="bookmarks", title="the file has no bookmarks", check=_bookmarks, fact="bookmarks", needs=("bookmarks",)),
    Rule(name="file-size", title="the file is not too large", check=_size, fact="megabytes"),
    Rule(name="title", title="the file has a title", check=_title, needs=("metadata",)),
    Rule(name="language", title="the file says its language", check=_language),
    Rule(name="tagged", title="the file is tagged", check=_tagged),
    Rule(name="alt-text", title="every figure has alternative text", check=_alt_text, needs=("structure",)),
    Rule(name="claims", title="what the file claims to be is not contradicted", check=_claims, needs=("metadata",)),
)
