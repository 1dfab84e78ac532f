//! What a team writes by hand instead: prices by `rust_decimal` in standard hash maps. The peer of the price of a line.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::{Decimal, RoundingStrategy};

use crate::workload::{FLOOR_HUNDREDTHS, PROMOTIONS, Request, Row, Workload};

/// The rows with their prices as decimals, and the promotions by category.
#[derive(Debug)]
pub struct ByHand {
    groups: Vec<u32>,
    regions: Vec<String>,
    categories: Vec<String>,
    costs: Vec<Decimal>,
    base: Vec<DecimalRow>,
    group: HashMap<(u32, u32), DecimalRow>,
    contract: HashMap<(u32, u32), DecimalRow>,
    promotions: HashMap<String, DecimalPromotion>,
    floor_factor: Decimal,
}

#[derive(Debug)]
struct DecimalRow {
    first_day: i64,
    last_day: i64,
    breaks: Vec<(u32, Decimal)>,
}

#[derive(Debug)]
struct DecimalPromotion {
    /// What is left of the price.
    factor: Decimal,
    quantity_min: u32,
    regions: Vec<String>,
}

impl DecimalRow {
    fn of(row: &Row) -> Self {
        let breaks = row.breaks.iter().map(|&(from, price)| (from, ten_thousandths(price))).collect();
        Self { first_day: row.first_day, last_day: row.last_day, breaks }
    }
}

impl ByHand {
    /// The workload's rows and promotions.
    pub fn new(workload: &Workload) -> Self {
        let all =
            |rows: &BTreeMap<(u32, u32), Row>| rows.iter().map(|(key, row)| (*key, DecimalRow::of(row))).collect();
        let promotions = PROMOTIONS.iter().map(|promotion| {
            let factor = Decimal::new(1000 - i64::from(promotion.permille), 3).normalize();
            let regions = promotion.regions.iter().map(|region| (*region).to_owned()).collect();
            let of_category = DecimalPromotion { factor, quantity_min: promotion.quantity_min, regions };
            (category_name(promotion.category), of_category)
        });
        let organizations = &workload.organizations;
        Self {
            groups: organizations.iter().map(|organization| organization.group).collect(),
            regions: organizations.iter().map(|organization| organization.region.to_owned()).collect(),
            categories: workload.skus.iter().map(|sku| category_name(sku.category)).collect(),
            costs: workload.skus.iter().map(|sku| ten_thousandths(sku.cost)).collect(),
            base: workload.base.iter().map(DecimalRow::of).collect(),
            group: all(&workload.group),
            contract: all(&workload.contract),
            promotions: promotions.collect(),
            floor_factor: Decimal::new(FLOOR_HUNDREDTHS.into(), 2),
        }
    }

    /// What a line costs: contract before group before base, the deepest break reached, less the category's promotion
    /// where it holds and as far as the floor lets it, the price half-even to cents.
    #[inline]
    pub fn line(&self, request: Request) -> Decimal {
        let price = self.price(request);
        let (sku, organization) = (request.sku as usize, request.organization as usize);
        let mut net = price;
        if let Some(promotion) = self.promotions.get(&self.categories[sku])
            && request.quantity >= promotion.quantity_min
            && promotion.regions.contains(&self.regions[organization])
        {
            net = (price * promotion.factor).max(price.min(self.costs[sku] * self.floor_factor));
        }
        let unit = net.round_dp_with_strategy(2, RoundingStrategy::MidpointNearestEven);
        unit * Decimal::from(request.quantity)
    }

    fn price(&self, request: Request) -> Decimal {
        let row = self.row(request);
        let mut price = row.breaks[0].1;
        for (from, of_break) in &row.breaks {
            if *from > request.quantity {
                break;
            }
            price = *of_break;
        }
        price
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

fn category_name(category: usize) -> String {
    format!("CAT{category}")
}

fn ten_thousandths(price: u64) -> Decimal {
    Decimal::new(i64::try_from(price).expect("a price"), 4)
}
