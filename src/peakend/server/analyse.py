"""The process of one run of the analyses, as the worker starts it: `python -m peakend.server.analyse
<key>`."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from peakend.server.serving import begin

    begin()
    from peakend.server.sync.analysing import main

    main(sys.argv[1])
