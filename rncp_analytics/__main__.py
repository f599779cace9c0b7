"""``python -m rncp_analytics``: the command ``rncp`` where the script isn't on the path."""

import sys

from rncp_analytics.cli import main

sys.exit(main())
