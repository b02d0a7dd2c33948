"""Settings of the site."""

from ivts_site.config.load import load_config
from ivts_site.config.settings import (
    CheckChoice,
    Config,
    Http,
    Series,
    SourceChoice,
    Store,
    Vendor,
    is_placeholder,
)
