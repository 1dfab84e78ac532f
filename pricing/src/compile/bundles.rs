//! Bundles and gifts: goods that are bought together, and what is given for it (R8).

use emptor_core::limits::{AMOUNT_DECIMALS, QUANTITY_DECIMALS, QUANTITY_MICROS_END};
use emptor_core::{Bundle, Exact, Gift, Place};

use super::Builder;
use super::conditions::Stand;
use crate::code::Code;
use crate::procedure::{BundleEffect, BundlePlan, GiftPlan, GivenPlan};

impl Builder<'_> {
    /// Compiles a bundle; `None` if it is none, which is reported.
    pub(super) fn bundle(&mut self, bundle: &Bundle, may_go_below: bool, place: &Place) -> Option<BundlePlan> {
        if bundle.takes.is_empty() || bundle.takes.iter().any(|taken| taken.quantity == 0) {
            let help = "name goods and how many of them, at least 1";
            self.report.error(Code::EffectKind, &place.key("takes"), "a bundle takes nothing", help);
        }
        let mut takes = Vec::new();
        for (index, taken) in bundle.takes.iter().enumerate() {
            let place = place.key("takes").index(index).key("for");
            takes.push((self.condition(&taken.lines, Stand::Line, &place), taken.quantity));
        }
        let gives = bundle.gives.as_ref().map(|given| {
            if given.quantity == 0 {
                self.not_positive(&place.key("gives").key("quantity"));
            }
            let place = place.key("gives").key("for");
            let lines = given.lines.as_ref().map(|lines| self.condition(lines, Stand::Line, &place));
            GivenPlan { lines, quantity: given.quantity, choose: given.choose }
        });
        if bundle.sets_max == Some(0) {
            self.not_positive(&place.key("sets_max"));
        }
        let effect = self.bundle_effect(bundle, place)?;
        if let BundleEffect::PercentOff(_) = effect
            && !may_go_below
            && bundle.percent_off.is_some_and(|percent| percent > Exact::from(100))
        {
            let help = "write 0 to 100, or let the step go `below_zero`";
            let message = "more than 100 percent are taken off";
            self.report.error(Code::EffectPercent, &place.key("percent_off"), message, help);
        }
        if let Some(given) = &gives
            && given.lines.is_none()
        {
            let taken = takes.iter().fold(0_u64, |sum, (_, quantity)| sum.saturating_add((*quantity).into()));
            if u64::from(given.quantity) > taken {
                let help = "give at most as many as are taken, or name other goods with `for`";
                let message = "a bundle gives more of its units than it takes";
                self.report.error(Code::EffectKind, &place.key("gives").key("quantity"), message, help);
            }
        }
        Some(BundlePlan { takes, gives, effect, sets_max: bundle.sets_max })
    }

    fn bundle_effect(&mut self, bundle: &Bundle, place: &Place) -> Option<BundleEffect> {
        type Kind = fn(i128) -> BundleEffect;
        let kinds: [(Option<Exact>, &'static str, Kind); 5] = [
            (bundle.percent_off, "percent_off", BundleEffect::PercentOff),
            (bundle.amount_off, "amount_off", BundleEffect::AmountOff),
            (bundle.price, "price", BundleEffect::Price),
            (bundle.set_amount_off, "set_amount_off", BundleEffect::SetAmountOff),
            (bundle.set_price, "set_price", BundleEffect::SetPrice),
        ];
        let mut stated = kinds.into_iter().filter_map(|(number, key, kind)| Some((number?, key, kind)));
        match (stated.next(), stated.next()) {
            (Some((number, key, kind)), None) => self.amount(number, &place.key(key)).map(kind),
            _ => {
                let help = "state exactly one of percent_off, amount_off, price, set_amount_off, set_price";
                self.report.error(Code::EffectKind, place, "a bundle does nothing, or several things", help);
                None
            }
        }
    }

    /// Compiles a gift; `None` if it is none, which is reported.
    pub(super) fn gift(&mut self, gift: &Gift, place: &Place) -> Option<GiftPlan> {
        let sku = self.names.skus.find(gift.sku.as_str());
        if sku.is_none() {
            self.unknown(&place.key("sku"), "product with the sku", gift.sku.as_str());
        }
        let micros = gift.quantity.scaled(QUANTITY_DECIMALS).and_then(|micros| i64::try_from(micros).ok());
        let micros = micros.filter(|&micros| 0 < micros && micros < QUANTITY_MICROS_END);
        if micros.is_none() {
            self.not_positive(&place.key("quantity"));
        }
        self.amount(gift.price, &place.key("price"))?;
        let price = gift.price.scaled(AMOUNT_DECIMALS)?;
        Some(GiftPlan { id: gift.sku.clone(), sku: sku?, quantity_micros: micros?, price })
    }
}
