"""`python -m ivts_site`."""

from ivts_site.cli import main

if __name__ == "__main__":
    main()
