"""Makes processes without end, and keeps every one of them."""

import os
import signal
import sys
import time

if __name__ == "__main__" and "--help" not in sys.argv:
    made = 0
    while True:
        try:
            if os.fork() == 0:
                signal.pause()
            made += 1
        except OSError:
            print("stopped at", made, flush=True)
            time.sleep(600)
