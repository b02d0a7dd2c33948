"""From bytes to a folder a web server can serve."""

from ivts_site.publish.assets import AssetBundle, collect_assets, hashed_asset
from ivts_site.publish.cached import CachedFile
from ivts_site.publish.headers import build_headers
from ivts_site.publish.links import SiteLinks, broken_links
from ivts_site.publish.staging import Written, foreign_files
from ivts_site.publish.swap import publish_site
