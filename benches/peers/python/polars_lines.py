"""polars: the whole workload at once, as one lazy query over columns of 64-bit whole numbers, on one thread."""

import os

# It is read when polars is loaded. Its threads would be counted together, and spin.
os.environ["POLARS_MAX_THREADS"] = "1"

import polars  # noqa: E402
from polars import col  # noqa: E402

import whole_numbers as tables  # noqa: E402
from measure import print_row, version_of  # noqa: E402


def table(rows, columns):
    return polars.DataFrame(rows, schema=columns, orient="row")


CONTRACT, GROUP, BASE = (table(rows, tables.BREAK_COLUMNS) for rows in (tables.CONTRACT, tables.GROUP, tables.BASE))
LINES = table(tables.LINES, tables.REQUEST_COLUMNS)
BUYERS = table(tables.BUYERS, tables.BUYER_COLUMNS)
PRODUCTS = table(tables.PRODUCTS, tables.PRODUCT_COLUMNS)
PROMOTIONS = table(tables.PROMOTIONS, tables.PROMOTION_COLUMNS)


def reached(lines, breaks, owner):
    """The breaks that hold on a line's day and that its quantity reaches."""
    on = ([owner, "sku"], ["owner", "sku"]) if owner else (["sku"], ["sku"])
    both = lines.join(breaks.lazy(), left_on=on[0], right_on=on[1])
    holds = (col("first_day") <= col("day")) & (col("day") <= col("last_day")) & (col("start") <= col("quantity"))
    return both.filter(holds).select("line", "layer", "start", "price")


def price_all():
    lines = LINES.lazy().join(BUYERS.lazy(), on="organization").join(PRODUCTS.lazy(), on="sku")
    found = polars.concat(
        [reached(lines, CONTRACT, "organization"), reached(lines, GROUP, "group"), reached(lines, BASE, None)]
    )
    found = found.sort(["line", "layer", "start"], descending=[False, False, True])
    found = found.unique("line", keep="first", maintain_order=True)
    priced = lines.join(found, on="line").join(PROMOTIONS.lazy(), on=["category", "region"], how="left")
    price, cents, rest = col("price") * 1000, col("net") // tables.CENT, col("net") % tables.CENT * 2
    lowered = polars.max_horizontal(col("price") * col("factor"), polars.min_horizontal(price, col("floor")))
    up = (rest > tables.CENT) | ((rest == tables.CENT) & (cents % 2 == 1))
    priced = (
        priced.with_columns(promoted=(col("quantity") >= col("quantity_min")).fill_null(False))
        .with_columns(net=polars.when(col("promoted")).then(lowered).otherwise(price))
        .with_columns(total=(cents + up.cast(polars.Int64)) * col("quantity"))
        .sort("line")
        .select("layer", "promoted", "total")
        .collect()
    )
    return priced["layer"], priced["promoted"], priced["total"]


print_row(peer="polars", package_version=version_of("polars"), itself="all", rounds=7, price_all=price_all)
