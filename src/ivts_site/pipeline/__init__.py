"""Order of steps: fetch writes the data folder, build reads it and writes the site."""
