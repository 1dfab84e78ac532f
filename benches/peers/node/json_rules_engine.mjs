// json-rules-engine: finds the promotion; it computes nothing, so decimal.js takes it off, floors and rounds.

import Decimal from "decimal.js";
import { Engine } from "json-rules-engine";

import { priceAt, printRow, rowsOf, workload } from "./measure.mjs";

const row = rowsOf((price) => new Decimal(price));
const floors = workload.skus.map((sku) => new Decimal(sku.cost).times(workload.floor_factor));

// An event has the promotion's number alone: the engine copies all that an event has in each run.
const factors = workload.promotions.map(({ percent }) => new Decimal(100).minus(percent).div(100));
const engine = new Engine();
for (const [number, { category, quantity_min, regions }] of workload.promotions.entries()) {
  engine.addRule({
    conditions: {
      all: [
        { fact: "category", operator: "equal", value: category },
        { fact: "quantity", operator: "greaterThanInclusive", value: quantity_min },
        { fact: "region", operator: "in", value: regions },
      ],
    },
    event: { type: "promotion", params: { number } },
  });
}

async function line(request) {
  const [organization, sku, quantity] = request;
  const [layer, found] = row(request);
  let unit = priceAt(found, quantity);
  const category = workload.skus[sku].category;
  const region = workload.organizations[organization].region;
  const [event] = (await engine.run({ category, quantity, region })).events;
  if (event !== undefined) {
    unit = Decimal.max(unit.times(factors[event.params.number]), Decimal.min(unit, floors[sku]));
  }
  return [layer, event !== undefined, unit.toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN).times(quantity)];
}

await printRow({
  peer: "json-rules-engine",
  name: "json-rules-engine",
  itself: "condition",
  rounds: 5,
  lines: 10_000,
  line,
  text: (net) => net.toFixed(2),
});
