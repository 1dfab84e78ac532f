//! The record of what the procedure, the guards and the tax did (R7 to R11).

use emptor_core::limits::QUANTITY_DECIMALS;
use emptor_core::{
    ActsAt, AdjustmentDetail, Amount, AppliedAdjustment, DocumentShare, DocumentStep, EffectKind, Exact, GuardDetail,
    ManualAdjustment, Money, PriceDetail, PriceRequest, PricedCharge, PricedGift, PricedLine, RuleSource, ScriptRun,
    SkippedRule, Source, Step, StepKind,
};

use crate::adjust::Adjusted;
use crate::book::SourceKind;
use crate::items::{Change, ChangeBy, ChangeShown, Item, Reading};
use crate::order::Order;
use crate::price::{Detail, Processed};
use crate::procedure::{EffectPlan, RuleOf};
use crate::record::{exact, plain_step};
use crate::script::run_record;
use crate::tax::TaxedThing;
use crate::total::Ended;

impl Order<'_> {
    /// One change as a step; `by_hand` is what the line was adjusted by.
    pub(crate) fn change_record(
        &self,
        change: &Change,
        by_hand: Option<&ManualAdjustment>,
        request: Option<&PriceRequest>,
    ) -> Step {
        match &change.by {
            ChangeBy::Rule { step, rule, reading, of_order } => {
                let effect = self.effect_of(*step, *rule, by_hand, request);
                let adjustment = self.book.procedure.steps.get(*step).map(|plan| {
                    Box::new(AdjustmentDetail {
                        step: plan.id.clone(),
                        by: self.rule_source(*step, *rule, by_hand, request),
                        effect,
                        number: reading.number,
                        basis: reading.basis.map(exact),
                        of_order: of_order.map(exact),
                        scripts: self.rule_runs(*rule, reading, true),
                    })
                });
                Step { adjustment, ..plain_step(StepKind::Adjustment, change.amount) }
            }
            ChangeBy::Guard { kind, of, limit } => {
                let guard = GuardDetail { kind: *kind, of: self.guard_of(*of), limit: exact(*limit) };
                Step { guard: Some(Box::new(guard)), ..plain_step(StepKind::Guard, change.amount) }
            }
            ChangeBy::Redistribution => plain_step(StepKind::Redistribution, change.amount),
            ChangeBy::Commitment { source } => {
                let contract = self.book.source(*source).and_then(|source| match &source.kind {
                    SourceKind::Contract { id, .. } => Some(id.clone()),
                    SourceKind::List { .. } => None,
                });
                Step { commitment: contract, ..plain_step(StepKind::Commitment, change.amount) }
            }
        }
    }

    /// How the scripts of a rule that acted ran: of `for` on a line only, of `when`, of its effect.
    fn rule_runs(&self, rule: Option<u32>, reading: &Reading, on_line: bool) -> Vec<ScriptRun> {
        let Some(scripts) = &self.book.scripts else { return Vec::new() };
        let rule = rule.and_then(|rule| self.book.procedure.rules.get(rule as usize));
        let Some(rule) = rule else { return Vec::new() };
        let number = reading.number.map_or_else(String::new, |number| number.to_string());
        let condition = || "true".to_owned();
        let [of_lines, of_when, of_effect] = reading.failed;
        let asked = [
            (rule.scripts.lines.filter(|_| on_line), condition(), of_lines),
            (rule.scripts.when, condition(), of_when),
            (rule.effect.script(), number, of_effect),
        ];
        let runs = asked.into_iter().filter_map(|(call, result, failed)| {
            Some(run_record(scripts.call(call?)?, (self.valid_at, self.currency), result, failed))
        });
        runs.collect()
    }

    /// What a rule does.
    fn effect_of(
        &self,
        step: usize,
        rule: Option<u32>,
        by_hand: Option<&ManualAdjustment>,
        request: Option<&PriceRequest>,
    ) -> EffectKind {
        let of_book = rule.and_then(|rule| self.book.procedure.rules.get(rule as usize));
        if let Some(rule) = of_book {
            return rule.effect.kind();
        }
        let manual = self.manual(step, by_hand, request);
        match manual {
            Some(ManualAdjustment { percent_off: Some(_), .. }) | None => EffectKind::PercentOff,
            Some(ManualAdjustment { percent_added: Some(_), .. }) => EffectKind::PercentAdded,
            Some(ManualAdjustment { amount_off: Some(_), .. }) => EffectKind::AmountOff,
            Some(_) => EffectKind::AmountAdded,
        }
    }

    /// What somebody adjusted by hand in a step: the line, or the order.
    fn manual<'m>(
        &self,
        step: usize,
        by_hand: Option<&'m ManualAdjustment>,
        request: Option<&'m PriceRequest>,
    ) -> Option<&'m ManualAdjustment> {
        let on_order = self.book.procedure.steps.get(step).is_some_and(|step| step.at == ActsAt::Order);
        if on_order { request.and_then(|request| request.adjustment.as_ref()) } else { by_hand }
    }

    /// Whose rule it is.
    pub(crate) fn rule_source(
        &self,
        step: usize,
        rule: Option<u32>,
        by_hand: Option<&ManualAdjustment>,
        request: Option<&PriceRequest>,
    ) -> RuleSource {
        let of_book = rule.and_then(|rule| self.book.procedure.rules.get(rule as usize)).map(|rule| &rule.of);
        match of_book {
            Some(RuleOf::Adjustment(id)) => RuleSource::Adjustment(id.clone()),
            Some(RuleOf::Contract { source, term }) => match self.book.source(*source) {
                Some(found) => match &found.kind {
                    SourceKind::Contract { id, .. } => {
                        RuleSource::Contract { contract: id.clone(), version: found.version, term: *term }
                    }
                    SourceKind::List { .. } => RuleSource::Manual { reason: String::new() },
                },
                None => RuleSource::Manual { reason: String::new() },
            },
            Some(RuleOf::Manual(_)) | None => {
                let manual = self.manual(step, by_hand, request);
                RuleSource::Manual { reason: manual.map_or_else(String::new, |manual| manual.reason.clone()) }
            }
        }
    }

    /// What a line has beside its waterfall.
    pub(crate) fn add_to_record(
        &self,
        record: &mut PricedLine,
        index: usize,
        ended: Option<&Ended>,
        processed: &Processed<'_>,
        request: &PriceRequest,
        detail: Detail,
    ) {
        let requested = request.lines.get(index);
        if let (Some(taxed), Some(ended)) = (&processed.taxed, ended)
            && let Some(of_line) = taxed.lines.get(index).and_then(Option::as_ref)
        {
            let inside = of_line.of_line.inside.map(|_| Money::from_minor(ended.tax_minor(), self.currency));
            (record.tax, record.tax_category) = (inside, Some(of_line.of_line.category.clone()));
        }
        if detail >= Detail::Waterfall
            && let Some(item) = ended.and_then(|ended| Some(&ended.more.as_ref()?.item))
        {
            let by_hand = requested.and_then(|line| line.adjustment.as_ref());
            record.memo = self.memo(item, by_hand, Some(request));
            record.shares = self.share_records(index, item, processed);
        }
        if detail == Detail::Why && processed.lines.get(index).is_some_and(Option::is_some) {
            self.add_skipped(record, index, &processed.adjusted, request);
        }
    }

    fn memo(&self, item: &Item, by_hand: Option<&ManualAdjustment>, request: Option<&PriceRequest>) -> Vec<Step> {
        let memo = item.changes.iter().filter(|change| change.shown == ChangeShown::Memo);
        memo.map(|change| self.change_record(change, by_hand, request)).collect()
    }

    /// The shares of a line in document steps, without the tax inside.
    fn share_records(&self, index: usize, item: &Item, processed: &Processed<'_>) -> Vec<DocumentShare> {
        let taxed = processed.taxed.as_ref().and_then(|taxed| taxed.lines.get(index)?.as_ref());
        let shares = item.changes.iter().filter_map(|change| match change.shown {
            ChangeShown::Document(step) => Some((step, change.amount)),
            ChangeShown::Line | ChangeShown::Memo => None,
        });
        let unit = self.minor_unit();
        let shares = shares.enumerate().filter_map(|(place, (document_step, amount))| {
            let minor = i64::try_from(amount.checked_div(unit)?).ok()?;
            let inside = taxed.and_then(|taxed| taxed.shares.get(place)).copied().unwrap_or(0);
            let amount = Money::from_minor(minor.checked_sub(inside)?, self.currency);
            Some(DocumentShare { document_step, amount })
        });
        shares.collect()
    }

    /// The rules that did not act on a line.
    fn add_skipped(&self, record: &mut PricedLine, index: usize, adjusted: &Adjusted, request: &PriceRequest) {
        let Some(skips) = &adjusted.skips else { return };
        let start = skips.skipped.partition_point(|skip| skip.item < index);
        let of_line = skips.skipped.get(start..).unwrap_or(&[]).iter().take_while(|skip| skip.item == index);
        let by_hand = request.lines.get(index).and_then(|line| line.adjustment.as_ref());
        record.skipped = of_line
            .filter_map(|skip| {
                Some(SkippedRule {
                    step: self.book.procedure.steps.get(skip.step)?.id.clone(),
                    by: self.rule_source(skip.step, skip.rule, by_hand, Some(request)),
                    reason: skip.reason,
                    condition: skip.condition.clone(),
                    amount: skip.amount.map(exact),
                })
            })
            .collect();
        let acted = record.steps.iter().chain(&record.memo).filter(|step| step.step == StepKind::Adjustment).count();
        let listed = acted.saturating_add(record.shares.len()).saturating_add(record.skipped.len());
        let rules = self.book.procedure.rules.len();
        record.rules_not_applicable = Some(u32::try_from(rules.saturating_sub(listed)).unwrap_or(u32::MAX));
    }

    /// Goods that come on top.
    pub(crate) fn gift_records(&self, processed: &Processed<'_>, detail: Detail) -> Vec<PricedGift> {
        let gifts = processed.adjusted.gifts.iter().zip(&processed.closing.gifts).enumerate();
        let records = gifts.filter_map(|(index, (given, closed))| {
            let rule = self.book.procedure.rules.get(given.rule as usize)?;
            let EffectPlan::Gift(plan) = &rule.effect else { return None };
            let taxed = processed.taxed.as_ref().and_then(|taxed| taxed.gifts.get(index));
            let (net, tax) = self.without_tax(closed.minor, taxed);
            let unit = self.book.unit_table(self.book.product(plan.sku)?)?.units.first()?.unit;
            Some(PricedGift {
                step: self.book.procedure.steps.get(given.step)?.id.clone(),
                by: self.rule_source(given.step, Some(given.rule), None, None),
                sku: plan.id.clone(),
                quantity: Exact::from_scaled(plan.quantity_micros.into(), QUANTITY_DECIMALS)?,
                unit: self.book.ids.units.get(unit as usize)?.clone(),
                net,
                tax,
                tax_category: taxed.map(|taxed| taxed.category.clone()),
                steps: if detail >= Detail::Waterfall {
                    self.bare_steps(Source::Gift, given.amount, &[], tax)
                } else {
                    Vec::new()
                },
            })
        });
        records.collect()
    }

    /// What is charged that is no goods.
    pub(crate) fn charge_records(
        &self,
        request: &PriceRequest,
        processed: &Processed<'_>,
        detail: Detail,
    ) -> Vec<PricedCharge> {
        let charges = request.charges.iter().zip(&processed.adjusted.items).zip(&processed.closing.charges).enumerate();
        let records = charges.map(|(index, ((charge, item), closed))| {
            let taxed = processed.taxed.as_ref().and_then(|taxed| taxed.charges.get(index));
            let (net, tax) = self.without_tax(closed.minor, taxed);
            let (mut steps, mut memo) = (Vec::new(), Vec::new());
            if detail >= Detail::Waterfall {
                let shown = item.changes.iter().filter(|change| change.shown == ChangeShown::Line);
                let changes: Vec<Step> = shown.map(|change| self.change_record(change, None, Some(request))).collect();
                let rounding = Amount::from_minor(closed.minor, self.currency).0.saturating_sub(item.running);
                let rounding = (rounding != 0).then(|| plain_step(StepKind::Rounding, rounding));
                let changes: Vec<Step> = changes.into_iter().chain(rounding).collect();
                steps = self.bare_steps(Source::Charge, item.base, &changes, tax);
                memo = self.memo(item, None, Some(request));
            }
            PricedCharge {
                id: charge.id.clone(),
                kind: charge.kind.clone(),
                net,
                tax,
                tax_category: taxed.map(|taxed| taxed.category.clone()),
                steps,
                memo,
            }
        });
        records.collect()
    }

    /// An amount on the order's side as net and the tax inside.
    fn without_tax(&self, minor: i64, taxed: Option<&TaxedThing>) -> (Money, Option<Money>) {
        let inside = taxed.and_then(|taxed| taxed.inside);
        let net = minor.saturating_sub(inside.unwrap_or(0));
        (Money::from_minor(net, self.currency), inside.map(|inside| Money::from_minor(inside, self.currency)))
    }

    /// The waterfall of what is no goods line.
    fn bare_steps(&self, source: Source, amount: i128, changes: &[Step], tax: Option<Money>) -> Vec<Step> {
        let price = PriceDetail { source, category: None, table: None, script: None };
        let first = Step { price: Some(Box::new(price)), ..plain_step(StepKind::Price, amount) };
        let inside = tax.map_or(0, |tax| Amount::from_minor(tax.minor(), self.currency).0);
        let tax = (inside != 0).then(|| plain_step(StepKind::Tax, inside.saturating_neg()));
        std::iter::once(first).chain(changes.iter().cloned()).chain(tax).collect()
    }

    /// The allowances and charges of the document, without the tax inside.
    pub(crate) fn document_records(&self, request: &PriceRequest, processed: &Processed<'_>) -> Vec<DocumentStep> {
        let nets = match &processed.taxed {
            Some(taxed) => &taxed.document_steps,
            None => &processed.closing.document_steps,
        };
        let records = processed.adjusted.documents.iter().zip(nets).filter_map(|(total, net)| {
            Some(DocumentStep {
                step: self.book.procedure.steps.get(total.step)?.id.clone(),
                by: self.rule_source(total.step, total.rule, None, Some(request)),
                effect: self.effect_of(total.step, total.rule, None, Some(request)),
                number: total.reading.number,
                basis: total.reading.basis.map(exact),
                scripts: self.rule_runs(total.rule, &total.reading, false),
                amount: Money::from_minor(*net, self.currency),
            })
        });
        records.collect()
    }

    /// What each adjustment changed in all, by name.
    pub(crate) fn applied_records(&self, adjusted: &Adjusted) -> Vec<AppliedAdjustment> {
        let records = adjusted.applied.iter().filter_map(|(rule, amount)| {
            match &self.book.procedure.rules.get(*rule as usize)?.of {
                RuleOf::Adjustment(id) => Some(AppliedAdjustment { adjustment: id.clone(), amount: exact(*amount) }),
                RuleOf::Contract { .. } | RuleOf::Manual(_) => None,
            }
        });
        let mut records: Vec<AppliedAdjustment> = records.collect();
        records.sort_by(|left, right| left.adjustment.cmp(&right.adjustment));
        records
    }
}
