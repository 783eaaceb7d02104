"""Ignores its command line, starts to train, and starts a process of its own as well."""

import itertools
import subprocess
import sys
import time

subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
for epoch in itertools.count(1):
    print(f"epoch {epoch}: loss 0.5", flush=True)
    time.sleep(0.2)
