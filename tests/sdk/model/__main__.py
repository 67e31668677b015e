"""Runs the model alone: python3 -m model PORT. Ends with Ctrl-C."""

import sys
import time

from .server import Model

with Model(int(sys.argv[1])) as model:
    print(f"the model answers on {model.url}; GET {model.url}/ledger tells what it has charged", flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        pass
