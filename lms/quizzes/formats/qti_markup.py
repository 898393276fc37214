"""Our rendered HTML as the XHTML that QTI allows: every element closed, nothing it does not know."""

from html.parser import HTMLParser

from lms.quizzes.formats.xml_text import escaped

_KNOWN = {
    "p", "br", "ul", "ol", "li", "strong", "em", "b", "i", "code", "pre", "blockquote", "a", "span", "div", "sub", "sup",
    "table", "thead", "tbody", "tr", "th", "td", "h3", "h4", "h5", "h6", "abbr", "dl", "dt", "dd",
}  # fmt: skip
_VOID = {"br"}


def xhtml(html: str) -> str:
    """Return HTML as well-formed XHTML; an element that QTI does not know leaves its text behind."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return "".join(writer.out) + "".join(f"</{tag}>" for tag in reversed(writer.open))


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _KNOWN:
            return
        given = dict(attrs)
        said = f' href="{escaped(given["href"] or "")}"' if tag == "a" and given.get("href") else ""
        said += f' xml:lang="{escaped(given["lang"] or "")}"' if given.get("lang") else ""
        if tag in _VOID:
            self.out.append(f"<{tag}/>")
            return
        self.open.append(tag)
        self.out.append(f"<{tag}{said}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open:
                closed = self.open.pop()
                self.out.append(f"</{closed}>")
                if closed == tag:
                    break

    def handle_data(self, data: str) -> None:
        self.out.append(escaped(data))
