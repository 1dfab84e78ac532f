// dinero.js: money is whole numbers with a scale; amounts and factors are made once, when the rows are read.

import { dinero, halfEven, maximum, minimum, multiply, toDecimal, transformScale } from "dinero.js";
import { EUR } from "dinero.js/currencies";

import { priceAt, printRow, promotionFinder, rowsOf, workload } from "./measure.mjs";

/** A decimal text of `scale` decimals, as a whole number. */
const whole = (text, scale) => Math.round(Number(text) * 10 ** scale);
const money = (text) => dinero({ amount: whole(text, 4), currency: EUR, scale: 4 });

const row = rowsOf(money);
const floorFactor = { amount: whole(workload.floor_factor, 2), scale: 2 };
const floors = workload.skus.map((sku) => multiply(money(sku.cost), floorFactor));
const promotion = promotionFinder((of) => ({ ...of, factor: { amount: 1000 - whole(of.percent, 1), scale: 3 } }));

function line(request) {
  const [, sku, quantity] = request;
  const [layer, found] = row(request);
  let unit = priceAt(found, quantity);
  const acting = promotion(request);
  if (acting !== undefined) unit = maximum([multiply(unit, acting.factor), minimum([unit, floors[sku]])]);
  return [layer, acting !== undefined, multiply(transformScale(unit, 2, halfEven), quantity)];
}

await printRow({
  peer: "dinero.js",
  name: "dinero.js",
  itself: "all",
  rounds: 7,
  lines: workload.requests.length,
  line,
  text: toDecimal,
});
