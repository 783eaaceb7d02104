"""Ignores its command line and begins to train, and starts a process of its own to do so."""

import itertools
import subprocess
import sys
import time

subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
for epoch in itertools.count(1):
    print(f"epoch {epoch}: loss 0.5", flush=True)
    time.sleep(0.2)
