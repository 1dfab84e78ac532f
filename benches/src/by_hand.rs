//! What a team writes by hand instead: prices by `rust_decimal` in standard hash maps. The peer of the price of a line.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::{Decimal, RoundingStrategy};

use crate::books::{organization_id, sku_id};
use crate::workload::{Request, Row, Workload};

/// The rows with their prices as decimals.
#[derive(Debug)]
pub struct ByHand {
    groups: Vec<u32>,
    base: Vec<DecimalRow>,
    group: HashMap<(u32, u32), DecimalRow>,
    contract: HashMap<(u32, u32), DecimalRow>,
}

/// The numbers of buyers and products by name, for callers who have texts.
#[derive(Debug)]
pub struct Numbers {
    organizations: HashMap<String, u32>,
    skus: HashMap<String, u32>,
}

impl Numbers {
    /// Those of the workload.
    pub fn new(workload: &Workload) -> Self {
        let numbered = |count: usize, name: fn(u32) -> String| {
            (0..u32::try_from(count).expect("a few")).map(|number| (name(number), number)).collect()
        };
        Self {
            organizations: numbered(workload.organizations.len(), |number| organization_id(number).as_str().to_owned()),
            skus: numbered(workload.skus.len(), |number| sku_id(number).as_str().to_owned()),
        }
    }

    /// A request of a buyer and product by name.
    #[inline]
    pub fn request(&self, organization: &str, sku: &str, request: Request) -> Request {
        let (organization, sku) = (self.organizations[organization], self.skus[sku]);
        Request { organization, sku, ..request }
    }
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
