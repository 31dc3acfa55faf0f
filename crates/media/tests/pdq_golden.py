"""Writes pdq_golden.txt: PDQ of drawn pictures by the reference (PyPI `pdqhash`, the C++ reference's binding).

    pip install pdqhash numpy && python3 pdq_golden.py > pdq_golden.txt

The pictures come from integer arithmetic alone, so that tests/it/pictures.rs can draw the same ones. Each line:
width height seed style hex quality.
"""

import numpy
import pdqhash

SIZES = [(1, 1), (4, 90), (300, 4), (5, 5), (5, 64), (7, 9), (63, 65), (64, 64), (65, 63), (100, 100), (128, 128), (129, 127), (200, 300),
         (257, 255), (511, 513), (640, 480), (700, 1100), (1025, 777), (1280, 720)]


def draw(width, height, seed, style):
    state = seed * 2654435761 + 12345 & 0xFFFFFFFF
    pixels = numpy.zeros((height, width, 3), numpy.uint8)
    for y in range(height):
        for x in range(width):
            state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
            noise = state >> 24
            if style == 0:
                rgb = (noise, (noise * 7) & 255, (noise * 13) & 255)
            elif style == 1:
                rgb = (x * 255 // width, y * 255 // height, (x + y) * 255 // (width + height))
            elif style == 2:
                inside = (x * 2 - width) ** 2 + (y * 2 - height) ** 2 < (min(width, height) * (3 + seed % 5) // 8) ** 2
                rgb = (220, 40, 60) if inside else (20 + noise // 16, 60, 120)
            else:
                rgb = (120 + (x // 9 + y // 7) % 3, 120, 121 + noise // 128)
            pixels[y, x] = rgb
    return pixels


for number, (width, height) in enumerate(SIZES):
    for style in range(4):
        bits, quality = pdqhash.compute(draw(width, height, number, style))
        value = int("".join("1" if bit else "0" for bit in bits), 2)
        print(width, height, number, style, f"{value:064x}", int(quality))
