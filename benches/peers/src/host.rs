//! The host of an engine of rules: it finds the row and the break, and rounds, by `rust_decimal` in standard hash maps.

use std::collections::{BTreeMap, HashMap};

use emptor_benches::workload::{FLOOR_HUNDREDTHS, Request, Row, Workload};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::promotion::CATEGORIES;

/// The workload's rows with their prices as decimals.
#[derive(Debug)]
pub struct Host {
    buyers: Vec<(u32, &'static str)>,
    products: Vec<(&'static str, Decimal)>,
    base: Vec<DecimalRow>,
    group: HashMap<(u32, u32), DecimalRow>,
    contract: HashMap<(u32, u32), DecimalRow>,
    floor: Decimal,
}

/// What a rule is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Of the product.
    pub category: &'static str,
    /// Of the buyer.
    pub region: &'static str,
    /// Whole pieces.
    pub quantity: u32,
    /// The price of a piece, before promotions.
    pub unit: Decimal,
    /// Of a piece.
    pub cost: Decimal,
}

/// What a line comes to, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// 0 for contract, 1 for group, 2 for base.
    pub layer: usize,
    /// Whether a promotion acted.
    pub promoted: bool,
    /// Unit, rounded to cents, times quantity.
    pub net: Decimal,
}

#[derive(Debug)]
struct DecimalRow {
    days: (i64, i64),
    breaks: Vec<(u32, Decimal)>,
}

impl Host {
    /// The workload's rows.
    pub fn new(workload: &Workload) -> Self {
        let keyed = |rows: &BTreeMap<(u32, u32), Row>| rows.iter().map(|(key, row)| (*key, decimal_row(row))).collect();
        Self {
            buyers: workload.organizations.iter().map(|buyer| (buyer.group, buyer.region)).collect(),
            products: workload.skus.iter().map(|sku| (CATEGORIES[sku.category], decimal(sku.cost))).collect(),
            base: workload.base.iter().map(decimal_row).collect(),
            group: keyed(&workload.group),
            contract: keyed(&workload.contract),
            floor: Decimal::new(FLOOR_HUNDREDTHS.into(), 2),
        }
    }

    /// What a line comes to, where `rule` says what a unit costs under a promotion, or that there is none.
    #[inline]
    pub fn line(&self, request: Request, rule: impl FnOnce(&Case) -> Option<Decimal>) -> Answer {
        let (layer, case) = self.case(request);
        let promoted = rule(&case);
        let unit = promoted.unwrap_or(case.unit).round_dp_with_strategy(2, RoundingStrategy::MidpointNearestEven);
        Answer { layer, promoted: promoted.is_some(), net: unit * Decimal::from(request.quantity) }
    }

    /// The layer that prices a request, and what is known of it.
    #[inline]
    pub fn case(&self, request: Request) -> (usize, Case) {
        let (group, region) = self.buyers[request.organization as usize];
        let (category, cost) = self.products[request.sku as usize];
        let (layer, row) = self.row(request, group);
        let mut unit = row.breaks[0].1;
        for (from, price) in &row.breaks {
            if *from > request.quantity {
                break;
            }
            unit = *price;
        }
        (layer, Case { category, region, quantity: request.quantity, unit, cost })
    }

    /// What a promotion may not go below: a part above cost, but never above the price that it lowers.
    #[inline]
    pub fn floor(&self, case: &Case) -> Decimal {
        case.unit.min(case.cost * self.floor)
    }

    #[inline]
    fn row(&self, request: Request, group: u32) -> (usize, &DecimalRow) {
        let holds = |row: &&DecimalRow| row.days.0 <= request.day && request.day <= row.days.1;
        if let Some(row) = self.contract.get(&(request.organization, request.sku)).filter(holds) {
            return (0, row);
        }
        if let Some(row) = self.group.get(&(group, request.sku)).filter(holds) {
            return (1, row);
        }
        (2, &self.base[request.sku as usize])
    }
}

fn decimal_row(row: &Row) -> DecimalRow {
    let breaks = row.breaks.iter().map(|&(from, price)| (from, decimal(price))).collect();
    DecimalRow { days: (row.first_day, row.last_day), breaks }
}

/// From ten-thousandths.
fn decimal(price: u64) -> Decimal {
    Decimal::new(i64::try_from(price).expect("a price of the workload is small"), 4)
}
