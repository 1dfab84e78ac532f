//! What a team writes by hand to be fastest: 64-bit fixed point and an index by buyer and sku, for this workload alone.

use std::collections::BTreeMap;

use crate::workload::{PROMOTIONS, Request, Row, Workload};

const NO_ROW: u32 = u32::MAX;

/// The rows in a few flat arrays; an index of 4 bytes for each buyer and sku, and each group and sku.
#[derive(Debug)]
pub struct FixedPoint {
    skus: usize,
    groups: Vec<u32>,
    /// By buyer: a bit for its region.
    regions: Vec<u8>,
    categories: Vec<u8>,
    /// By sku, in ten-millionths.
    floors: Vec<i64>,
    promotions: [FlatPromotion; 8],
    rows: Vec<FlatRow>,
    from: Vec<u32>,
    /// In ten-thousandths.
    prices: Vec<i64>,
    of_buyer: Vec<u32>,
    of_group: Vec<u32>,
    base: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct FlatRow {
    first_day: i32,
    last_day: i32,
    start: u32,
    end: u32,
}

/// What a category's promotion leaves of the price, in thousandths; a category without one leaves it to nobody.
#[derive(Debug, Clone, Copy, Default)]
struct FlatPromotion {
    left_permille: i64,
    quantity_min: u32,
    regions: u8,
}

impl FixedPoint {
    /// The workload's rows.
    pub fn new(workload: &Workload) -> Self {
        let mut flat = Self {
            skus: workload.skus.len(),
            groups: workload.organizations.iter().map(|organization| organization.group).collect(),
            regions: workload.organizations.iter().map(|organization| region_bit(organization.region)).collect(),
            categories: workload.skus.iter().map(|sku| u8::try_from(sku.category).expect("a category")).collect(),
            floors: workload.skus.iter().map(|sku| i64::try_from(sku.cost * 1080).expect("a price")).collect(),
            promotions: promotions(),
            rows: Vec::new(),
            from: Vec::new(),
            prices: Vec::new(),
            of_buyer: Vec::new(),
            of_group: Vec::new(),
            base: Vec::new(),
        };
        flat.base = workload.base.iter().map(|row| flat.push(row)).collect();
        flat.of_group = flat.index(&workload.group, 10);
        flat.of_buyer = flat.index(&workload.contract, workload.organizations.len());
        flat
    }

    fn push(&mut self, row: &Row) -> u32 {
        let place = |list: &[u32]| u32::try_from(list.len()).expect("a few rows");
        let start = place(&self.from);
        for &(from, price) in &row.breaks {
            self.from.push(from);
            self.prices.push(i64::try_from(price).expect("a price"));
        }
        let day = |day: i64| i32::try_from(day).expect("a day");
        let (first_day, last_day) = (day(row.first_day), day(row.last_day));
        self.rows.push(FlatRow { first_day, last_day, start, end: place(&self.from) });
        u32::try_from(self.rows.len() - 1).expect("a few rows")
    }

    fn index(&mut self, rows: &BTreeMap<(u32, u32), Row>, owners: usize) -> Vec<u32> {
        let mut index = vec![NO_ROW; owners * self.skus];
        for ((owner, sku), row) in rows {
            index[*owner as usize * self.skus + *sku as usize] = self.push(row);
        }
        index
    }

    /// What a line costs, in cents: as [`crate::by_hand::ByHand::line`].
    #[inline]
    pub fn line(&self, request: Request) -> i64 {
        let row = self.row(request);
        let (start, end) = (row.start as usize, row.end as usize);
        let mut reached = start;
        for from in &self.from[start + 1..end] {
            reached += usize::from(*from <= request.quantity);
        }
        let price = self.prices[reached];
        let promotion = self.promotions[self.categories[request.sku as usize] as usize];
        let region = self.regions[request.organization as usize];
        let holds = request.quantity >= promotion.quantity_min && promotion.regions & region != 0;
        let net = if holds {
            (price * promotion.left_permille).max((price * 1000).min(self.floors[request.sku as usize]))
        } else {
            price * 1000
        };
        let (cents, rest) = (net / 100_000, net % 100_000);
        let unit = cents + i64::from(rest > 50_000 || (rest == 50_000 && cents % 2 == 1));
        unit * i64::from(request.quantity)
    }

    #[inline]
    fn row(&self, request: Request) -> FlatRow {
        let (buyer, sku) = (request.organization as usize, request.sku as usize);
        let holding = |row: u32| {
            let row = self.rows.get(row as usize)?;
            let day = i32::try_from(request.day).expect("a day");
            (row.first_day <= day && day <= row.last_day).then_some(*row)
        };
        let of_buyer = holding(self.of_buyer[buyer * self.skus + sku]);
        let of_group = || holding(self.of_group[self.groups[buyer] as usize * self.skus + sku]);
        of_buyer.or_else(of_group).unwrap_or_else(|| self.rows[self.base[sku] as usize])
    }
}

fn region_bit(region: &str) -> u8 {
    let bits = [("DE", 1), ("FR", 2), ("US", 4), ("GB", 8), ("JP", 16), ("BR", 32)];
    bits.iter().find(|(name, _)| *name == region).expect("a region of the workload").1
}

fn promotions() -> [FlatPromotion; 8] {
    let mut all = [FlatPromotion::default(); 8];
    for promotion in PROMOTIONS {
        all[promotion.category] = FlatPromotion {
            left_permille: 1000 - i64::from(promotion.permille),
            quantity_min: promotion.quantity_min,
            regions: promotion.regions.iter().map(|region| region_bit(region)).sum(),
        };
    }
    all
}
