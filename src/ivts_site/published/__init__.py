"""Each published record, once: what analytics returns and what JSON, CSV, schemas and pages read."""
