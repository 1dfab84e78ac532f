//! Why the others lost: every price that was for the buyer and the goods, with the reason (R3).

use emptor_core::{Choose, Loser, LoserReason, RequestLine, Source};

use crate::book::{PriceSource, SourceKind};
use crate::line::Line;
use crate::offer::Offer;
use crate::order::Order;
use crate::plan::Asked;
use crate::reading::{Answer, Priced};
use crate::record::exact;
use crate::search::Found;
use crate::table::ListsUse;

impl Order<'_> {
    /// The offers for a line that did not price it, in the order in which they are asked.
    pub(crate) fn losers(&self, requested: &RequestLine, line: &Line<'_>, winner: Option<&Found>) -> Vec<Loser> {
        let mut losers = Vec::new();
        if let Some(manual) = requested.manual_price.as_ref().filter(|_| !self.manual_allowed) {
            let amount =
                line.manual_amount(manual.price).map(|amount| amount.round(emptor_core::RoundingMode::HalfEven));
            losers.push(Loser {
                source: Source::Manual { reason: manual.reason.clone() },
                category: None,
                unit: None,
                reason: LoserReason::NotAuthorized,
                amount: amount.map(exact),
            });
        }
        let won = match winner {
            Some(Found::Offered(priced)) => Some(priced),
            _ => None,
        };
        self.each_asked(line, |asked, level| {
            let source = self.book.source(asked.source).filter(|_| asked.period.contains(self.valid_at));
            let Some(source) = source else { return };
            for offer in self.offers(line, asked, level) {
                if won.is_none_or(|won| won.offer != offer) {
                    losers.push(self.loser(line, asked, source, offer, won));
                }
            }
        });
        losers
    }

    /// How many lists are not for the buyer in these circumstances, or count at another time.
    pub(crate) fn lists_not_applicable(&self) -> u32 {
        let lists = self.book.sources.iter().filter(|source| matches!(source.kind, SourceKind::List { .. })).count();
        let applicable = self.chain.lists.iter().filter(|asked| asked.period.contains(self.valid_at)).count();
        u32::try_from(lists.saturating_sub(applicable)).unwrap_or(u32::MAX)
    }

    fn loser(&self, line: &Line<'_>, asked: &Asked, source: &PriceSource, offer: Offer, won: Option<&Priced>) -> Loser {
        let unit = self.table(offer).map(|table| table.shape.unit);
        let reason = |reason, amount: Option<i128>| Loser {
            source: self.source_record(offer.source).unwrap_or(Source::Recorded),
            category: self.category_record(offer),
            unit: unit.and_then(|unit| self.book.ids.units.get(unit as usize).cloned()),
            reason,
            amount: amount.map(exact),
        };
        if !self.converts(line, offer) {
            return reason(LoserReason::Unit, None);
        }
        if source.currency != self.currency && self.conversion(source.currency).is_none() {
            return reason(LoserReason::Currency, None);
        }
        if self.counts_foreign_value(source, offer) {
            return reason(LoserReason::ValueInOtherCurrency, None);
        }
        match self.read(line, offer, None, false) {
            Answer::Price(priced) => reason(self.why(asked, source, offer, won), Some(priced.amount)),
            Answer::NoTier => reason(LoserReason::NoTier, None),
            Answer::Nothing => reason(LoserReason::Unit, None),
            Answer::OutOfRange => reason(LoserReason::OutOfRange, None),
            Answer::Failed(..) => reason(LoserReason::ScriptFailed, None),
        }
    }

    /// Why an offer with a price lost to the winner.
    fn why(&self, asked: &Asked, source: &PriceSource, offer: Offer, won: Option<&Priced>) -> LoserReason {
        let Some(won) = won else { return LoserReason::Outranked };
        let is_list = |source: &PriceSource| matches!(source.kind, SourceKind::List { .. });
        let by_list = self.book.source(won.offer.source).is_some_and(is_list);
        if is_list(source) != by_list {
            let by_contract = match self.table(won.offer).map(|table| table.shape.lists) {
                Some(ListsUse::Lowest) => LoserReason::NotLowest,
                Some(ListsUse::Merge) => LoserReason::BreakTaken,
                _ => LoserReason::HiddenByContract,
            };
            return if by_list { LoserReason::NotLowest } else { by_contract };
        }
        match self.book.tenant.policy.choose {
            Choose::Lowest if by_list => LoserReason::NotLowest,
            Choose::Merge | Choose::MergeLowest if by_list => LoserReason::BreakTaken,
            _ => {
                let run = if by_list { &*self.chain.lists } else { &self.contracts };
                let rank = run.iter().find(|other| other.source == won.offer.source).map(|other| other.rank);
                let same = rank == Some(asked.rank)
                    && asked.source != won.offer.source
                    && offer.category == won.offer.category;
                if same { LoserReason::NotLowest } else { LoserReason::Outranked }
            }
        }
    }
}
