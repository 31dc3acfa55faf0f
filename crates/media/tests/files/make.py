"""Writes the drawn pictures beside it and expected.txt: what the reference says of the pixels that Pillow decodes.

    pip install pdqhash numpy pillow && python3 make.py

Each line: name width height hex quality. Alpha is dropped, not composited; 16 bits are cut to the high byte.
"""

import numpy
import pdqhash
from PIL import Image, ImageDraw

width, height = 83, 61
y, x = numpy.mgrid[0:height, 0:width]
waves = [(x * 7 + y * 3) % 256, (x * x // 20 + y * 5) % 256, (x * 2 + y * y // 9) % 256]
picture = Image.fromarray(numpy.stack(waves, -1).astype(numpy.uint8)).resize((width, height), Image.BILINEAR)
ImageDraw.Draw(picture).ellipse((20, 10, 60, 50), fill=(200, 60, 90))
grey = picture.convert("L")
seen_through = picture.convert("RGBA")
seen_through.putalpha(grey)
turned = picture.transpose(Image.FLIP_LEFT_RIGHT)
deep = Image.fromarray(numpy.asarray(grey).astype(numpy.uint16) * 256 + 77)

files = {
    "plain.jpg": (picture, {"quality": 80}),
    "restarts.jpg": (picture, {"restart_marker_blocks": 3, "subsampling": 1}),
    "progressive.jpg": (picture, {"progressive": True}),
    "grey_progressive.jpg": (grey, {"progressive": True}),
    "cmyk.jpg": (picture.convert("CMYK"), {"quality": 60}),
    "palette.png": (picture.convert("P", palette=Image.ADAPTIVE, colors=24), {"transparency": 2}),
    "two_colours.png": (picture.convert("1"), {}),
    "grey_alpha.png": (grey.convert("LA"), {}),
    "colour_alpha.png": (seen_through, {}),
    "grey_16.png": (deep, {}),
    "palette.gif": (picture.convert("P", palette=Image.ADAPTIVE, colors=60), {}),
    "moving.gif": (picture.convert("P"), {"save_all": True, "append_images": [turned.convert("P")], "duration": 40}),
    "lossy.webp": (picture, {"quality": 70}),
    "lossless.webp": (seen_through, {"lossless": True, "exact": True}),
    "moving.webp": (picture, {"save_all": True, "append_images": [turned], "lossless": True}),
    "colour.bmp": (picture, {}),
    "palette.bmp": (picture.convert("P"), {}),
    "plain.tif": (picture, {}),
    "lzw.tif": (picture, {"compression": "tiff_lzw"}),
    "grey_16.tif": (deep, {"compression": "tiff_adobe_deflate"}),
    "bits.tif": (picture.convert("1"), {"compression": "packbits"}),
}
with open("expected.txt", "w") as expected:
    for name, (image, settings) in files.items():
        image.save(name, **settings)
        image = Image.open(name)
        if image.mode == "I;16":
            image = Image.fromarray((numpy.asarray(image) >> 8).astype(numpy.uint8))
        if image.mode in ("P", "LA"):
            image = image.convert("RGBA")
        bits, quality = pdqhash.compute(numpy.asarray(image.convert("RGB")))
        value = int("".join("1" if bit else "0" for bit in bits), 2)
        print(name, image.width, image.height, f"{value:064x}", int(quality), file=expected)
