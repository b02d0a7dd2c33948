"""Editorial files under `templates/content/`: typed, validated, and free of typed measurements.

Prose names what it means to quote as `{fact}`; the words come from the snapshot. Doubled braces are literal.
"""

from __future__ import annotations

from ivts_site.content.facts import FACTS
from ivts_site.content.load import load_content
from ivts_site.content.models import Content, Section
from ivts_site.content.text import substitute_facts, unlink
