"""Charts: one Plotly figure each, a picture drawn from the same figure, a summary, a table and a download."""

from ivts_site.charts.badge import draw_badge
from ivts_site.charts.card import build_card, build_preview
from ivts_site.charts.export import figure_json
from ivts_site.charts.options import Options
from ivts_site.charts.registry import BUILDERS, build_charts
from ivts_site.charts.scale import build_scale
from ivts_site.charts.strip import Strip, build_strip
