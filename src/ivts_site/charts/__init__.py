"""Charts: one Plotly figure each, a picture drawn from the same figure, a summary, a table and a download.

What is drawn is a figure in Plotly's form, made of the parts in `theme` and `axes`; `svg` draws it.

- A chart of the page is a module with an `ID`: its figure and its `dated.View` of each range go to
  `options.finish`. `signal` and `futures` share `panels`, two lines below each other with labels by `peaks`.
- A picture without a chart goes to `picture.draw`: those of `research`, `studies`, `episode` and `futures`.
- `scale`, `strip`, `sparkline`, `calendar` and `badge` are no figures and write their own SVG.
- `card` draws pixels on a `canvas`; `standalone` makes a file of a chart, and a PNG of that.
"""

from ivts_site.charts.badge import draw_badge
from ivts_site.charts.card import build_card, build_preview
from ivts_site.charts.export import figure_json
from ivts_site.charts.options import Options
from ivts_site.charts.registry import BUILDERS, build_charts
from ivts_site.charts.scale import build_scale
from ivts_site.charts.strip import Strip, build_strip
