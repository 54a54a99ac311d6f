"""A JUnit report of a check, as GitLab and Jenkins show it: a case per target, and one for data and documents."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from paperkit.build.targets import Target
from paperkit.review.check import Finding


def report(targets: Iterable[Target], found: Iterable[Finding], *, strict: bool = False) -> str:
    """Return the XML of a report; a case fails if anything but notes was found, in a strict check notes too."""
    every = tuple(found)
    cases = {target.id: [one for one in every if one.target == target.id] for target in targets}
    cases["data and documents"] = [one for one in every if one.target is None]
    suite = ET.Element("testsuite", name="paperkit check", tests=str(len(cases)))
    failures = 0
    for name, about in cases.items():
        case = ET.SubElement(suite, "testcase", classname="paperkit", name=name)
        wrong = [_text(str(one.problem)) for one in about if strict or not one.is_note]
        failures += bool(wrong)
        if wrong:
            ET.SubElement(case, "failure", message=wrong[0].partition("\n")[0]).text = "\n".join(wrong)
        elif about:
            ET.SubElement(case, "system-out").text = "\n".join(_text(str(one.problem)) for one in about)
    suite.set("failures", str(failures))
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=False) + "\n"


def _text(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return "".join(c if c in "\t\n" or (c.isprintable() and c not in "\ufffe\uffff") else "?" for c in text)
