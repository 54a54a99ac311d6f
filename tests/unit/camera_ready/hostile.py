"""PDFs that nobody should make: each builder writes one, as bytes."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

Fill = Callable[[Pdf, Any], None]


def with_page(fill: Fill, **save: Any) -> bytes:
    """Return a PDF of one page that `fill` has worked on."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(612, 792))
    fill(pdf, page.obj)
    stream = io.BytesIO()
    as_they_are = {"stream_decode_level": pikepdf.StreamDecodeLevel.none, "compress_streams": False}
    pdf.save(stream, fix_metadata_version=False, **(save or as_they_are))
    return stream.getvalue()


def form(pdf: Pdf, content: bytes, **resources: Any) -> Any:
    """Return a form with some XObjects in its resources."""
    made = pdf.make_stream(content)
    made.Type, made.Subtype, made.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 100])
    made.Resources = Dictionary(XObject=Dictionary(**resources))
    return made


def shows_itself(pdf: Pdf, page: Any) -> None:
    """A form whose content shows the form."""
    made = form(pdf, b"/F Do")
    made.Resources.XObject.F = made
    page.Resources = Dictionary(XObject=Dictionary(F=made))
    page.Contents = pdf.make_stream(b"/F Do")


def thousandfold(pdf: Pdf, page: Any) -> None:
    """Ten forms, each of which shows the next ten times: 10^10 lines."""
    last = form(pdf, b"0 0 m 1 1 l S")
    for _ in range(10):
        last = form(pdf, b"/F Do " * 10, F=last)
    page.Resources = Dictionary(XObject=Dictionary(F=last))
    page.Contents = pdf.make_stream(b"/F Do")


def deep_forms(pdf: Pdf, page: Any) -> None:
    """A hundred forms, one within the other."""
    last = form(pdf, b"0 0 m 1 1 l S")
    for _ in range(100):
        last = form(pdf, b"/F Do", F=last)
    page.Resources = Dictionary(XObject=Dictionary(F=last))
    page.Contents = pdf.make_stream(b"/F Do")


def type3(pdf: Pdf, **resources: Any) -> Any:
    """Return a Type 3 font without a name, whose one glyph is a square; with its glyphs' resources."""
    glyph = pdf.make_stream(b"500 0 d0 0 0 500 500 re f")
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=Array([0, 0, 500, 500]),
            FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]),
            CharProcs=Dictionary(a=glyph),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.a])),
            FirstChar=97,
            LastChar=97,
            Widths=Array([500]),
            Resources=Dictionary(**resources),
        )
    )


def deep_font(pdf: Pdf, page: Any) -> None:
    """A Type 3 font in the innermost of fifty forms, one within the other."""
    last = form(pdf, b"BT /T 12 Tf (a) Tj ET")
    last.Resources.Font = Dictionary(T=type3(pdf))
    for _ in range(50):
        last = form(pdf, b"/F Do", F=last)
    page.Resources = Dictionary(XObject=Dictionary(F=last))
    page.Contents = pdf.make_stream(b"/F Do")


def many_fonts(pdf: Pdf, page: Any) -> None:
    """More fonts in a page's resources than are read, the last of them a Type 3 font."""
    sound = pdf.make_indirect(Dictionary(Subtype=Name.Type0))
    fonts = {f"/F{at:05}": sound for at in range(5000)}
    page.Resources = Dictionary(Font=Dictionary({**fonts, "/T": type3(pdf)}))


def masked_font(pdf: Pdf, page: Any) -> None:
    """A Type 3 font in a soft mask."""
    mask = form(pdf, b"BT /T 12 Tf (a) Tj ET")
    mask.Resources.Font = Dictionary(T=type3(pdf))
    page.Resources = Dictionary(ExtGState=Dictionary(G=Dictionary(SMask=Dictionary(S=Name.Luminosity, G=mask))))
    page.Contents = pdf.make_stream(b"/G gs 0 0 9 9 re f")


def font_of_a_state(pdf: Pdf, page: Any) -> None:
    """A Type 3 font that a graphics state sets."""
    page.Resources = Dictionary(ExtGState=Dictionary(G=Dictionary(Font=Array([type3(pdf), 12]))))
    page.Contents = pdf.make_stream(b"/G gs BT (a) Tj ET")


def font_loop(pdf: Pdf, page: Any) -> None:
    """A Type 3 font whose glyphs show text in the font, and a form that shows itself."""
    font, made = type3(pdf), form(pdf, b"")
    font.Resources.Font = Dictionary(T=font)
    font.Resources.XObject = Dictionary(F=made)
    made.Resources.Font, made.Resources.XObject = Dictionary(T=font), Dictionary(F=made)
    page.Resources = Dictionary(Font=Dictionary(T=font), XObject=Dictionary(F=made))


def inflated(pdf: Pdf, page: Any) -> None:
    """A hundred kilobytes that unpack to ninety-six megabytes."""
    engine = zlib.compressobj(9)
    data = b"".join(engine.compress(b" " * 2**20) for _ in range(96)) + engine.flush()
    page.Contents = pikepdf.Stream(pdf, b"")
    page.Contents.write(data, filter=Name.FlateDecode)


def inflated_twice(pdf: Pdf, page: Any) -> None:
    """Ninety-six megabytes packed twice, into some kilobytes."""
    engine = zlib.compressobj(9)
    data = zlib.compress(b"".join(engine.compress(b" " * 2**20) for _ in range(96)) + engine.flush(), 9)
    page.Contents = pikepdf.Stream(pdf, b"")
    page.Contents.write(data, filter=Array([Name.FlateDecode, Name.FlateDecode]))


def many_operators(pdf: Pdf, page: Any) -> None:
    """A hundred thousand operators."""
    page.Contents = pdf.make_stream(b"0 g " * 100_000)


def nested_arrays(pdf: Pdf, page: Any) -> None:
    """A hundred thousand brackets that open, in a page's content."""
    page.Contents = pdf.make_stream(b"[" * 100_000 + b"(a) TJ 0 0 m 50 50 l S")


def broken_operands(pdf: Pdf, page: Any) -> None:
    """Operators with operands that are missing, of wrong types, without end."""
    page.Contents = pdf.make_stream(
        b"/x cm 1 cm w (a) w <</A>> gs re 1 2 re (unended \\( string ) Tj /No 5 Tf /No Do 9999999999999999999 w "
        b"--5 w 5-3 w 0 0 m S BI /W 1 ID x EI q Q Q Q Q ET " + b"9" * 500 + b" w < 12 TJ [ (a) /b 3 ] TJ \x00\xff(("
    )


def loops(pdf: Pdf, page: Any) -> None:
    """Outlines, structure, names, actions and parents that come back to where they began."""
    outline = pdf.make_indirect(Dictionary(Title="a"))
    outline.Next = outline
    pdf.Root.Outlines = Dictionary(First=outline)
    element = pdf.make_indirect(Dictionary(S=Name.Figure))
    element.K = Array([element, element])
    pdf.Root.StructTreeRoot = Dictionary(K=element)
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    action = pdf.make_indirect(Dictionary(S=Name.GoTo))
    action.Next = action
    page.Annots = Array([pdf.make_indirect(Dictionary(Subtype=Name.Link, A=action))])
    pattern = form(pdf, b"")
    pattern.Resources = Dictionary(Pattern=Dictionary(P=pattern))
    page.Resources = Dictionary(Pattern=Dictionary(P=pattern))


def wrong_types(pdf: Pdf, page: Any) -> None:
    """Everything is something else than it should be."""
    page.MediaBox = Array([0, 0, Name.Wide, 792])
    page.Rotate = Name.Left
    page.Annots = Dictionary(A=1)
    page.Resources = Dictionary(
        Font=Dictionary(A=1, B=Dictionary(Subtype=Name.Type0, DescendantFonts=Array([1])), C=Dictionary(Subtype=1)),
        XObject=Array([1]),
        ColorSpace=Dictionary(A=Array([Name.ICCBased, 1]), B=Array([])),
    )
    page.Contents = Array([1, pdf.make_stream(b"/A 1 Tf (x) Tj /B 2 Tf (yy) Tj /C 3 Tf (z) Tj /A cs /B CS /C cs 1 sc")])
    pdf.Root.Names = Array([1])
    pdf.Root.Outlines = 5
    pdf.Root.Metadata = Dictionary(A=1)
    pdf.Root.Lang = 7
    pdf.trailer.Info = pdf.make_indirect(Dictionary(Title=Array([1]), Producer=3))


def deep_page_tree() -> bytes:
    """A page below twenty thousand nodes."""
    depth = 20_000
    parts = ["%PDF-1.4", "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj"]
    parts += [
        f"{n} 0 obj<</Type/Pages/Count 1/Kids[{n + 1} 0 R]{f'/Parent {n - 1} 0 R' if n > 2 else ''}>>endobj"
        for n in range(2, depth)
    ]
    parts.append(f"{depth} 0 obj<</Type/Page/MediaBox[0 0 612 792]/Parent {depth - 1} 0 R>>endobj")
    parts.append("trailer<</Root 1 0 R>>\n%%EOF")
    return "\n".join(parts).encode()


def page_tree_loop() -> bytes:
    """Page nodes that have each other as kids."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 9/Kids[3 0 R 2 0 R]>>endobj\n"
        b"3 0 obj<</Type/Pages/Count 1/Kids[2 0 R]/Parent 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


def deep_objects() -> bytes:
    """A dictionary within fifty thousand arrays, in the catalogue."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/Odd " + b"[" * 50_000 + b"]" * 50_000 + b">>endobj\n"
        b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
        b"3 0 obj<</Type/Page/MediaBox[0 0 612 792]/Parent 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )
