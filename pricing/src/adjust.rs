//! Pass 3: what the procedure, the guards and the commitments make of the lines' prices (R7 to R9).

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::{ActsAt, NoPrice, PriceRequest, RoundingMode, Violation, ViolationCode, ViolationSeverity};

use crate::error::PricingError;
use crate::items::{ChangeBy, ChangeShown, Item};
use crate::line::Line;
use crate::order::Order;
use crate::procedure::ProcedureEntry;
use crate::reading::in_range;
use crate::runner::{DocumentTotal, GiftGiven, Runner, line_id, rules_by_hand};
use crate::scene::Scene;
use crate::script_failure::Failure;
use crate::search::Found;
use crate::skip::Skips;

/// A line before the procedure: its price, and what the conversion of its sum changed.
pub(crate) type Converted = Result<(Found, i128), NoPrice>;

/// What the procedure made of an order.
#[derive(Debug, Default)]
pub(crate) struct Adjusted {
    /// The lines, then the charges.
    pub(crate) items: Vec<Item>,
    pub(crate) documents: Vec<DocumentTotal>,
    pub(crate) gifts: Vec<GiftGiven>,
    pub(crate) applied: BTreeMap<u32, i128>,
    pub(crate) violations: Vec<Violation>,
    pub(crate) skips: Option<Skips>,
    pub(crate) failures: Vec<Failure>,
}

impl<'b> Order<'b> {
    /// Runs the procedure; a line that leaves the limits has no price from there on.
    ///
    /// # Errors
    /// `pricing.total_out_of_range`, for sums over lines and for charges.
    pub(crate) fn adjust(
        &self,
        lines: &[Option<Line<'b>>],
        converted: &mut [Converted],
        request: &PriceRequest,
        why: bool,
    ) -> Result<Adjusted, PricingError> {
        let items = self.items(lines, converted, request);
        let mut violations = self.refused(request);
        if !self.book.adjusts() {
            return Ok(Adjusted { items, violations, ..Adjusted::default() });
        }
        let kinds = request.charges.iter().map(|charge| self.book.names.charge_kinds.find(charge.kind.as_str()));
        let by_hand = rules_by_hand(self.book, request, lines);
        let found: Vec<Option<&Found>> =
            converted.iter().map(|line| line.as_ref().ok().map(|(found, _)| found)).collect();
        let scene = Scene::new(self, lines, items, kinds.collect(), Some(request));
        let mut runner = Runner::new(scene, &found, &by_hand, why.then(Skips::default));
        for entry in &self.book.procedure.entries {
            match entry {
                ProcedureEntry::Step(step) => runner.step(*step),
                ProcedureEntry::Guards => runner.guard(&mut violations),
            }
        }
        runner.commit(&mut violations);
        if runner.out_of_range {
            return Err(PricingError::TotalOutOfRange);
        }
        let Runner { scene: Scene { items, .. }, documents, gifts, applied, mut skips, failures, .. } = runner;
        if let Some(skips) = &mut skips {
            skips.skipped.sort_by_key(|skip| skip.item); // stable: what was noted first stays first
        }
        let mut adjusted = Adjusted { items, documents, gifts, applied, violations, skips, failures };
        adjusted.sum_again(lines.len());
        let Adjusted { items, .. } = &adjusted;
        let charges_live = items.get(lines.len()..).is_none_or(|charges| charges.iter().all(|charge| charge.live));
        if !charges_live {
            return Err(PricingError::TotalOutOfRange);
        }
        for (line, item) in converted.iter_mut().zip(items) {
            let is_return = matches!(line, Ok((Found::Returned(_), _)));
            if line.is_ok() && !is_return && !item.live {
                *line = Err(item.lost.unwrap_or(NoPrice::OutOfRange));
            }
        }
        Ok(adjusted)
    }

    /// What the price lists alone give for a line, converted by the line.
    fn lists_amount(&self, line: &Line<'_>) -> Option<i128> {
        let priced = self.lists_price(line)?;
        let Some(original) = priced.original() else { return Some(priced.amount) };
        let currency = self.book.source(priced.offer.source)?.currency;
        in_range(self.conversion(currency)?.convert(original)?.round(RoundingMode::HalfEven))
    }

    /// What the procedure acts on, as it begins.
    fn items(&self, lines: &[Option<Line<'b>>], converted: &[Converted], request: &PriceRequest) -> Vec<Item> {
        let goods = converted.iter().zip(lines).map(|(line, known)| match (line, known) {
            (Ok((Found::Returned(amount), _)), _) => {
                Item { base: *amount, running: *amount, list: *amount, ..Item::default() }
            }
            (Ok((found, moved)), Some(known)) => {
                let base = found.amount().saturating_add(*moved);
                let list = if self.book.procedure.needs_list { self.list_amount(known, found, base) } else { base };
                let excluded = self.excluded_by(found);
                Item { excluded, ..Item::at(base, list) }
            }
            _ => Item::default(),
        });
        let charges = request.charges.iter().map(|charge| {
            let amount = charge.amount.scaled(AMOUNT_DECIMALS).unwrap_or(0);
            Item::at(amount, amount)
        });
        goods.chain(charges).collect()
    }

    /// The steps that the entry which prices a line excludes.
    fn excluded_by(&self, found: &Found) -> u64 {
        let Found::Offered(priced) = found else { return 0 };
        self.table(priced.offer).map_or(0, |table| table.shape.excludes)
    }

    /// What the price lists alone give for a line; its own base where they give nothing.
    fn list_amount(&self, line: &Line<'_>, found: &Found, base: i128) -> i128 {
        let by_list = match found {
            Found::Offered(priced) => {
                self.book.source(priced.offer.source).is_some_and(crate::book::PriceSource::is_list)
            }
            Found::Manual(_) | Found::Returned(_) => false,
        };
        if by_list { base } else { self.lists_amount(line).unwrap_or(base) }
    }

    /// What the request names that does not count.
    fn refused(&self, request: &PriceRequest) -> Vec<Violation> {
        let mut violations = Vec::new();
        let mut add = |code, severity, line| {
            violations.push(Violation { line, ..Violation::of(code, severity) });
        };
        let steps = &self.book.procedure.steps;
        let has_step = |at: ActsAt| steps.iter().any(|step| step.manual && step.at == at);
        let lines = request.lines.iter().enumerate();
        let of_lines = lines.filter(|(_, line)| line.adjustment.is_some());
        let of_order = request.adjustment.iter().map(|_| (ActsAt::Order, None));
        for (at, line) in of_lines.map(|(index, _)| (ActsAt::Line, Some(index))).chain(of_order) {
            let id = line.and_then(|line| line_id(request, line));
            if !request.facts.authority.manual_adjustment {
                add(ViolationCode::ManualNotAuthorized, ViolationSeverity::Reject, id);
            } else if !has_step(at) {
                add(ViolationCode::ManualNoStep, ViolationSeverity::Reject, id);
            }
        }
        let mut seen = BTreeSet::new();
        for coupon in &request.coupons {
            let known = self.book.procedure.coupons.binary_search_by(|known| known.as_str().cmp(coupon.as_str()));
            if known.is_err() && seen.insert(coupon) {
                let none = Violation::of(ViolationCode::CouponUnknown, ViolationSeverity::Warning);
                violations.push(Violation { coupon: Some(coupon.clone()), ..none });
            }
        }
        violations
    }
}

impl Adjusted {
    /// Sums document steps and rules over what has a price at the end, where something lost its price on the way.
    fn sum_again(&mut self, lines: usize) {
        if !self.items.iter().take(lines).any(|item| item.lost.is_some()) {
            return;
        }
        self.applied = self.gifts.iter().map(|gift| (gift.rule, 0)).collect();
        self.documents.iter_mut().for_each(|step| step.amount = 0);
        for change in self.items.iter().filter(|item| item.live).flat_map(|item| &item.changes) {
            if let ChangeBy::Rule { rule: Some(rule), .. } = change.by {
                let amount = self.applied.entry(rule).or_default();
                *amount = amount.saturating_add(change.amount);
            }
            if let ChangeShown::Document(step) = change.shown
                && let Some(total) = self.documents.get_mut(step as usize)
            {
                total.amount = total.amount.saturating_add(change.amount);
            }
        }
    }
}

impl<'o, 'b: 'o> Runner<'o, 'b> {
    fn step(&mut self, number: usize) {
        let book: &'o crate::book::PriceBook = self.scene.order.book;
        let Some(step) = book.procedure.steps.get(number) else { return };
        match step.at {
            ActsAt::Line => self.line_step((number, step)),
            ActsAt::Order => self.order_step((number, step)),
        }
    }
}
