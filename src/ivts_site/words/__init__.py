"""Sentences that depend on data: what no template can say and no number is."""
