"""`python -m peakend`."""

from peakend.cli import main

if __name__ == "__main__":
    main()
