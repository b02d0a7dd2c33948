"""Settings of the site."""

from ivts_site.config.load import load_config
from ivts_site.config.settings import Config, Http, Series, SourceChoice, Vendor

__all__ = ["Config", "Http", "Series", "SourceChoice", "Vendor", "load_config"]
