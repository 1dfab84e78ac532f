//! What a team writes by hand to be fastest: 64-bit fixed point and an index by buyer and sku, for this workload alone.

use std::collections::BTreeMap;

use crate::workload::{FLOOR_HUNDREDTHS, PROMOTIONS, Request, Row, Workload};

const NO_ROW: u32 = u32::MAX;
const GROUPS: usize = 10;
/// Ten-millionths in a cent: a unit is in ten-thousandths, and a factor in thousandths.
const CENT: i64 = 100_000;

/// The rows in flat arrays, what is asked of buyers and products in as many bytes as it takes.
#[derive(Debug)]
pub struct FixedPoint {
    skus: usize,
    buyers: Vec<Buyer>,
    products: Vec<Product>,
    rows: Vec<FlatRow>,
    from: Vec<u32>,
    /// In ten-thousandths.
    prices: Vec<i64>,
    of_buyer: Vec<u32>,
    of_group: Vec<u32>,
    base: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Buyer {
    group: u32,
    /// One bit of its region.
    region: u8,
}

#[derive(Debug, Clone, Copy)]
struct Product {
    /// In ten-millionths.
    floor: i64,
    /// What a promotion leaves, in thousandths.
    factor: i64,
    quantity_min: u32,
    /// The bits of the regions that its promotion is for; none where there is no promotion.
    regions: u8,
}

#[derive(Debug, Clone, Copy)]
struct FlatRow {
    first_day: i32,
    last_day: i32,
    start: u32,
    end: u32,
}

/// What a line comes to, and how.
#[derive(Debug, Clone, Copy)]
pub struct FlatAnswer {
    /// 0 for contract, 1 for group, 2 for base.
    pub layer: usize,
    /// Whether a promotion acted.
    pub promoted: bool,
    /// Unit, rounded half-even to cents, times quantity.
    pub cents: i64,
}

impl FixedPoint {
    /// The workload's rows and promotions.
    pub fn new(workload: &Workload) -> Self {
        let mut regions: Vec<&str> = workload.organizations.iter().map(|buyer| buyer.region).collect();
        regions.sort_unstable();
        regions.dedup();
        let bit = |region: &str| 1 << regions.iter().position(|known| *known == region).expect("a buyer's region");
        let buyers = workload.organizations.iter().map(|buyer| Buyer { group: buyer.group, region: bit(buyer.region) });
        let mut flat = Self {
            skus: workload.skus.len(),
            buyers: buyers.collect(),
            products: workload.skus.iter().map(|sku| product(sku.category, sku.cost, bit)).collect(),
            rows: Vec::new(),
            from: Vec::new(),
            prices: Vec::new(),
            of_buyer: Vec::new(),
            of_group: Vec::new(),
            base: Vec::new(),
        };
        flat.base = workload.base.iter().map(|row| flat.push(row)).collect();
        flat.of_group = flat.index(&workload.group, GROUPS);
        flat.of_buyer = flat.index(&workload.contract, workload.organizations.len());
        flat
    }

    /// What a line comes to.
    #[inline]
    pub fn line(&self, request: Request) -> FlatAnswer {
        let buyer = self.buyers[request.organization as usize];
        let product = self.products[request.sku as usize];
        let (layer, row) = self.row(request, buyer.group);
        let (start, end) = (row.start as usize, row.end as usize);
        let mut reached = start;
        for from in &self.from[start + 1..end] {
            reached += usize::from(*from <= request.quantity);
        }
        let price = self.prices[reached];
        let promoted = request.quantity >= product.quantity_min && product.regions & buyer.region != 0;
        let unit = price * 1000;
        let net = if promoted { (price * product.factor).max(unit.min(product.floor)) } else { unit };
        let (cents, rest) = (net / CENT, net % CENT);
        let cents = cents + i64::from(rest > CENT / 2 || (rest == CENT / 2 && cents % 2 == 1));
        FlatAnswer { layer, promoted, cents: cents * i64::from(request.quantity) }
    }

    #[inline]
    fn row(&self, request: Request, group: u32) -> (usize, FlatRow) {
        let (buyer, sku) = (request.organization as usize, request.sku as usize);
        let day = day(request.day);
        let holding = |row: u32| {
            let row = self.rows.get(row as usize)?;
            (row.first_day <= day && day <= row.last_day).then_some(*row)
        };
        if let Some(row) = holding(self.of_buyer[buyer * self.skus + sku]) {
            return (0, row);
        }
        if let Some(row) = holding(self.of_group[group as usize * self.skus + sku]) {
            return (1, row);
        }
        (2, self.rows[self.base[sku] as usize])
    }

    fn push(&mut self, row: &Row) -> u32 {
        let place = |list: &[u32]| u32::try_from(list.len()).expect("the workload has few breaks");
        let start = place(&self.from);
        for &(from, price) in &row.breaks {
            self.from.push(from);
            self.prices.push(fixed(price));
        }
        let (first_day, last_day) = (day(row.first_day), day(row.last_day));
        self.rows.push(FlatRow { first_day, last_day, start, end: place(&self.from) });
        u32::try_from(self.rows.len() - 1).expect("the workload has few rows")
    }

    fn index(&mut self, rows: &BTreeMap<(u32, u32), Row>, owners: usize) -> Vec<u32> {
        let mut index = vec![NO_ROW; owners * self.skus];
        for ((owner, sku), row) in rows {
            index[*owner as usize * self.skus + *sku as usize] = self.push(row);
        }
        index
    }
}

fn product(category: usize, cost: u64, bit: impl Fn(&str) -> u8) -> Product {
    let floor = fixed(cost) * i64::from(FLOOR_HUNDREDTHS) * 10;
    let Some(promotion) = PROMOTIONS.iter().find(|promotion| promotion.category == category) else {
        return Product { floor, factor: 1000, quantity_min: u32::MAX, regions: 0 };
    };
    let regions = promotion.regions.iter().map(|region| bit(region)).fold(0, |all, one| all | one);
    let factor = i64::from(1000 - promotion.permille);
    Product { floor, factor, quantity_min: promotion.quantity_min, regions }
}

fn fixed(price: u64) -> i64 {
    i64::try_from(price).expect("a price of the workload is small")
}

fn day(day: i64) -> i32 {
    i32::try_from(day).expect("a day of the workload is near")
}
