"""The workload as tables of whole numbers, for peers that compute on columns.

Prices are ten-thousandths, factors thousandths; their products are ten-millionths, of which a cent has `CENT`.
"""

from decimal import Decimal

from measure import ORGANIZATIONS, REQUESTS, SKUS, WORKLOAD

CENT = 100_000


def ten_thousandths(text):
    return int(Decimal(text).scaleb(4))


def breaks(layer, rows):
    """A row for each break: owner, sku, layer, days, from which quantity, price."""
    return [
        (owner, sku, layer, row["first_day"], row["last_day"], start, ten_thousandths(price))
        for owner, sku, row in rows
        for start, price in row["breaks"]
    ]


BREAK_COLUMNS = ["owner", "sku", "layer", "first_day", "last_day", "start", "price"]
CONTRACT = breaks(0, WORKLOAD["contract"])
GROUP = breaks(1, WORKLOAD["group"])
BASE = breaks(2, [(0, sku, row) for sku, row in enumerate(WORKLOAD["base"])])

REQUEST_COLUMNS = ["line", "organization", "sku", "quantity", "day"]
LINES = [(line, *request) for line, request in enumerate(REQUESTS)]

BUYER_COLUMNS = ["organization", "group", "region"]
BUYERS = [(number, buyer["group"], buyer["region"]) for number, buyer in enumerate(ORGANIZATIONS)]

PRODUCT_COLUMNS = ["sku", "category", "floor"]
FLOOR_FACTOR = int(Decimal(WORKLOAD["floor_factor"]) * 1000)
PRODUCTS = [(number, sku["category"], ten_thousandths(sku["cost"]) * FLOOR_FACTOR) for number, sku in enumerate(SKUS)]

PROMOTION_COLUMNS = ["category", "region", "quantity_min", "factor"]
PROMOTIONS = [
    (of["category"], region, of["quantity_min"], 1000 - int(Decimal(of["percent"]) * 10))
    for of in WORKLOAD["promotions"]
    for region in of["regions"]
]
