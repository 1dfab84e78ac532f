//! The record of a priced order (R15).

use std::collections::BTreeMap;

use emptor_core::{
    AdjustmentId, AppliedAdjustment, Basis, ConversionDetail, DocumentShare, DocumentStep, Exact, Money, PriceDetail,
    PricedCharge, PricedGift, PricedLine, PricedOrder, Quantity, RoundingMode, RuleSource, ScriptFailure, Source, Step,
    StepKind, TableDetail, TaxSubtotal, Totals, When,
};
use num_traits::Zero;

use crate::items::{Item, What};
use crate::lines::Line;
use crate::moment::Moment;
use crate::numbers::{Number, exact, number, round_decimals};
use crate::offers::Asked;
use crate::order::{Carried, Outcome};
use crate::procedure::{GivenGift, Run, bare};
use crate::search::Won;
use crate::tax::{self, Group};
use crate::totals::{self, Sums};
use crate::violations::in_order;

/// What is summed over the order.
pub(crate) struct Whole<'s> {
    /// `None`: no tax is worked out.
    pub(crate) taxes: Option<Vec<Group<'s>>>,
    pub(crate) sums: Sums,
    pub(crate) processing_date: Option<When>,
    pub(crate) script_failures: Vec<ScriptFailure>,
}

/// The whole record.
pub(crate) fn order(basis: Basis, lines: &[Line], outcomes: &[Outcome], run: Run, whole: Whole) -> PricedOrder {
    let moment = run.moment;
    let Whole { taxes, sums, processing_date, script_failures } = whole;
    PricedOrder {
        basis,
        currency: moment.currency,
        valid_at: moment.valid_at,
        complete: outcomes.iter().all(Outcome::is_ok),
        lines: lines.iter().zip(outcomes).map(|(line, outcome)| priced_line(&run, line, outcome)).collect(),
        gifts: run.gifts.iter().map(|given| gift(moment, given)).collect(),
        charges: run.items.iter().filter_map(|item| charge(moment, item)).collect(),
        document_steps: document_steps(&run),
        totals: totals(moment, &sums, taxes.is_some()),
        tax: taxes.into_iter().flatten().map(|group| subtotal(moment, &group)).collect(),
        applied: applied(&run),
        script_failures,
        violations: in_order(run.found),
        processing_date,
        amends: None,
    }
}

fn totals(moment: &Moment, sums: &Sums, is_taxed: bool) -> Totals {
    let other = |amount: &Number| (!amount.is_zero()).then(|| money(moment, amount));
    let taxed = |amount: &Number| is_taxed.then(|| money(moment, amount));
    Totals {
        line_extension: money(moment, &sums.line_extension),
        allowances: other(&sums.allowances),
        charges: other(&sums.charges),
        tax_exclusive: taxed(&sums.tax_exclusive),
        tax: taxed(&sums.tax),
        tax_inclusive: taxed(&sums.tax_inclusive),
        prepaid: other(&sums.prepaid),
        rounding: other(&sums.rounding),
        payable: money(moment, &sums.payable),
    }
}

fn priced_line(run: &Run, line: &Line, outcome: &Outcome) -> PricedLine {
    let moment = run.moment;
    let mut record = PricedLine {
        id: line.asked.id.clone(),
        sku: line.asked.sku.clone(),
        quantity: line.asked.quantity,
        unit: line.unit.cloned(),
        net: None,
        tax: None,
        tax_category: None,
        no_price: None,
        steps: Vec::new(),
        memo: Vec::new(),
        shares: Vec::new(),
        losers: Vec::new(),
        lists_not_applicable: None,
        skipped: Vec::new(),
        rules_not_applicable: None,
    };
    let carried = match outcome {
        Ok(carried) => carried,
        Err(reason) => {
            record.no_price = Some(*reason);
            return record;
        }
    };
    record.net = Some(money(moment, &carried.net()));
    record.tax = carried.tax.as_ref().map(|tax| money(moment, tax));
    record.tax_category = tax::of_product(moment, line.goods.as_ref().map(|goods| goods.product)).cloned();
    let item = run.items.iter().find(|item| item.line().is_some_and(|own| own.index == line.index));
    let changes = item.map_or(&[][..], |item| &item.steps[..]);
    let rounding = (StepKind::Rounding, &carried.amount - &carried.before_end);
    record.steps = price_steps(line, carried);
    record.steps.extend(changes.iter().cloned());
    record.steps.extend(rest([rounding, inside(carried.tax.as_ref())]));
    if let Some(item) = item {
        record.memo.clone_from(&item.memo);
        let shares = item.shares.iter().map(|share| DocumentShare {
            document_step: u32::try_from(share.document).expect("a procedure has few steps"),
            amount: money(moment, &share.net()),
        });
        record.shares = shares.collect();
    }
    record
}

fn gift(moment: &Moment, given: &GivenGift) -> PricedGift {
    let GivenGift { step, by, gift, unit, amount, tax } = given;
    let price = PriceDetail { source: Source::Gift, category: None, table: None, script: None };
    let first = Step { price: Some(Box::new(price)), ..bare(StepKind::Price, amount) };
    PricedGift {
        step: step.clone(),
        by: by.clone(),
        sku: gift.sku.clone(),
        quantity: gift.quantity,
        unit: unit.clone(),
        net: money(moment, &(amount - tax.clone().unwrap_or_default())),
        tax: tax.as_ref().map(|tax| money(moment, tax)),
        tax_category: tax::of_product(moment, moment.product(&gift.sku)).cloned(),
        steps: std::iter::once(first).chain(rest([inside(tax.as_ref())])).collect(),
    }
}

fn charge(moment: &Moment, item: &Item) -> Option<PricedCharge> {
    let What::Charge(asked) = item.what else { return None };
    let price = PriceDetail { source: Source::Charge, category: None, table: None, script: None };
    let first = Step { price: Some(Box::new(price)), ..bare(StepKind::Price, &item.base) };
    let rounding = (StepKind::Rounding, &item.ended - &item.running);
    let mut steps = vec![first];
    steps.extend(item.steps.iter().cloned());
    steps.extend(rest([rounding, inside(item.tax.as_ref())]));
    Some(PricedCharge {
        id: asked.id.clone(),
        kind: asked.kind.clone(),
        net: money(moment, &(&item.ended - item.tax.clone().unwrap_or_default())),
        tax: item.tax.as_ref().map(|tax| money(moment, tax)),
        tax_category: tax::of_charge(moment, asked).cloned(),
        steps,
        memo: item.memo.clone(),
    })
}

fn document_steps(run: &Run) -> Vec<DocumentStep> {
    let sums = totals::document_steps(run);
    let steps = run.document.iter().zip(sums).map(|(step, amount)| DocumentStep {
        step: step.step.clone(),
        by: step.by.clone(),
        effect: step.effect,
        number: step.number.as_ref().map(exact),
        basis: step.basis.as_ref().map(exact),
        scripts: step.scripts.clone(),
        amount: money(run.moment, &amount),
    });
    steps.collect()
}

fn subtotal(moment: &Moment, group: &Group) -> TaxSubtotal {
    TaxSubtotal {
        category: group.category.clone(),
        code: group.rate.and_then(|rate| rate.code.clone()),
        rate_id: group.rate.map(|rate| rate.rate_id.clone()),
        percent: group.rate.map_or(Exact::ZERO, |rate| rate.percent),
        taxable: money(moment, &group.taxable),
        tax: money(moment, &group.tax),
        reason: group.rate.and_then(|rate| rate.reason.clone()),
    }
}

/// What each adjustment changed of what has a price.
fn applied(run: &Run) -> Vec<AppliedAdjustment> {
    let mut sums = BTreeMap::<AdjustmentId, Number>::new();
    let mut add = |by: &RuleSource, amount: &Number| {
        if let RuleSource::Adjustment(id) = by {
            *sums.entry(id.clone()).or_default() += amount;
        }
    };
    for item in run.items.iter().filter(|item| !item.is_out) {
        for step in item.steps.iter().chain(&item.memo) {
            if let Some(detail) = &step.adjustment {
                add(&detail.by, &number(step.amount));
            }
        }
        item.shares.iter().for_each(|share| add(&run.document[share.document].by, &share.amount));
    }
    run.gifts.iter().for_each(|given| add(&given.by, &Number::zero()));
    let sums = sums.into_iter();
    sums.map(|(adjustment, amount)| AppliedAdjustment { adjustment, amount: exact(&amount) }).collect()
}

fn price_steps(line: &Line, carried: &Carried) -> Vec<Step> {
    let price = match &carried.won {
        Some(won) => price_detail(line, won),
        None => PriceDetail { source: source_without_table(line), category: None, table: None, script: None },
    };
    let conversion = carried.won.as_ref().and_then(conversion_detail).map(Box::new);
    let first = Step { price: Some(Box::new(price)), conversion, ..bare(StepKind::Price, &carried.price) };
    let conversion = (StepKind::Conversion, &carried.converted - &carried.price);
    std::iter::once(first).chain(rest([conversion])).collect()
}

/// The step of the tax inside an amount.
fn inside(tax: Option<&Number>) -> (StepKind, Number) {
    (StepKind::Tax, -tax.cloned().unwrap_or_default())
}

/// Steps of which no more is known than their amounts; a change of zero is none.
fn rest<const COUNT: usize>(changes: [(StepKind, Number); COUNT]) -> impl Iterator<Item = Step> {
    changes.into_iter().filter(|(_, amount)| !amount.is_zero()).map(|(step, amount)| bare(step, &amount))
}

fn source_without_table(line: &Line) -> Source {
    if line.is_return() {
        return Source::Recorded;
    }
    let manual = line.asked.manual_price.as_ref();
    Source::Manual { reason: manual.map(|manual| manual.reason.clone()).unwrap_or_default() }
}

fn price_detail(line: &Line, won: &Won) -> PriceDetail {
    let Won { offer, reading } = won;
    // Only the line's own quantity with a prior can have more decimals than a quantity is shown with.
    let counted = |count: &Number| shown_at(count, 6);
    let units = line.goods.as_ref().map(|goods| &goods.units);
    let weight = units.filter(|units| units.is_weight(&offer.unit)).and_then(|units| units.weight_unit.clone());
    let measured = line.asked.measured.zip(weight).map(|(value, unit)| Quantity { value, unit });
    let table = TableDetail {
        per: offer.per.clone(),
        factor: offer.shown_factor(line).filter(|_| measured.is_none()),
        measured,
        mode: offer.table.mode,
        base: offer.table.base.clone(),
        over: offer.table.over.clone(),
        counted: reading.counted.as_ref().map(counted),
        tier: reading.tier.clone(),
        total: reading.total.as_ref().map(exact),
    };
    let category = if offer.target == 0 { None } else { offer.category.cloned() };
    let (source, script) = (offer.version.source.clone(), reading.script.clone());
    PriceDetail { source, category, table: Some(table), script }
}

fn conversion_detail(won: &Won) -> Option<ConversionDetail> {
    let Asked::Converted(route) = &won.offer.asked else { return None };
    Some(ConversionDetail {
        rates: route.rates.clone(),
        currency: won.offer.version.currency,
        amount: exact(&won.reading.own_amount),
    })
}

fn shown_at(number: &Number, decimals: u32) -> Exact {
    exact(&round_decimals(number, decimals, RoundingMode::HalfEven))
}

fn money(moment: &Moment, amount: &Number) -> Money {
    Money::from_exact(exact(amount), moment.currency).expect("the end of an order rounds to minor units")
}
