"""pandas: the whole workload at once, by joins and columns of 64-bit whole numbers."""

import numpy
import pandas

import whole_numbers as tables
from measure import print_row, version_of

CONTRACT, GROUP, BASE = (
    pandas.DataFrame(rows, columns=tables.BREAK_COLUMNS) for rows in (tables.CONTRACT, tables.GROUP, tables.BASE)
)
LINES = pandas.DataFrame(tables.LINES, columns=tables.REQUEST_COLUMNS)
BUYERS = pandas.DataFrame(tables.BUYERS, columns=tables.BUYER_COLUMNS)
PRODUCTS = pandas.DataFrame(tables.PRODUCTS, columns=tables.PRODUCT_COLUMNS)
PROMOTIONS = pandas.DataFrame(tables.PROMOTIONS, columns=tables.PROMOTION_COLUMNS)


def reached(lines, breaks, owner):
    """The breaks that hold on a line's day and that its quantity reaches."""
    on = ([owner, "sku"], ["owner", "sku"]) if owner else (["sku"], ["sku"])
    both = lines.merge(breaks, left_on=on[0], right_on=on[1])
    holds = (both.first_day <= both.day) & (both.day <= both.last_day) & (both.start <= both.quantity)
    return both.loc[holds, ["line", "layer", "start", "price"]]


def price_all():
    lines = LINES.merge(BUYERS, on="organization").merge(PRODUCTS, on="sku")
    found = pandas.concat(
        [reached(lines, CONTRACT, "organization"), reached(lines, GROUP, "group"), reached(lines, BASE, None)]
    )
    found = found.sort_values(["line", "layer", "start"], ascending=[True, True, False]).drop_duplicates("line")
    priced = lines.merge(found, on="line").merge(PROMOTIONS, on=["category", "region"], how="left").sort_values("line")
    promoted = (priced.quantity >= priced.quantity_min).to_numpy()
    price, quantity = priced.price.to_numpy(), priced.quantity.to_numpy()
    factor = priced.factor.fillna(1000).to_numpy().astype(numpy.int64)
    floor = numpy.minimum(price * 1000, priced.floor.to_numpy())
    net = numpy.where(promoted, numpy.maximum(price * factor, floor), price * 1000)
    cents, rest = numpy.divmod(net, tables.CENT)
    cents += (rest * 2 > tables.CENT) | ((rest * 2 == tables.CENT) & (cents % 2 == 1))
    return priced.layer.to_numpy(), promoted, cents * quantity


print_row(peer="pandas", package_version=version_of("pandas"), itself="all", rounds=5, price_all=price_all)
