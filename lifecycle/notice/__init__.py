"""THE LETTER: template + case → Letter → text, HTML, Markdown. It is data first; each form is one
function of it.
"""

from lifecycle.notice.html import to_html
from lifecycle.notice.letter import MissingError, compose
from lifecycle.notice.markdown import to_markdown
from lifecycle.notice.model import Letter, Paragraph
from lifecycle.notice.template import Template, read_template
from lifecycle.notice.text import to_text

__all__ = [
    "Letter",
    "MissingError",
    "Paragraph",
    "Template",
    "compose",
    "read_template",
    "to_html",
    "to_markdown",
    "to_text",
]
