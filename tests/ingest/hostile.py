"""Makes hostile inputs at run time: bombs, broken files, archives that climb. Nothing of this is ever stored."""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib

STORY = (
    "Thousands of dock workers walked out in the port of Rasmar on Monday over unpaid wages, their union said. "
    "Police closed two gates and arrested three people after a scuffle. Talks with the port authority are to resume on Friday."
)


def page(paragraphs: int = 8) -> bytes:
    body = "".join(f"<p>{STORY} Paragraph {n}.</p>" for n in range(paragraphs))
    return f"<html><head><title>Dockers walk out</title></head><body><article><h1>Dockers walk out</h1>{body}</article></body></html>".encode()


def one_line_html(size: int) -> bytes:
    return b"<html><body><p>" + (STORY.encode() + b" ") * (size // len(STORY)) + b"</p></body></html>"


def nested_html(depth: int, tag: str = "div") -> bytes:
    return f"<html><body>{f'<{tag}>' * depth}<p>{STORY * 5}</p></body></html>".encode()


def pdf(objects: list[bytes]) -> bytes:
    """A PDF of these object bodies, the first being the catalogue."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def stream(data: bytes, filters: int = 0) -> bytes:
    names = b" ".join([b"/FlateDecode"] * filters)
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (
        len(data),
        b"/Filter [%s]" % names if filters else b"",
        data,
    )


def _page_object(contents: int) -> bytes:
    return (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>" % contents
    )


def pdf_of(content: bytes, filters: int = 0) -> bytes:
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", pages, _page_object(4), stream(content, filters)])


def flate_bomb(size: int) -> bytes:
    """A content stream that inflates to ``size`` bytes, packed twice."""
    packer = zlib.compressobj(9)
    once = b"".join([*(packer.compress(b" " * (1 << 20)) for _ in range(size >> 20)), packer.flush()])
    return pdf_of(zlib.compress(once, 9), filters=2)


def text_bomb(operators: int) -> bytes:
    shown = b"BT /F1 1 Tf (%s) Tj ET\n" % (b"a" * 200)
    return pdf_of(zlib.compress(shown * operators, 9), filters=1)


def cyclic_pdf() -> bytes:
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"])


def pdf_with_count(count: int) -> bytes:
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count %d >>" % count
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            pages,
            _page_object(4),
            stream(b"BT /F1 12 Tf 72 700 Td (One page only.) Tj ET"),
        ]
    )


def zip_of(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def zip_with_link(target: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.create_system = 3
        info.external_attr = 0o120777 << 16
        archive.writestr(info, target)
        archive.writestr("story.txt", STORY)
    return out.getvalue()


def zip_bomb(size: int) -> bytes:
    return zip_of({"bomb.txt": b"a" * size, "story.txt": STORY.encode()})


def tar_with_links() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind, target in (
            ("a.txt", tarfile.SYMTYPE, "/etc/passwd"),
            ("b.txt", tarfile.LNKTYPE, "/etc/passwd"),
            ("null", tarfile.CHRTYPE, ""),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
        for name in ("../../climbs.txt", "/absolute.txt", "story.txt"):
            info = tarfile.TarInfo(name)
            info.size = len(STORY)
            archive.addfile(info, io.BytesIO(STORY.encode()))
    return out.getvalue()


def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{entities}]>'
        "<rss version='2.0'><channel><title>&l9;</title><item><title>&l9;</title></item></channel></rss>"
    ).encode()


def external_entity(url: str) -> bytes:
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "{url}">]>'
        "<rss version='2.0'><channel><title>t</title><item><title>&x;</title><description>&x;</description></item></channel></rss>"
    ).encode()
