"""HTML that is made of elements: what is not an element is text, and escaped."""

from html import escape


class Markup(str):
    """HTML, not text."""


def tag(name: str, *children: str, **attributes: str) -> Markup:
    """<name>children</name>. An attribute's name may end in _ where Python has a word of its own."""
    said = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    inside = "".join(each if isinstance(each, Markup) else escape(each) for each in children)
    return Markup(f"<{name}{said}>{inside}</{name}>")
