"""From bytes to a folder a web server can serve."""

from ivts_site.publish.assets import AssetBundle, collect_assets
from ivts_site.publish.swap import publish_site

__all__ = ["AssetBundle", "collect_assets", "publish_site"]
