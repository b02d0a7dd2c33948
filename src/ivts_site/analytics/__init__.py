"""Every number the site publishes is decided here: values in, values out."""
