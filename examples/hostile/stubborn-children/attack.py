"""Sleeps past its limit with children in sessions of their own, none of which minds a signal."""

import os
import signal
import sys
import time


def stay():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(600)


if __name__ == "__main__" and "--help" not in sys.argv:
    for _ in range(5):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                stay()
            stay()
    stay()
