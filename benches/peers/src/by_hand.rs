//! What a team writes by hand instead, promotions included: `rust_decimal` in standard hash maps. Ratios are against it.

use std::collections::HashMap;

use emptor_benches::workload::{PROMOTIONS, Request, Workload};
use rust_decimal::Decimal;

use crate::host::{Answer, Case, Host};
use crate::promotion::CATEGORIES;

/// The rows, and the promotions by category.
#[derive(Debug)]
pub struct ByHand {
    host: Host,
    promotions: HashMap<&'static str, DecimalPromotion>,
}

#[derive(Debug)]
struct DecimalPromotion {
    factor: Decimal,
    quantity_min: u32,
    regions: Vec<String>,
}

impl ByHand {
    /// The workload's rows and promotions.
    pub fn new(workload: &Workload) -> Self {
        let promotions = PROMOTIONS.iter().map(|promotion| {
            let factor = Decimal::new((1000 - promotion.permille).into(), 3);
            let regions = promotion.regions.iter().map(ToString::to_string).collect();
            (CATEGORIES[promotion.category], DecimalPromotion { factor, quantity_min: promotion.quantity_min, regions })
        });
        Self { host: Host::new(workload), promotions: promotions.collect() }
    }

    /// What a line comes to.
    #[inline]
    pub fn line(&self, request: Request) -> Answer {
        self.host.line(request, |case| self.promoted(case))
    }

    #[inline]
    fn promoted(&self, case: &Case) -> Option<Decimal> {
        let promotion = self.promotions.get(case.category)?;
        let acts = case.quantity >= promotion.quantity_min && promotion.regions.iter().any(|it| it == case.region);
        acts.then(|| (case.unit * promotion.factor).max(self.host.floor(case)))
    }
}
