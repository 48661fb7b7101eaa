"""Keeps what was read for the next run: cache.py WIT CACHE"""

import pickle
import sys
from pathlib import Path

from pywasmtools import parse_wit

cache = Path(sys.argv[2])
if not cache.exists():
    cache.write_bytes(pickle.dumps(parse_wit(Path(sys.argv[1]))))
resolve = pickle.loads(cache.read_bytes())
print(resolve.world(), "imports", *resolve.world().imports)
