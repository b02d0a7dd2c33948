"""Static-site generator for the VIX term structure: VIX / VIX3M, its regime and its history."""
