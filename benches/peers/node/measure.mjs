// The workload, and how a peer in JavaScript is checked and timed: each answer first, then rounds of CPU time.

import { readFileSync } from "node:fs";

/** The workload as the Rust program of this folder wrote it; its file is the program's one argument. */
export const workload = JSON.parse(readFileSync(process.argv[2], "utf8"));

/** The part of the rows that every program needs: the row that prices a request, in rows whose prices are its own. */
export function rowsOf(priceOf) {
  const converted = (row) => ({ ...row, breaks: row.breaks.map(([from, price]) => [from, priceOf(price)]) });
  const keyed = (rows) => new Map(rows.map(([owner, sku, row]) => [owner * workload.skus.length + sku, converted(row)]));
  const [contract, group, base] = [keyed(workload.contract), keyed(workload.group), workload.base.map(converted)];
  const holds = (row, day) => row !== undefined && row.first_day <= day && day <= row.last_day;
  /** Layer and row: contract before group before base. */
  return function find([organization, sku, , day]) {
    const ofContract = contract.get(organization * workload.skus.length + sku);
    if (holds(ofContract, day)) return [0, ofContract];
    const ofGroup = group.get(workload.organizations[organization].group * workload.skus.length + sku);
    if (holds(ofGroup, day)) return [1, ofGroup];
    return [2, base[sku]];
  };
}

/** The price of the deepest break that a quantity reaches. */
export function priceAt(row, quantity) {
  let price = row.breaks[0][1];
  for (const [from, of] of row.breaks) {
    if (from > quantity) break;
    price = of;
  }
  return price;
}

/** The promotion that acts on a request, by category, quantity and region. */
export function promotionFinder(prepared) {
  const promotions = new Map(workload.promotions.map((promotion) => [promotion.category, prepared(promotion)]));
  return function find([organization, sku, quantity]) {
    const promotion = promotions.get(workload.skus[sku].category);
    if (promotion === undefined || quantity < promotion.quantity_min) return undefined;
    return promotion.regions.includes(workload.organizations[organization].region) ? promotion : undefined;
  };
}

/** The version that is installed. */
export function versionOf(name) {
  const file = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return `${JSON.parse(readFileSync(file, "utf8")).version}, Node ${process.versions.node}`;
}

/**
 * Prints a row of the table. `line` gives layer, whether a promotion acted, and the net in the peer's own money, at once
 * or as a promise; `text` makes two decimals of that money and is not timed.
 */
export async function printRow({ peer, name, itself, rounds, lines, line, text }) {
  const requests = workload.requests.slice(0, lines);
  const [hits, cents] = [[0, 0, 0], []];
  let promotions = 0;
  for (const [index, request] of requests.entries()) {
    const [layer, promoted, net] = await line(request);
    const answer = JSON.stringify([layer, promoted, text(net)]);
    const expected = JSON.stringify(workload.answers[index]);
    if (answer !== expected) throw new Error(`${peer}: line ${index} is ${answer}, expected is ${expected}`);
    hits[layer] += 1;
    promotions += Number(promoted);
    cents.push(BigInt(text(net).replace(".", "")));
  }
  const times = [];
  for (let round = 0; round < rounds; round += 1) times.push(await nanosecondsOfLine(requests, line));
  times.sort((one, other) => one - other);
  const total = String(cents.reduce((sum, one) => sum + one, 0n)).replace(/(..)$/, ".$1");
  const ns = times[Math.floor(rounds / 2)];
  console.log(JSON.stringify({ peer, version: versionOf(name), itself, ns, rounds, lines, total, hits, promotions }));
}

/** CPU time of the process, what the collector of garbage takes included. A line is awaited only if it is a promise. */
async function nanosecondsOfLine(requests, line) {
  const start = process.cpuUsage();
  let last;
  for (const request of requests) {
    last = line(request);
    if (last instanceof Promise) last = await last;
  }
  const { user, system } = process.cpuUsage(start);
  if (last === undefined) throw new Error("a line gives an answer");
  return ((user + system) * 1000) / requests.length;
}
