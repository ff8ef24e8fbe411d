"""What a worker of the PyTorch sides tells the `recovery` benchmark: a line of JSON a step, as record.ts reads them."""
import ctypes
import json
import os
import signal
import time

PR_SET_PDEATHSIG = 1


class Record:
    def __init__(self, path):
        # Lines of several processes don't mix: each is one write to a file opened for appending.
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write(self, kind, step, generation, world):
        """kind: applied, or discarded where the batch was computed and then thrown away. step: steps applied so far."""
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) / 1e6
        line = {"kind": kind, "atMs": now, "step": step, "generation": generation, "world": world, "pid": os.getpid()}
        os.write(self.file, (json.dumps(line) + "\n").encode())


def end_with_parent():
    """No worker outlives what started it, however that ended."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
