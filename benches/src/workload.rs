//! The common workload: 1,000 skus, 200 organizations, 3 layers of prices, 100,000 requests, from a fixed seed.
//!
//! Its totals and hits were worked out apart from this project, with another language's decimals; [`Workload::check`]
//! holds the generator against them.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};

const SKUS: u64 = 1000;
const ORGANIZATIONS: u64 = 200;
const GROUPS: u64 = 10;
const REQUESTS: usize = 100_000;
/// 2026-01-01, in days since 1970.
const FIRST_DAY: i64 = 20_454;
const REGIONS: [&str; 6] = ["DE", "FR", "US", "GB", "JP", "BR"];
const BREAKS: [u32; 7] = [5, 10, 25, 50, 100, 250, 500];

/// A row of prices: when it holds (days, both included) and its breaks, in ten-thousandths.
#[derive(Debug, Clone)]
pub struct Row {
    /// The first day.
    pub first_day: i64,
    /// The last day.
    pub last_day: i64,
    /// From which quantity, at which price.
    pub breaks: Vec<(u32, u64)>,
}

/// A percent off for a category.
#[derive(Debug, Clone, Copy)]
pub struct Promotion {
    /// 0 to 7; each has one at most.
    pub category: usize,
    /// In tenths of a percent.
    pub permille: u32,
    /// From which quantity.
    pub quantity_min: u32,
    /// Where.
    pub regions: &'static [&'static str],
}

/// No promotion lowers a price below this many hundredths of the cost.
pub const FLOOR_HUNDREDTHS: u32 = 108;

/// The promotions. None lowers a price below cost and 8 percent, or raises one that is below already.
pub const PROMOTIONS: [Promotion; 4] = [
    Promotion { category: 1, permille: 75, quantity_min: 50, regions: &["DE", "FR"] },
    Promotion { category: 3, permille: 125, quantity_min: 25, regions: &["US"] },
    Promotion { category: 5, permille: 50, quantity_min: 10, regions: &["GB", "JP", "BR"] },
    Promotion { category: 7, permille: 200, quantity_min: 100, regions: &["DE", "US", "JP"] },
];

/// A product.
#[derive(Debug, Clone, Copy)]
pub struct Sku {
    /// 0 to 7.
    pub category: usize,
    /// In ten-thousandths.
    pub cost: u64,
}

/// A buyer.
#[derive(Debug, Clone, Copy)]
pub struct Organization {
    /// 0 to 9.
    pub group: u32,
    /// Where it is.
    pub region: &'static str,
}

/// Who asks for how much of what, and when.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// Number of the buyer.
    pub organization: u32,
    /// Number of the product.
    pub sku: u32,
    /// Whole pieces.
    pub quantity: u32,
    /// Since 1970.
    pub day: i64,
}

/// All of it.
#[derive(Debug)]
pub struct Workload {
    /// The products.
    pub skus: Vec<Sku>,
    /// The buyers.
    pub organizations: Vec<Organization>,
    /// A row for every sku, which always holds.
    pub base: Vec<Row>,
    /// By group and sku.
    pub group: BTreeMap<(u32, u32), Row>,
    /// By organization and sku.
    pub contract: BTreeMap<(u32, u32), Row>,
    /// What is asked.
    pub requests: Vec<Request>,
}

/// Splitmix64.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from + 1)
    }

    fn index(&mut self, count: usize) -> usize {
        usize::try_from(self.between(0, count as u64 - 1)).expect("below the count")
    }

    fn days(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.between(0, to.abs_diff(from))).expect("a few days")
    }

    fn breaks(&mut self, start: u64, count: u64) -> Vec<(u32, u64)> {
        let mut bounds: Vec<u32> = (1..count).map(|_| BREAKS[self.index(7)]).collect();
        bounds.sort_unstable();
        bounds.dedup();
        let mut price = start;
        let mut breaks = vec![(1, price)];
        for bound in bounds {
            price = price * (1000 - self.between(10, 60)) / 1000;
            breaks.push((bound, price));
        }
        breaks
    }

    fn row(&mut self, cost: u64, factor: (u64, u64), always: bool) -> Row {
        let price = cost * self.between(factor.0, factor.1) / 1000;
        let (first_day, last_day) = if always {
            (FIRST_DAY - 365, FIRST_DAY + 730)
        } else {
            let first = FIRST_DAY + self.days(-60, 90);
            (first, first + self.days(90, 365))
        };
        let count = self.between(1, 5);
        Row { first_day, last_day, breaks: self.breaks(price, count) }
    }

    fn request(&mut self) -> Request {
        let quantity = if self.between(0, 2) == 0 {
            self.between(1, 10)
        } else if self.between(0, 1) == 0 {
            self.between(1, 120)
        } else {
            self.between(1, 600)
        };
        let small = |value: u64| u32::try_from(value).expect("a small number");
        let organization = small(self.between(0, ORGANIZATIONS - 1));
        let sku = small(self.between(0, SKUS - 1));
        Request { organization, sku, quantity: small(quantity), day: FIRST_DAY + self.days(0, 364) }
    }
}

impl Workload {
    /// Draws it all from the fixed seed.
    pub fn generate() -> Self {
        let mut draws = Draws(20_260_731);
        let skus: Vec<Sku> = (0..SKUS)
            .map(|_| {
                let cost = draws.between(5000, 5_000_000);
                Sku { category: draws.index(8), cost }
            })
            .collect();
        let organizations = (0..ORGANIZATIONS)
            .map(|_| {
                let group = u32::try_from(draws.between(0, GROUPS - 1)).expect("a small number");
                Organization { group, region: REGIONS[draws.index(6)] }
            })
            .collect();
        let base = skus.iter().map(|sku| draws.row(sku.cost, (1250, 1700), true)).collect();
        let mut layer = |owners: u64, percent: u64, factor: (u64, u64)| {
            let mut rows = BTreeMap::new();
            for owner in 0..u32::try_from(owners).expect("a small number") {
                for (number, sku) in (0..).zip(&skus) {
                    if draws.between(0, 99) < percent {
                        rows.insert((owner, number), draws.row(sku.cost, factor, false));
                    }
                }
            }
            rows
        };
        let group = layer(GROUPS, 30, (1180, 1450));
        let contract = layer(ORGANIZATIONS, 10, (1100, 1350));
        let requests = (0..REQUESTS).map(|_| draws.request()).collect();
        Self { skus, organizations, base, group, contract, requests }
    }

    /// Holds the workload against the recorded total and hits, promotions and floor included.
    ///
    /// # Errors
    /// What differs, in words.
    pub fn check(&self) -> Result<(), String> {
        let recorded = ("4135244643.98", [5758, 16_103, 78_139], 9803, 1738, 860);
        let (mut total, mut hits, mut promotions, mut floors, mut ties) = (Decimal::ZERO, [0; 3], 0, 0, 0);
        for request in &self.requests {
            let (layer, row) = self.row(*request);
            hits[layer] += 1;
            let unit = Decimal::new(i64::try_from(price(row, request.quantity)).expect("a price"), 4);
            let sku = self.skus[request.sku as usize];
            let region = self.organizations[request.organization as usize].region;
            let mut net = unit;
            if let Some(percent) = promotion(sku.category, request.quantity, region) {
                promotions += 1;
                let cost = Decimal::new(i64::try_from(sku.cost).expect("a price"), 4);
                let discounted = unit * (Decimal::ONE_HUNDRED - percent) / Decimal::ONE_HUNDRED;
                let floor = unit.min(cost * Decimal::new(FLOOR_HUNDREDTHS.into(), 2));
                floors += i32::from(discounted < floor);
                net = discounted.max(floor);
            }
            ties += i32::from((net * Decimal::ONE_THOUSAND) % Decimal::TEN == Decimal::new(5, 0));
            let unit = net.round_dp_with_strategy(2, RoundingStrategy::MidpointNearestEven);
            total += unit * Decimal::from(request.quantity);
        }
        let found = (total.to_string(), hits, promotions, floors, ties);
        let expected = (recorded.0.to_owned(), recorded.1, recorded.2, recorded.3, recorded.4);
        if found == expected { Ok(()) } else { Err(format!("the workload gives {found:?}, recorded is {expected:?}")) }
    }

    /// The row that prices a request, and from which layer: contract, group or base.
    fn row(&self, request: Request) -> (usize, &Row) {
        let holds = |row: &&Row| row.first_day <= request.day && request.day <= row.last_day;
        let group = self.organizations[request.organization as usize].group;
        if let Some(row) = self.contract.get(&(request.organization, request.sku)).filter(holds) {
            return (0, row);
        }
        if let Some(row) = self.group.get(&(group, request.sku)).filter(holds) {
            return (1, row);
        }
        (2, &self.base[request.sku as usize])
    }
}

fn price(row: &Row, quantity: u32) -> u64 {
    let reached = row.breaks.iter().take_while(|(from, _)| *from <= quantity).last();
    reached.unwrap_or(&row.breaks[0]).1
}

/// The percent off for a category, quantity and region.
fn promotion(category: usize, quantity: u32, region: &str) -> Option<Decimal> {
    let of_category = PROMOTIONS.iter().find(|promotion| promotion.category == category)?;
    let holds = quantity >= of_category.quantity_min && of_category.regions.contains(&region);
    holds.then(|| Decimal::new(of_category.permille.into(), 1))
}

#[cfg(test)]
mod tests {
    use super::Workload;

    #[test]
    fn the_workload_is_the_recorded_one() {
        assert_eq!(Workload::generate().check(), Ok(()));
    }

    #[test]
    fn a_changed_price_is_caught() {
        let mut workload = Workload::generate();
        workload.base[0].breaks[0].1 += 100;
        assert!(workload.check().is_err());
    }
}
