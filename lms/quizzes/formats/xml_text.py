"""Writing XML: text that cannot break out of its place, and signs that XML has no way to hold."""

import re

from lms.quizzes.formats.exchange import Unfit

_NEVER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SIGNS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}


def escaped(text: str) -> str:
    """Return a text as it stands in an element or an attribute."""
    if _NEVER.search(text):
        raise Unfit("it holds a sign that XML cannot hold.")
    return "".join(_SIGNS.get(letter, letter) for letter in text)


def element(tag: str, *inside: str, **attributes: str) -> str:
    """Return an element around what is XML already."""
    said = "".join(f' {name.rstrip("_")}="{escaped(value)}"' for name, value in attributes.items())
    return f"<{tag}{said}>{''.join(inside)}</{tag}>"


def text(tag: str, words: str, **attributes: str) -> str:
    """Return an element around a text."""
    return element(tag, escaped(words), **attributes)
