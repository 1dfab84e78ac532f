// decimal.js: prices and factors are parsed once, when the rows are read.

import Decimal from "decimal.js";

import { priceAt, printRow, promotionFinder, rowsOf, workload } from "./measure.mjs";

const row = rowsOf((price) => new Decimal(price));
const floors = workload.skus.map((sku) => new Decimal(sku.cost).times(workload.floor_factor));
const promotion = promotionFinder((of) => ({ ...of, factor: new Decimal(100).minus(of.percent).div(100) }));

function line(request) {
  const [, sku, quantity] = request;
  const [layer, found] = row(request);
  let unit = priceAt(found, quantity);
  const acting = promotion(request);
  if (acting !== undefined) {
    unit = Decimal.max(unit.times(acting.factor), Decimal.min(unit, floors[sku]));
  }
  return [layer, acting !== undefined, unit.toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN).times(quantity)];
}

await printRow({
  peer: "decimal.js",
  name: "decimal.js",
  itself: "all",
  rounds: 7,
  lines: workload.requests.length,
  line,
  text: (net) => net.toFixed(2),
});
