//! What a team writes by hand instead: prices by `rust_decimal` in standard hash maps. The peer of the price of a line.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::{Decimal, RoundingStrategy};

use crate::workload::{Request, Row, Workload};

/// The rows with their prices as decimals.
#[derive(Debug)]
pub struct ByHand {
    groups: Vec<u32>,
    base: Vec<DecimalRow>,
    group: HashMap<(u32, u32), DecimalRow>,
    contract: HashMap<(u32, u32), DecimalRow>,
}

#[derive(Debug)]
struct DecimalRow {
    first_day: i64,
    last_day: i64,
    breaks: Vec<(u32, Decimal)>,
}

impl DecimalRow {
    fn of(row: &Row) -> Self {
        let price = |price: u64| Decimal::new(i64::try_from(price).expect("a price"), 4);
        let breaks = row.breaks.iter().map(|&(from, ten_thousandths)| (from, price(ten_thousandths))).collect();
        Self { first_day: row.first_day, last_day: row.last_day, breaks }
    }
}

impl ByHand {
    /// The workload's rows.
    pub fn new(workload: &Workload) -> Self {
        let all =
            |rows: &BTreeMap<(u32, u32), Row>| rows.iter().map(|(key, row)| (*key, DecimalRow::of(row))).collect();
        Self {
            groups: workload.organizations.iter().map(|organization| organization.group).collect(),
            base: workload.base.iter().map(DecimalRow::of).collect(),
            group: all(&workload.group),
            contract: all(&workload.contract),
        }
    }

    /// What a line costs: contract before group before base, the deepest break reached, the price half-even to cents.
    #[inline]
    pub fn line(&self, request: Request) -> Decimal {
        let row = self.row(request);
        let mut price = row.breaks[0].1;
        for (from, of_break) in &row.breaks {
            if *from > request.quantity {
                break;
            }
            price = *of_break;
        }
        let unit = price.round_dp_with_strategy(2, RoundingStrategy::MidpointNearestEven);
        unit * Decimal::from(request.quantity)
    }

    fn row(&self, request: Request) -> &DecimalRow {
        let holds = |row: &&DecimalRow| row.first_day <= request.day && request.day <= row.last_day;
        let group = self.groups[request.organization as usize];
        let contract = self.contract.get(&(request.organization, request.sku)).filter(holds);
        contract
            .or_else(|| self.group.get(&(group, request.sku)).filter(holds))
            .unwrap_or_else(|| &self.base[request.sku as usize])
    }
}
