//! The totals of an order, in the terms of EN 16931 (R11).

use emptor_core::scaled::divide;
use emptor_core::{Amount, Currency, Money, PriceRequest, Totals};

use crate::closing::Closing;
use crate::error::PricingError;
use crate::order::Order;
use crate::reading::in_range;
use crate::tax::Taxed;
use crate::taxes::CashRule;

/// What totals are made of, in minor units and without the tax inside.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sums {
    /// Of the lines and gifts.
    pub(crate) line_extension: i128,
    /// Each as one.
    pub(crate) document_steps: Vec<i64>,
    pub(crate) charges: i128,
    /// `None`: no tax is worked out.
    pub(crate) tax: Option<i128>,
    pub(crate) paid: i128,
    /// What is paid is rounded to.
    pub(crate) cash: Option<CashRule>,
}

impl Order<'_> {
    /// The totals of an order.
    ///
    /// # Errors
    /// `pricing.total_out_of_range`.
    pub(crate) fn totals(
        &self,
        request: &PriceRequest,
        closing: &Closing,
        taxed: Option<&Taxed>,
    ) -> Result<Totals, PricingError> {
        let paid = request.facts.paid.and_then(|paid| Money::from_exact(paid, self.currency));
        let cash = self.book.taxes.cash_rule(self.currency).filter(|_| request.cash);
        let mut sums = Sums { paid: paid.map_or(0, |paid| paid.minor().into()), cash, ..Sums::of(closing) };
        if let Some(taxed) = taxed {
            sums.take_tax_off(taxed, closing);
        }
        sums.totals(self.currency).ok_or(PricingError::TotalOutOfRange)
    }
}

impl Sums {
    /// The sums of an order on its side.
    fn of(closing: &Closing) -> Self {
        let lines = closing.lines.iter().flatten().map(|line| line.minor);
        let goods = lines.chain(closing.gifts.iter().map(|gift| gift.minor));
        Self {
            line_extension: sum(goods.map(i128::from)),
            document_steps: closing.document_steps.clone(),
            charges: sum(closing.charges.iter().map(|charge| charge.minor.into())),
            ..Self::default()
        }
    }

    fn take_tax_off(&mut self, taxed: &Taxed, closing: &Closing) {
        let lines = closing.lines.iter().flatten().zip(taxed.lines.iter().flatten());
        let lines = lines.map(|(line, taxed)| taxed.of_line.net(line.minor));
        let gifts = closing.gifts.iter().zip(&taxed.gifts).map(|(gift, taxed)| taxed.net(gift.minor));
        self.line_extension = sum(lines.chain(gifts));
        self.charges = sum(closing.charges.iter().zip(&taxed.charges).map(|(charge, taxed)| taxed.net(charge.minor)));
        self.document_steps.clone_from(&taxed.document_steps);
        self.tax = Some(sum(taxed.groups.iter().map(|group| group.tax.minor().into())));
    }

    /// The totals; `None`: one is beyond R0.
    pub(crate) fn totals(&self, currency: Currency) -> Option<Totals> {
        let below = self.document_steps.iter().filter(|step| **step < 0).map(|step| i128::from(*step));
        let above = self.document_steps.iter().filter(|step| **step > 0).map(|step| i128::from(*step));
        let allowances = sum(below).checked_neg()?;
        let charges = self.charges.checked_add(sum(above))?;
        let exclusive = self.line_extension.checked_sub(allowances)?.checked_add(charges)?;
        let inclusive = exclusive.checked_add(self.tax.unwrap_or(0))?;
        let open = inclusive.checked_sub(self.paid)?;
        let payable = match self.cash {
            Some(CashRule { increment, mode, .. }) => {
                divide(open, increment.into(), mode).checked_mul(increment.into())?
            }
            None => open,
        };
        let money = |minor: i128| money_in_range(minor, currency);
        let unless_zero = |minor: i128| if minor == 0 { Some(None) } else { money(minor).map(Some) };
        let taxed = |minor: i128| if self.tax.is_some() { money(minor).map(Some) } else { Some(None) };
        money(exclusive)?;
        Some(Totals {
            line_extension: money(self.line_extension)?,
            allowances: unless_zero(allowances)?,
            charges: unless_zero(charges)?,
            tax_exclusive: taxed(exclusive)?,
            tax: taxed(self.tax.unwrap_or(0))?,
            tax_inclusive: taxed(inclusive)?,
            prepaid: unless_zero(self.paid)?,
            rounding: unless_zero(payable.checked_sub(open)?)?,
            payable: money(payable)?,
        })
    }
}

/// Minor units as money, if that keeps to R0.
pub(crate) fn money_in_range(minor: i128, currency: Currency) -> Option<Money> {
    let minor = i64::try_from(minor).ok()?;
    in_range(Amount::from_minor(minor, currency).0).map(|_| Money::from_minor(minor, currency))
}

fn sum(amounts: impl Iterator<Item = i128>) -> i128 {
    amounts.fold(0, i128::saturating_add)
}

#[cfg(test)]
mod tests {
    use emptor_core::{Currency, RoundingMode, Totals};

    use super::Sums;
    use crate::taxes::CashRule;

    fn euro() -> Currency {
        "EUR".parse().unwrap()
    }

    fn shown(totals: &Totals) -> [Option<String>; 9] {
        let all = [
            Some(totals.line_extension),
            totals.allowances,
            totals.charges,
            totals.tax_exclusive,
            totals.tax,
            totals.tax_inclusive,
            totals.prepaid,
            totals.rounding,
            Some(totals.payable),
        ];
        all.map(|money| money.map(emptor_core::Money::amount))
    }

    fn check(sums: &Sums, expected: [&str; 9]) {
        let expected = expected.map(|amount| (!amount.is_empty()).then(|| amount.to_owned()));
        assert_eq!(shown(&sums.totals(euro()).unwrap()), expected);
    }

    #[test]
    fn totals_are_those_of_an_invoice() {
        // 100.00 of goods, 5.00 off and 2.00 on the document, 8.00 freight: 105.00; 19.95 tax; 20.00 paid.
        let sums = Sums {
            line_extension: 10_000,
            document_steps: vec![-500, 200, 0],
            charges: 800,
            tax: Some(1_995),
            paid: 2_000,
            cash: None,
        };
        check(&sums, ["100.00", "5.00", "10.00", "105.00", "19.95", "124.95", "20.00", "", "104.95"]);
        // Without tax there are none of its totals.
        let sums = Sums { tax: None, ..sums };
        check(&sums, ["100.00", "5.00", "10.00", "", "", "", "20.00", "", "85.00"]);
        check(&Sums::default(), ["0.00", "", "", "", "", "", "", "", "0.00"]);
    }

    #[test]
    fn cash_is_rounded_to_coins() {
        let cash = |increment, mode| Some(CashRule { currency: euro(), increment, mode });
        let sums = Sums { line_extension: 1_002, tax: Some(0), cash: cash(5, RoundingMode::HalfUp), ..Sums::default() };
        check(&sums, ["10.02", "", "", "10.02", "0.00", "10.02", "", "-0.02", "10.00"]);
        let sums = Sums { cash: cash(5, RoundingMode::Up), ..sums };
        check(&sums, ["10.02", "", "", "10.02", "0.00", "10.02", "", "0.03", "10.05"]);
        let sums = Sums { line_extension: -1_003, cash: cash(5, RoundingMode::HalfUp), ..sums };
        check(&sums, ["-10.03", "", "", "-10.03", "0.00", "-10.03", "", "-0.02", "-10.05"]);
    }

    #[test]
    fn a_total_beyond_the_limit_is_none() {
        let most = 9 * 10_i128.pow(16);
        let with = |line_extension, tax| Sums { line_extension, tax, ..Sums::default() }.totals(euro()).is_some();
        assert!(with(most - 1, None) && !with(most, None) && !with(-most, None));
        assert!(with(most - 2, Some(1)) && !with(most - 2, Some(2)));
    }
}
