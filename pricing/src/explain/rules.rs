//! What a rule of the procedure did, in words (R7).

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::scaled::{Fraction, Wide, divide, power_of_ten};
use emptor_core::{
    AdjustmentDetail, Currency, DocumentStep, EffectKind, Exact, GuardDetail, GuardKind, GuardOf, RoundingMode,
    RuleSource,
};

use super::Explanation;

/// A change and the numbers it was made from.
struct Change {
    effect: EffectKind,
    amount: Exact,
    number: Option<Exact>,
    basis: Option<Exact>,
    /// Whether it is of the order; there an amount is never per unit.
    of_order: bool,
    /// Whether it is not part of the price: then nothing is taken off or added.
    apart: bool,
}

/// 100 percent, with the percent at 10 decimals.
const WHOLE: u128 = 1_000_000_000_000;
/// How far rounding may leave a change from its percent: a hundredth, at 10 decimals.
const ROUNDED_BY_MAX: i128 = 100_000_000;

impl Explanation<'_> {
    /// Whose rule it is: `Spring promotion (spring-discs)`.
    pub(super) fn rule(&self, by: &RuleSource) -> String {
        match by {
            RuleSource::Adjustment(id) => match self.labels.get(id) {
                Some(label) => format!("{label} ({id})"),
                None => id.to_string(),
            },
            RuleSource::Contract { contract, version, term } => {
                format!("contract {contract}, version {version}, term {term}")
            }
            RuleSource::Manual { reason } if reason.is_empty() => "by hand".to_owned(),
            RuleSource::Manual { reason } => format!("by hand, {reason}"),
        }
    }

    /// What a rule did to a line or charge.
    pub(super) fn adjusted(&self, detail: &AdjustmentDetail, amount: Exact) -> String {
        self.said(detail, amount, false)
    }

    /// What a rule notes of a line or charge, apart from the price.
    pub(super) fn noted(&self, detail: &AdjustmentDetail, amount: Exact) -> String {
        self.said(detail, amount, true)
    }

    fn said(&self, detail: &AdjustmentDetail, amount: Exact, apart: bool) -> String {
        let AdjustmentDetail { by, effect, number, basis, of_order, .. } = detail;
        let change = Change {
            effect: *effect,
            amount: of_order.unwrap_or(amount),
            number: *number,
            basis: *basis,
            of_order: of_order.is_some(),
            apart,
        };
        let share = of_order.filter(|&whole| whole != amount);
        let share = share.map(|whole| format!("a share of {}", whole.padded(self.order.currency.decimals())));
        let how = change.words(self.order.currency).into_iter().chain(share).collect::<Vec<_>>().join(", ");
        if how.is_empty() { self.rule(by) } else { format!("{}: {how}", self.rule(by)) }
    }

    /// What a rule did to the document.
    pub(super) fn document_step(&self, step: &DocumentStep) -> String {
        let amount = step.amount.amount().parse().unwrap_or_default();
        let change = Change {
            effect: step.effect,
            amount,
            number: step.number,
            basis: step.basis,
            of_order: true,
            apart: false,
        };
        match change.words(self.order.currency) {
            Some(how) => format!("{}: {how}", self.rule(&step.by)),
            None => self.rule(&step.by),
        }
    }
}

impl Change {
    /// How its numbers make it.
    fn words(&self, currency: Currency) -> Option<String> {
        let money = |exact: Exact| exact.padded(currency.decimals());
        let number = self.number?;
        let basis = self.basis.map(money);
        let cut = if self.is_cut() { ", as far as it goes" } else { "" };
        let of_basis = |direction: &str| match &basis {
            Some(basis) => format!("{number} % {direction} {basis}{cut}"),
            None => format!("{number} %{cut}"),
        };
        let from = |verb: &str| match &basis {
            Some(basis) => format!("{verb} from {basis} to {}", money(number)),
            None => format!("{verb} to {}", money(number)),
        };
        let is_whole = self.amount == number || self.amount == negated(number);
        let per = match (is_whole, self.of_order) {
            (true, _) => "",
            // What is left of a budget, or of the goods.
            (false, true) => ", as far as it goes",
            (false, false) => " each",
        };
        Some(match self.effect {
            EffectKind::PercentOff => of_basis(if self.apart { "of" } else { "off" }),
            EffectKind::PercentAdded => of_basis(if self.apart { "of" } else { "on" }),
            EffectKind::AmountOff => format!("{} off{per}", money(number)),
            EffectKind::AmountAdded => format!("{} added{per}", money(number)),
            EffectKind::Price => format!("at a price of {}", money(number)),
            EffectKind::RaiseTo => from("raised"),
            EffectKind::LowerTo => from("lowered"),
            EffectKind::Indexed => match &basis {
                Some(basis) => format!("the index is at {number}, on {basis}"),
                None => format!("the index is at {number}"),
            },
            EffectKind::Bundle => return None,
        })
    }
}

impl Change {
    /// Whether less was changed than the percent gives: by a bound, a budget, or what was left.
    fn is_cut(&self) -> bool {
        let numbers = self.basis.and_then(scaled).zip(self.number.and_then(scaled)).zip(scaled(self.amount));
        let Some(((basis, number), amount)) = numbers else { return false };
        let whole = Fraction::new(Wide::product(basis, number), WHOLE, 0).map(|whole| whole.round(RoundingMode::Down));
        let missing = whole.map(|whole| whole.saturating_abs().saturating_sub(amount.saturating_abs()));
        missing.is_some_and(|missing| missing > ROUNDED_BY_MAX)
    }
}

/// The number with the other sign.
fn negated(number: Exact) -> Exact {
    scaled(number).and_then(|scaled| Exact::from_scaled(scaled.checked_neg()?, AMOUNT_DECIMALS)).unwrap_or(number)
}

/// Which guard a line was set to; `shared`: discounts of the document were taken off before.
pub(super) fn guarded(guard: &GuardDetail, currency: Currency, shared: bool) -> String {
    let GuardDetail { kind, of, limit } = guard;
    let kind = match kind {
        GuardKind::Floor => "the floor",
        GuardKind::Map => "the least advertised price",
        GuardKind::Margin => "the least margin",
        GuardKind::Discount => "the most discount",
        GuardKind::Ceiling => "the ceiling",
    };
    let after = if shared { " after its share of the document's discounts" } else { "" };
    format!("set to {kind} of {}: {}{after}", guard_of(of), shown(*limit, currency))
}

pub(super) fn guard_of(of: &GuardOf) -> String {
    match of {
        GuardOf::Product => "the product".to_owned(),
        GuardOf::Entry => "the price".to_owned(),
        GuardOf::PriceList { price_list, version } => format!("price list {price_list}, version {version}"),
        GuardOf::Tenant => "the seller".to_owned(),
    }
}

/// An amount of up to 10 decimals at those of the currency, half-up: for the eye, the record has all of them.
pub(super) fn shown(amount: Exact, currency: Currency) -> String {
    let decimals = currency.decimals();
    let unit = AMOUNT_DECIMALS.saturating_sub(decimals);
    let minor = scaled(amount).map(|amount| divide(amount, power_of_ten(unit), RoundingMode::HalfUp));
    let rounded = minor.and_then(|minor| Exact::from_scaled(minor, decimals));
    rounded.unwrap_or(amount).padded(decimals)
}

pub(super) fn scaled(exact: Exact) -> Option<i128> {
    exact.scaled(AMOUNT_DECIMALS)
}
