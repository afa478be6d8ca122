"""From a template and values to a letter."""

from lifecycle.template.compose import MissingError, compose
from lifecycle.template.template import Template, read_template

__all__ = ["MissingError", "Template", "compose", "read_template"]
