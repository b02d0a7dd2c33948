"""Static-site generator for the VIX term structure: VIX / VIX3M, its regime and its history."""

__version__ = "0.1.0"
