#!/usr/bin/env python3
"""The lens side by side with its peers on the same data, in alternating rounds; JSON lines, the ratios last.

    cargo build --release -p matcher --example lens
    python -m venv VENV && VENV/bin/pip install -r tests/python/bench-requirements.txt
    VENV/bin/python scripts/peers/matcher.py [--sizes 100000,1000000,10000000] [--rounds 3] [--folder /tmp/lens]
                                             [--parts near,exact,pdqindex]

Near: random hashes of 256 bits; half of the queries planted at 0 to 40 bits from one of them, half fresh; distance 31.
FAISS runs flat and as HMA builds it (`IndexBinaryIDMap2(IndexBinaryMultiHash(256, 16, 16))`, nflip 1), both exact.
`pdqindex` is the index of the `threatexchange` package, with its hexadecimal text in and out; it is slow to build.
Exact: random MD5s, half of the look-ups known, against `hfind` of Debian's sleuthkit where it is installed.
Answers are compared: with brute force by the lens itself, with FAISS by the number of hits. A difference ends the run.
Figures of a shared machine are noisy: read the ratios, taken in alternating rounds, and `load`, the load average.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import faiss
import numpy as np

RADIUS = 31
ROOT = Path(__file__).resolve().parents[2]


def say(**line):
    print(json.dumps(line | {"load": round(os.getloadavg()[0], 1)}), flush=True)
    return line


class Lens:
    """The example `lens`, asked over its standard input."""

    def __init__(self, folder):
        program = os.environ.get("LENS", str(ROOT / "target/release/examples/lens"))
        self.process = subprocess.Popen([program, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, question):
        print(question, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def near_data(folder, size, queries):
    """Known hashes and queries, the same for the same size; written for the lens."""
    chance = np.random.default_rng(size)
    known = chance.integers(0, 256, size=(size, 32), dtype=np.uint8)
    planted = known[chance.integers(0, size, size=queries // 2)]
    for k, query in enumerate(planted):
        for bit in chance.choice(256, k % 41, replace=False):
            query[bit // 8] ^= 1 << (bit % 8)
    asked = np.concatenate([planted, chance.integers(0, 256, size=(queries - queries // 2, 32), dtype=np.uint8)])
    chance.shuffle(asked)
    known.tofile(folder / "near.bin")
    asked.tofile(folder / "queries.bin")
    return known, asked


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def built(make):
    """What `make` builds, the seconds it took and the memory it added."""
    before, start = resident(), time.perf_counter()
    index = make()
    return index, time.perf_counter() - start, resident() - before


def multihash(known):
    """As HMA has it: ids outside, hashes in 16 tables of 16 bits, one bit flipped."""
    inner = faiss.IndexBinaryMultiHash(256, 16, 16)
    inner.nflip = RADIUS // 16
    index = faiss.IndexBinaryIDMap2(inner)
    index.keep = inner
    index.add_with_ids(known, np.arange(len(known), dtype=np.int64))
    return index


def flat(known):
    index = faiss.IndexBinaryFlat(256)
    index.add(known)
    return index


def one_by_one(search, queries):
    times = []
    for query in queries:
        start = time.perf_counter_ns()
        search(query)
        times.append((time.perf_counter_ns() - start) / 1000)
    times.sort()
    return {
        "p50_us": times[len(times) // 2],
        "p99_us": times[len(times) * 99 // 100],
        "per_second": 1e6 * len(times) / sum(times),
    }


def near(folder, size, rounds, with_pdqindex):
    known, asked = near_data(folder, size, 41_000)
    few = asked[: max(200, min(2000, 2_000_000_000 // size))]
    lens = Lens(folder)
    say(bench="near.build", engine="lens", size=size, **lens.ask("near-build 2"))
    recall = lens.ask(f"near-recall {max(100, 1_000_000_000 // size)}")
    say(bench="near.recall", engine="lens", size=size, **recall)
    if not (recall["one"] and recall["many"]):
        sys.exit("the lens disagrees with brute force")
    peers = {}
    for name, make in [("faiss-flat", lambda: flat(known)), ("faiss-multihash", lambda: multihash(known))]:
        peers[name], seconds, memory = built(make)
        say(bench="near.build", engine=name, size=size, seconds=seconds, bytes_each=memory / size)
    searches = {
        name: lambda query, index=index: index.range_search(query[None], RADIUS + 1) for name, index in peers.items()
    }
    if with_pdqindex:
        from threatexchange.signal_type.pdq.pdq_index import PDQIndex

        text = [(known[k].tobytes().hex(), k) for k in range(size)]
        pdqindex, seconds, memory = built(lambda: PDQIndex.build(text))
        del text
        say(bench="near.build", engine="pdqindex", size=size, seconds=seconds, bytes_each=memory / size)
        searches["pdqindex"] = lambda query: pdqindex.query(query.tobytes().hex())
    hits = lens.ask(f"near-hits {len(few)}")["hits"]
    found = {"lens": [], "bulk1": [], "bulk2": []} | {name: [] for name in searches}
    for number in range(rounds):
        for name, search in searches.items():
            faiss.omp_set_num_threads(1)
            figures = one_by_one(search, few)
            found[name].append(figures)
            say(bench="near.one", engine=name, size=size, round=number, **figures)
            figures = lens.ask("near-one")
            found["lens"].append(figures)
            say(bench="near.one", engine="lens", size=size, round=number, **figures)
        for threads in (1, 2):
            for name, index in peers.items():
                faiss.omp_set_num_threads(threads)
                start, had = time.perf_counter(), time.process_time()
                index.range_search(few, RADIUS + 1)
                wall, cpu = time.perf_counter() - start, time.process_time() - had
                figures = {"per_second": len(few) / wall, "per_cpu_second": len(few) / cpu, "threads": threads}
                found.setdefault(f"{name}{threads}", []).append(figures)
                say(bench="near.many", engine=name, size=size, round=number, **figures)
            figures = lens.ask(f"near-many {threads}") | {"threads": threads}
            found[f"bulk{threads}"].append(figures)
            say(bench="near.many", engine="lens", size=size, round=number, **figures)
    faiss.omp_set_num_threads(2)
    theirs = len(peers["faiss-multihash"].range_search(few, RADIUS + 1)[2])
    if theirs != hits:
        sys.exit(f"{hits} hits, FAISS has {theirs}")
    say(bench="near.new", engine="lens", size=size, **lens.ask("near-insert 2000"))
    lens.ask("near-build 2")
    lens.ask("near-save")
    say(bench="near.open", engine="lens", size=size, **lens.ask("near-open"))
    say(bench="near.one", engine="lens from snapshot", size=size, **lens.ask("near-one"))
    lens.ask("lanes portable")
    say(bench="near.one", engine="lens portable", size=size, **lens.ask("near-one"))
    lens.close()
    (folder / "near.lens").unlink()

    def middle(name, key):
        return statistics.median(figures[key] for figures in found[name])

    best = min(middle(name, "p50_us") for name in peers)
    rate = {threads: max(middle(f"{name}{threads}", "per_second") for name in peers) for threads in (1, 2)}
    cpu = max(middle(f"{name}1", "per_cpu_second") for name in peers)
    say(
        bench="near.ratio",
        size=size,
        p50_us=middle("lens", "p50_us"),
        peer_p50_us=best,
        faster=best / middle("lens", "p50_us"),
        bulk=middle("bulk1", "per_second"),
        peer_bulk=rate[1],
        bulk_faster=middle("bulk1", "per_second") / rate[1],
        bulk_per_cpu=middle("bulk1", "per_cpu_second"),
        bulk_faster_per_cpu=middle("bulk1", "per_cpu_second") / cpu,
        bulk_faster_2=middle("bulk2", "per_second") / rate[2],
    )


def exact(folder, size, rounds):
    chance = np.random.default_rng(size + 1)
    known = chance.integers(0, 256, size=(size, 16), dtype=np.uint8)
    count = 4_000_000
    asked = np.concatenate(
        [known[chance.integers(0, size, size=count // 2)], chance.integers(0, 256, size=(count // 2, 16), dtype=np.uint8)]
    )
    chance.shuffle(asked)
    known.tofile(folder / "keys.bin")
    asked.tofile(folder / "asked.bin")
    lens = Lens(folder)
    say(bench="exact.build", engine="lens", size=size, **lens.ask("exact-build 2"))
    hfind = shutil.which("hfind")
    text, few = folder / "known.txt", folder / "few.txt"
    if hfind:
        with text.open("w") as file:
            file.writelines(f"{key.tobytes().hex()}  file{k}\n" for k, key in enumerate(known))
        few.write_text("".join(f"{key.tobytes().hex()}\n" for key in asked[:50_000]))
        start = time.perf_counter()
        subprocess.run([hfind, "-i", "md5sum", str(text)], check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
        memory = sum(file.stat().st_size for file in folder.glob("known.txt*"))
        say(bench="exact.build", engine="hfind", size=size, seconds=seconds, bytes_each=memory / size)
    ours, theirs = [], []
    for number in range(rounds):
        for threads in (1, 2):
            figures = lens.ask(f"exact-many {threads}")
            if figures["hits"] != count // 2:
                sys.exit(f"{figures['hits']} hits of {count // 2}")
            if threads == 1:
                ours.append(figures["per_second"])
            say(bench="exact.many", engine="lens", size=size, round=number, threads=threads, **figures)
        if hfind:
            start = time.perf_counter()
            # Not with -q: that stops at the first digest.
            answer = subprocess.run([hfind, "-f", str(few), str(text)], check=True, stdout=subprocess.PIPE).stdout
            theirs.append(50_000 / (time.perf_counter() - start))
            if answer.count(b"\n") != 50_000:
                sys.exit("hfind did not answer for every digest")
            say(bench="exact.many", engine="hfind", size=size, round=number, per_second=theirs[-1])
    lens.ask("exact-save")
    say(bench="exact.open", engine="lens", size=size, **lens.ask("exact-open"))
    lens.close()
    if hfind:
        faster = statistics.median(ours) / statistics.median(theirs)
        say(bench="exact.ratio", size=size, per_second=statistics.median(ours), faster_than_hfind=faster)
    for file in [folder / "exact.lens", *folder.glob("known.txt*")]:
        file.unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100000,1000000,10000000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/lens"))
    parser.add_argument("--parts", default="near,exact,pdqindex")
    chosen = parser.parse_args()
    parts = chosen.parts.split(",")
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for size in (int(size) for size in chosen.sizes.split(",")):
        if "near" in parts:
            near(chosen.folder, size, chosen.rounds, "pdqindex" in parts and size <= 1_000_000)
        if "exact" in parts:
            exact(chosen.folder, size, chosen.rounds)


if __name__ == "__main__":
    main()
