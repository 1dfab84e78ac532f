"""The workload, and how a peer in Python is checked and timed: each answer first, then rounds of CPU time."""

import json
import platform
import statistics
import sys
import time
from decimal import Decimal
from importlib.metadata import version

with open(sys.argv[1], encoding="utf-8") as file:
    # As the Rust program of this folder wrote it.
    WORKLOAD = json.load(file)

REQUESTS = WORKLOAD["requests"]
SKUS = WORKLOAD["skus"]
ORGANIZATIONS = WORKLOAD["organizations"]


def version_of(package):
    """The version that is installed."""
    return f"{version(package)}, Python {platform.python_version()}"


def print_row(*, peer, package_version, itself, rounds, price_all):
    """Prints a row of the table.

    `price_all` prices every request in order and gives three sequences: layers, whether a promotion acted, and nets,
    as decimals or as whole cents.
    """
    layers, promoted, nets = (list(answers) for answers in price_all())
    nets = [net if isinstance(net, Decimal) else Decimal(int(net)).scaleb(-2) for net in nets]
    for index, expected in enumerate(WORKLOAD["answers"]):
        answer = [int(layers[index]), bool(promoted[index]), str(nets[index])]
        if answer != expected:
            sys.exit(f"error: {peer}: line {index} is {answer}, expected is {expected}")
    row = {
        "peer": peer,
        "version": package_version,
        "itself": itself,
        "ns": statistics.median(nanoseconds_of_line(price_all) for _ in range(rounds)),
        "rounds": rounds,
        "lines": len(REQUESTS),
        "total": str(sum(nets)),
        "hits": [sum(int(layer) == kind for layer in layers) for kind in range(3)],
        "promotions": sum(bool(one) for one in promoted),
    }
    print(json.dumps(row))


def nanoseconds_of_line(price_all):
    """CPU time of all threads of the process."""
    start = time.process_time_ns()
    price_all()
    return (time.process_time_ns() - start) / len(REQUESTS)
