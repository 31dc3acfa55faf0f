"""The peer of media.rs: PDQ by the public binding and Pillow. Reads one name a line, answers with one JSON line.

Each name stands for two files: name.rgb (raw pixels; width and height are in the name) and name.jpg. The best of as many
rounds as fit into the time given as argument, in milliseconds each.
"""

import json
import sys
import time

import numpy
import pdqhash
from PIL import Image


def best(work, span):
    result, shortest, end = work(), float("inf"), time.perf_counter() + span
    while time.perf_counter() < end:
        begun = time.perf_counter()
        work()
        shortest = min(shortest, time.perf_counter() - begun)
    return result, shortest * 1000


def text(answer):
    bits, quality = answer
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):064x}", int(quality)


span = float(sys.argv[1])
for name in map(str.strip, sys.stdin):
    width, height = map(int, name.rsplit("-", 1)[1].split("x"))
    pixels = numpy.fromfile(f"{name}.rgb", numpy.uint8).reshape(height, width, 3)
    alone, alone_ms = best(lambda: pdqhash.compute(pixels), span)
    file, file_ms = best(lambda: pdqhash.compute(numpy.asarray(Image.open(f"{name}.jpg").convert("RGB"))), span)
    print(json.dumps({"alone": text(alone), "alone_ms": alone_ms, "file": text(file), "file_ms": file_ms}), flush=True)
