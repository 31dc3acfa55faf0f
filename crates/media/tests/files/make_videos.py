"""Draws the videos beside it and videos/expected.txt: what the reference says of the frames that ffmpeg shows.

    apt install ffmpeg && pip install pdqhash numpy && python3 make_videos.py

Each video: 5 s, 10 frames a second, 96 by 72; a moving test card, from 2.6 s on another one. The first frame of each
second and the one where the scene changes are hashed. Each line: name milliseconds hex quality.
"""

import subprocess

import numpy
import pdqhash

WIDTH, HEIGHT, RATE = 96, 72, 10
SIZE = f"size={WIDTH}x{HEIGHT}:rate={RATE}"
DRAWN = (
    f"testsrc2={SIZE}:duration=2.6[a];mandelbrot={SIZE}:start_scale=0.5:end_scale=0.1,trim=duration=2.4,negate[b];"
    "[a][b]concat"
)
CODED = {
    "h264.mp4": ["-c:v", "libx264", "-crf", "32", "-metadata", "title=frame:9 pts_time:9"],
    "hevc.mp4": ["-c:v", "libx265", "-x265-params", "log-level=none"],
    "mpeg4.mov": ["-c:v", "mpeg4", "-q:v", "12"],
    "vp8.webm": ["-c:v", "libvpx", "-b:v", "60k", "-deadline", "realtime", "-cpu-used", "8"],
    "vp9.webm": ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"],
    "av1.mkv": ["-c:v", "libsvtav1", "-preset", "10"],
    "h264.mkv": ["-c:v", "libx264", "-crf", "30"],
    "xvid.avi": ["-c:v", "mpeg4", "-vtag", "xvid", "-q:v", "12"],
    "mjpeg.avi": ["-c:v", "mjpeg", "-q:v", "24"],
}


def ffmpeg(*words):
    return subprocess.run(["ffmpeg", "-v", "error", "-y", *words], stdout=subprocess.PIPE, check=True).stdout


with open("videos/expected.txt", "w") as expected:
    for name, coding in CODED.items():
        ffmpeg("-f", "lavfi", "-i", DRAWN, "-pix_fmt", "yuvj420p" if "mjpeg" in name else "yuv420p", *coding, f"videos/{name}")
        shown = ffmpeg("-i", f"videos/{name}", "-f", "rawvideo", "-pix_fmt", "rgb24", "-fps_mode", "passthrough", "pipe:1")
        frames = numpy.frombuffer(shown, numpy.uint8).reshape(-1, HEIGHT, WIDTH, 3)
        for second in (0, 1, 2, 2.6, 3, 4):
            bits, quality = pdqhash.compute(frames[int(second * RATE)])
            value = int("".join("1" if bit else "0" for bit in bits), 2)
            print(name, int(second * 1000), f"{value:064x}", int(quality), file=expected)
