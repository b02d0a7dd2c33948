"""Settings of the site."""

from ivts_site.config.data import CheckChoice, Http, Series, SourceChoice, Store, Vendor
from ivts_site.config.load import load_config
from ivts_site.config.settings import Config, is_placeholder
