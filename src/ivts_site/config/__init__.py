"""Settings of the site."""

from ivts_site.config.load import load_config
from ivts_site.config.settings import Config, Series, SourceChoice, Vendor

__all__ = ["Config", "Series", "SourceChoice", "Vendor", "load_config"]
