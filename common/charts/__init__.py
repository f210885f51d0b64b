"""Geometry of the drawings: numbers in, coordinates out. Nothing here knows HTML, or a colour.

Lengths are units of the drawing's own ``viewBox``; y grows downwards; everything returned is
frozen and rounded to a tenth, so that equal figures give equal drawings. Each drawing stands
beside a table of the same figures: the drawing is for the eye, the table for everybody.
"""

from common.charts.bar_charts import Bar, BarRow, Bars, bars
from common.charts.graphs import Arrow, Box, Graph, Node, graph
from common.charts.radars import Radar, Series, radar
from common.charts.shapes import Label, Point

__all__ = [
    "Arrow",
    "Bar",
    "BarRow",
    "Bars",
    "Box",
    "Graph",
    "Label",
    "Node",
    "Point",
    "Radar",
    "Series",
    "bars",
    "graph",
    "radar",
]
