"""Python's decimal and dictionaries: prices and factors are parsed once, when the rows are read."""

import platform
from decimal import ROUND_HALF_EVEN, Decimal

from measure import ORGANIZATIONS, REQUESTS, SKUS, WORKLOAD, print_row

CENT = Decimal("0.01")


def row_of(row):
    breaks = [(start, Decimal(price)) for start, price in row["breaks"]]
    return row["first_day"], row["last_day"], breaks


BASE = [row_of(row) for row in WORKLOAD["base"]]
GROUP = {(group, sku): row_of(row) for group, sku, row in WORKLOAD["group"]}
CONTRACT = {(buyer, sku): row_of(row) for buyer, sku, row in WORKLOAD["contract"]}
BUYERS = [(buyer["group"], buyer["region"]) for buyer in ORGANIZATIONS]
CATEGORIES = [sku["category"] for sku in SKUS]
FLOORS = [Decimal(sku["cost"]) * Decimal(WORKLOAD["floor_factor"]) for sku in SKUS]
PROMOTIONS = {
    of["category"]: (1 - Decimal(of["percent"]) / 100, of["quantity_min"], of["regions"])
    for of in WORKLOAD["promotions"]
}


def line(organization, sku, quantity, day):
    """Layer, whether a promotion acted, and the net."""
    group, region = BUYERS[organization]
    layer, row = 0, CONTRACT.get((organization, sku))
    if row is None or not row[0] <= day <= row[1]:
        layer, row = 1, GROUP.get((group, sku))
        if row is None or not row[0] <= day <= row[1]:
            layer, row = 2, BASE[sku]
    unit = row[2][0][1]
    for start, price in row[2]:
        if start > quantity:
            break
        unit = price
    promotion = PROMOTIONS.get(CATEGORIES[sku])
    promoted = promotion is not None and quantity >= promotion[1] and region in promotion[2]
    if promoted:
        unit = max(unit * promotion[0], min(unit, FLOORS[sku]))
    return layer, promoted, unit.quantize(CENT, ROUND_HALF_EVEN) * quantity


print_row(
    peer="Python decimal",
    package_version=f"Python {platform.python_version()}",
    itself="all",
    rounds=5,
    price_all=lambda: zip(*[line(*request) for request in REQUESTS]),
)
