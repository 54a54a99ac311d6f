"""Classes that tables are set in: those of TeX Live, and stand-ins for conference styles that are not in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paperkit.templates import Templates

_CAPTION = r"\usepackage[font=small,labelfont=bf,tableposition=top]{caption}"


@dataclass(frozen=True, kw_only=True)
class DocumentClass:
    """A class with its packages: `before` paperkit's own and `after` them, as the templates of venues load theirs."""

    first: str
    before: str = ""
    after: str = ""
    front: str = ""
    engine: str = "pdflatex"
    is_two_column: bool = False
    has_floats: bool = True

    def document(self, body: Sequence[str]) -> str:
        """Return a document with `body`; of paperkit's packages it has those that its own preamble names."""
        needs = {"rotating": self.has_floats, "longtable": not self.is_two_column, "pgf": False, "pgfplots": False}
        own = Templates().render("preamble.tex", venue="article", **needs)
        lines = (self.first, self.before, own, self.after, r"\begin{document}", self.front, *body, r"\end{document}")
        return "\n".join(line for line in lines if line) + "\n"


_FRONT = r"\title{Title}\author{Author}\maketitle"
CLASSES = {
    "article": DocumentClass(first=r"\documentclass{article}"),
    "neurips": DocumentClass(
        first=r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}",
        before=r"\usepackage[textheight=9in,textwidth=5.5in,top=1in]{geometry}\usepackage{times,natbib,hyperref,url}"
        r"\usepackage{booktabs,amsfonts,nicefrac,microtype}\usepackage{xcolor}",
    ),
    "icml": DocumentClass(
        first=r"\documentclass[twocolumn]{article}\usepackage{times,fancyhdr,xcolor,natbib,eso-pic,forloop}",
        before=r"\usepackage[textwidth=6.75in,textheight=9in,columnsep=0.25in]{geometry}"
        r"\usepackage{microtype,graphicx,subcaption,booktabs}",
        after=r"\usepackage{hyperref}\usepackage{amsmath,amssymb,mathtools,amsthm}\usepackage{cleveref}",
        is_two_column=True,
    ),
    "cvpr": DocumentClass(
        first=r"\documentclass[10pt,twocolumn,letterpaper]{article}",
        before=r"\usepackage[dvipsnames]{xcolor}\usepackage{times,epsfig,graphicx,amsmath,amssymb,booktabs}"
        r"\usepackage[textwidth=6.875in,textheight=8.875in,columnsep=0.3125in]{geometry}"
        r"\usepackage[font=small,labelsep=period]{caption}\usepackage[pagebackref,breaklinks,colorlinks]{hyperref}",
        is_two_column=True,
    ),
    "table option": DocumentClass(
        first=r"\documentclass{article}\usepackage[table]{xcolor}\usepackage{tikz}",
        after=_CAPTION + r"\usepackage{hyperref}",
    ),
    "acmart": DocumentClass(first=r"\documentclass[sigconf,nonacm]{acmart}", front=_FRONT, is_two_column=True),
    "IEEEtran": DocumentClass(first=r"\documentclass[conference]{IEEEtran}", front=_FRONT, is_two_column=True),
    "llncs": DocumentClass(first=r"\documentclass{llncs}", front=_FRONT),
    "elsarticle": DocumentClass(
        first=r"\documentclass[5p,times,twocolumn]{elsarticle}", front=_FRONT, is_two_column=True
    ),
    "revtex": DocumentClass(first=r"\documentclass[reprint]{revtex4-2}", front=_FRONT, is_two_column=True),
    "beamer": DocumentClass(first=r"\documentclass{beamer}", has_floats=False),
    "lualatex": DocumentClass(first=r"\documentclass{article}", engine="lualatex"),
    "xelatex": DocumentClass(first=r"\documentclass{article}", engine="xelatex"),
}
