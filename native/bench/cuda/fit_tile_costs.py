#!/usr/bin/env python3
"""Fits the costs of the tile configurations (native/cuda/tile_plan.h) to measured times.

    qutlass_bench --layers=qwen3-8b,llama-3.3-70b,small --sweep --only=int --out=sweep.jsonl \\
        --m=1,4,8,12,16,24,32,48,64,96,128,192,256,384,512,1024,2048
    python3 native/bench/cuda/fit_tile_costs.py sweep.jsonl

Prints the costs for the tables in matmul_int8.cu, matmul_int4_int4.cu and matmul_int4.cu, and how much slower than the
fastest configuration is the one that they choose. Needs numpy and scipy.
"""
import collections
import json
import math
import sys

from scipy.optimize import least_squares

MULTIPROCESSORS = 132  # of the device that was measured
BYTES_READ_PER_US = 31000  # of a multiprocessor

# Name: rows, columns, elements of k a step, blocks that fit a multiprocessor.
TILES = {
    "int8": {
        "128x256": (128, 256, 64, 1),
        "128x128": (128, 128, 128, 2),
        "64x128": (64, 128, 128, 2),
        "64x64": (64, 64, 128, 2),
        "32x64": (32, 64, 128, 2),
        "16x128": (16, 128, 128, 2),
    },
    "int4 int4": {
        "128x256": (128, 256, 128, 1),
        "128x128": (128, 128, 256, 2),
        "64x128": (64, 128, 256, 2),
        "64x64": (64, 64, 256, 2),
        "32x64": (32, 64, 256, 2),
        "16x128": (16, 128, 256, 2),
        "128x256w": (128, 256, 128, 1),
        "128x128w": (128, 128, 128, 2),
    },
    "int4 g128": {
        "128x128": (128, 128, 128, 2),
        "64x128": (64, 128, 128, 2),
        "48x128": (48, 128, 128, 3),
        "64x64": (64, 64, 128, 2),
        "32x64": (32, 64, 128, 3),
        "16x128": (16, 128, 128, 4),
    },
}
BYTES_PER_WEIGHT = {"int8": 1.0, "int4 int4": 0.5, "int4 g128": 0.5625}

Shape = collections.namedtuple("Shape", "n k m")
Sample = collections.namedtuple("Sample", "tile splits shape us")


def ceil_div(a, b):
    return -(-a // b)


def read_samples(paths, op):
    """Every forced configuration by tiles that was measured."""
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                provider = row.get("provider", "")
                if "layer" not in row or not provider.startswith(op + " "):
                    continue
                tile, _, splits = provider[len(op) + 1 :].partition("/")
                if tile in TILES[op]:
                    shape = Shape(row["n"], row["k"], row["m"])
                    yield Sample(tile, int(splits or 1), shape, row["us"]["median"])


def predicted_us(op, sample, costs):
    """As tiles_us() in native/cuda/tile_plan.cc."""
    rows, columns, depth, resident = TILES[op][sample.tile]
    n, k, m = sample.shape
    step_us, least_step_us, block_us = costs[sample.tile]
    steps = ceil_div(k, depth)
    per_split = ceil_div(steps, sample.splits)
    splits = ceil_div(steps, per_split)
    blocks = ceil_div(ceil_div(m, rows) * ceil_div(n, columns) * splits, MULTIPROCESSORS)

    def round_us(together):
        return per_split * max(step_us * together, least_step_us) + block_us

    rounds, rest = divmod(blocks, resident)
    us = rounds * round_us(resident) + (round_us(rest) if rest else 0)
    reading_us = BYTES_PER_WEIGHT[op] * n * k / (BYTES_READ_PER_US * MULTIPROCESSORS)
    us = max(us, reading_us) + costs["launch"]
    if splits > 1:
        part_bytes = 4 * (splits + 1) * m * n
        us += costs["split"] + part_bytes / (costs["parts"] * MULTIPROCESSORS)
    return us


def unpacked(op, logarithms):
    values = [math.exp(x) for x in logarithms]
    costs = {tile: tuple(values[3 * i : 3 * i + 3]) for i, tile in enumerate(TILES[op])}
    costs["launch"], costs["split"], costs["parts"] = values[-3:]
    return costs


def fit(op, samples):
    fastest = {}
    for sample in samples:
        fastest[sample.shape] = min(fastest.get(sample.shape, math.inf), sample.us)

    def residuals(logarithms):
        costs = unpacked(op, logarithms)
        # What is far from the fastest need not be predicted well.
        return [
            math.log(predicted_us(op, s, costs) / s.us) * (fastest[s.shape] / s.us) ** 2
            for s in samples
        ]

    start = [0.5, 1.0, 1.5] * len(TILES[op]) + [2.0, 2.0, 20000.0]
    solution = least_squares(
        residuals, [math.log(x) for x in start], loss="soft_l1", f_scale=0.1, max_nfev=60
    )
    return unpacked(op, solution.x)


def regrets(op, samples, costs):
    """The time of the chosen configuration over that of the fastest, for each shape."""
    by_shape = collections.defaultdict(list)
    for sample in samples:
        by_shape[sample.shape].append(sample)
    for shape, ways in by_shape.items():
        chosen = min(ways, key=lambda s: predicted_us(op, s, costs))
        yield chosen.us / min(s.us for s in ways), shape, chosen


def main(paths):
    for op in TILES:
        samples = list(read_samples(paths, op))
        if not samples:
            sys.exit(f"fit_tile_costs: no configuration of '{op}' in {', '.join(paths)}")
        costs = fit(op, samples)
        print(f"{op}: microseconds of a step, of the least step, of a block")
        for tile in TILES[op]:
            print("  {:8} {:.3f} {:.3f} {:.3f}".format(tile, *costs[tile]))
        print("  launch {launch:.2f}, split {split:.2f}, bytes of parts {parts:.0f}".format(**costs))
        ranked = sorted(regrets(op, samples, costs))
        mean = sum(regret for regret, *_ in ranked) / len(ranked)
        worst, shape, chosen = ranked[-1]
        print(f"  chosen to fastest: mean {mean:.3f}, worst {worst:.2f} at {shape} by {chosen.tile}\n")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
