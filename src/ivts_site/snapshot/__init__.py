"""What is published as JSON."""
