//! Who must approve an order: by its value, its discount and its margin (R12).

use emptor_core::scaled::{Fraction, Wide};
use emptor_core::{Exact, Fix, RoundingMode, Violation, ViolationCode, ViolationSeverity};

use crate::order_rule::{Band, OrderRule};
use crate::record::exact;
use crate::verdict::{NearRules, Trial};

/// 100 percent, with the percent at 10 decimals.
const WHOLE: i128 = 1_000_000_000_000;
/// A percent is shown with two decimals.
const HUNDREDTHS: i128 = 10_000;

/// A part of a whole above zero; amounts at 10 decimals.
#[derive(Debug, Clone, Copy)]
struct Share {
    part: i128,
    whole: i128,
}

/// What approvals are judged by.
struct Measured {
    code: ViolationCode,
    /// The last band that is reached.
    band: Option<usize>,
    /// Rounded to two decimals.
    actual: Option<Exact>,
}

impl<'t, 'b> Trial<'t, 'b> {
    /// The approvals that an order needs.
    pub(crate) fn judge_approvals(&self, rules: &NearRules<'t, 'b>, violations: &mut Vec<Violation>) {
        let stated = |bands: &'t [Band]| Some(bands).filter(|bands| !bands.is_empty());
        let of_currency = |rule: &OrderRule| rule.currency == self.order.currency;
        let bands = rules.nearest(|rule| stated(&rule.approve_value).filter(|_| of_currency(rule)));
        if let Some((rule, bands)) = bands {
            let value = self.value();
            let band = bands.partition_point(|band| band.bound <= value).checked_sub(1);
            let actual = two_decimals(Fraction::new(Wide::product(value, 1), 100_000_000, 0));
            self.approve(rule, bands, &Measured { code: ViolationCode::ApproveValue, band, actual }, violations);
        }
        if let Some((rule, bands)) = rules.nearest(|rule| stated(&rule.approve_discount)) {
            let share = self.discount();
            let reached = |band: &Band, share: Share| share.reaches(band.bound);
            let measured = Measured::of(ViolationCode::ApproveDiscount, bands, share, reached);
            self.approve(rule, bands, &measured, violations);
        }
        if let Some((rule, bands)) = rules.nearest(|rule| stated(&rule.approve_margin)) {
            let share = self.margin();
            let below = |band: &Band, share: Share| !share.reaches(band.bound);
            let measured = Measured::of(ViolationCode::ApproveMargin, bands, share, below);
            self.approve(rule, bands, &measured, violations);
        }
    }

    fn approve(&self, rule: &OrderRule, bands: &[Band], measured: &Measured, violations: &mut Vec<Violation>) {
        if !self.processed.closing.is_complete() {
            self.add(rule.not_judged(measured.code), violations);
            return;
        }
        let Some(band) = measured.band.and_then(|band| bands.get(band)) else { return };
        let violation = Violation {
            severity: ViolationSeverity::NeedsApproval,
            role: Some(band.role.clone()),
            limit: Some(exact(band.bound)),
            actual: measured.actual,
            ..rule.violation(measured.code, Some(Fix::Approve(band.role.clone())))
        };
        self.add(violation, violations);
    }

    /// What the order is below its list prices, as a part of these.
    fn discount(&self) -> Option<Share> {
        let goods = self.processed.closing.lines.iter().flatten().filter(|line| !line.is_return);
        let list = goods.fold(0_i128, |sum, line| sum.saturating_add(line.list));
        Share::of(list.saturating_sub(self.value()), list)
    }

    /// What the goods with a cost bring above it, as a part of what they come to without tax.
    fn margin(&self) -> Option<Share> {
        if self.order.currency != self.order.book.tenant.currency {
            return None;
        }
        let (mut value, mut costs) = (0_i128, 0_i128);
        for (place, line) in self.goods() {
            let Some(cost) = self.order.book.facts(line.sku).and_then(|facts| facts.cost) else { continue };
            let Some(Some(closed)) = self.processed.closing.lines.get(place) else { continue };
            let quantity = line.own_quantity()?;
            let divisor = quantity.denominator.checked_mul(1_000_000)?.unsigned_abs();
            let cost = Fraction::new(Wide::product(cost, quantity.numerator), divisor, 0)?;
            let taxed = self.processed.taxed.as_ref().and_then(|taxed| taxed.lines.get(place)?.as_ref());
            let inside = taxed.map_or(0, |taxed| {
                let own = i128::from(taxed.of_line.inside.unwrap_or(0));
                taxed.shares.iter().fold(own, |sum, share| sum.saturating_add(i128::from(*share)))
            });
            costs = costs.checked_add(cost.round(RoundingMode::HalfEven))?;
            value = value.checked_add(closed.with_shares().checked_sub(inside)?)?;
        }
        let value = value.checked_mul(self.order.minor_unit())?;
        Share::of(value.checked_sub(costs)?, value)
    }
}

impl Measured {
    /// The last band that a share reaches; the bands that are reached come first.
    fn of(code: ViolationCode, bands: &[Band], share: Option<Share>, reached: impl Fn(&Band, Share) -> bool) -> Self {
        let band = share.and_then(|share| bands.partition_point(|band| reached(band, share)).checked_sub(1));
        let actual = share.and_then(|share| two_decimals(share.hundredths()));
        Self { code, band, actual }
    }
}

impl Share {
    /// A part of a whole, if that is above zero.
    fn of(part: i128, whole: i128) -> Option<Self> {
        (whole > 0).then_some(Self { part, whole })
    }

    /// Whether it is at or above a percent at 10 decimals, exactly.
    fn reaches(self, percent: i128) -> bool {
        let above = Wide::product(self.part, WHOLE).plus_product(percent.saturating_neg(), self.whole);
        above.is_some_and(|above| above.sign().is_ge())
    }

    fn hundredths(self) -> Option<Fraction> {
        Fraction::new(Wide::product(self.part, HUNDREDTHS), self.whole.unsigned_abs(), 0)
    }
}

fn two_decimals(hundredths: Option<Fraction>) -> Option<Exact> {
    Exact::from_scaled(hundredths?.round(RoundingMode::HalfUp), 2)
}

#[cfg(test)]
mod tests {
    use emptor_core::{RoleId, ViolationCode};

    use super::{Band, Measured, Share};

    fn bands(percents: &[i128]) -> Vec<Band> {
        let role = RoleId::new("head").unwrap();
        percents.iter().map(|percent| Band { bound: percent * 10_000_000_000, role: role.clone() }).collect()
    }

    #[test]
    fn the_last_band_that_is_reached_counts() {
        let discount = |part, whole| {
            let reached = |band: &Band, share: Share| share.reaches(band.bound);
            let code = ViolationCode::ApproveDiscount;
            let measured = Measured::of(code, &bands(&[10, 20]), Share::of(part, whole), reached);
            (measured.band, measured.actual.map(|actual| actual.to_string()))
        };
        assert_eq!(discount(10, 100), (Some(0), Some("10".to_owned())));
        assert_eq!(discount(9_999_999, 100_000_000), (None, Some("10".to_owned())));
        assert_eq!(discount(2, 3), (Some(1), Some("66.67".to_owned())));
        assert_eq!(discount(5, 0), (None, None));
        let margin = |part, whole| {
            let below = |band: &Band, share: Share| !share.reaches(band.bound);
            Measured::of(ViolationCode::ApproveMargin, &bands(&[30, 15]), Share::of(part, whole), below).band
        };
        assert_eq!([30, 29, 15, 14, -5].map(|part| margin(part, 100)), [None, Some(0), Some(0), Some(1), Some(1)]);
    }
}
