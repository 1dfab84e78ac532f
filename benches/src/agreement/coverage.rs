//! What the agreeing cases reached: an agreement on nothing but list prices would say little.

mod effects;
mod orders;
mod scripts;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use emptor_core::{
    Choose, ConversionStage, CountScope, Documents, Entry, FinalStage, LoserReason, NoPrice, NoTier, PriceDetail,
    PricedLine, PricedOrder, Prior, PriorOf, RequestLine, RoundingRule, RoundingStage, Source, Step, StepKind,
    TableDetail, TierBase, TierMode, ViolationCode,
};
use emptor_reference::generate::Case;
use rust_decimal::Decimal;
use serde_json::Value;

/// All that a line can be, besides a reason for which it has no price.
const FEATURES: [&str; 42] = [
    "contract",
    "price list",
    "derived list",
    "manual",
    "recorded",
    "converted at line",
    "converted at unit",
    "converted at document",
    "conversion step",
    "chain",
    "volume by value",
    "volume by value, over the line",
    "volume by weight",
    "volume, shared count",
    "graduated",
    "graduated by value",
    "graduated, shared by lines",
    "prior in volume",
    "prior in graduated",
    "flat",
    "above",
    "package",
    "percent by value",
    "tier of a thousand or more",
    "on a bound",
    "nearest tier",
    "merge",
    "merge lowest",
    "lowest",
    "most specific",
    "tie by lowest",
    "list beats contract",
    "catch weight",
    "another unit",
    "category",
    "list or contract rounds the line",
    "list or contract rounds the unit",
    "settled on the document",
    "unit price in minor units",
    "minor unit of 0 decimals",
    "minor unit of 3 decimals",
    "net below zero",
];

/// How often something occurred.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    lines: u64,
    cases: u64,
}

/// Counts over many cases.
#[derive(Debug, Default)]
pub struct Coverage {
    seen: BTreeMap<&'static str, Seen>,
    /// Of rules, guards, tax and order rules, how often.
    of_rules: BTreeMap<String, Seen>,
    refused: BTreeMap<&'static str, u64>,
}

impl Coverage {
    /// Counts a case on which engine and reference agree.
    pub fn add(&mut self, case: &Case, answer: Result<&PricedOrder, &'static str>) {
        let order = match answer {
            Ok(order) => order,
            Err(code) => {
                *self.refused.entry(code).or_default() += 1;
                return;
            }
        };
        let shared = shared(order);
        let mut of_case = BTreeSet::new();
        for (requested, line) in case.request.lines.iter().zip(&order.lines) {
            let features: BTreeSet<&'static str> = features(case, order, requested, line, &shared).collect();
            for &feature in &features {
                self.seen.entry(feature).or_default().lines += 1;
            }
            of_case.extend(features);
        }
        for feature in of_case {
            self.seen.entry(feature).or_default().cases += 1;
        }
        let met = [steps::met(case, order), effects::met(case, order), orders::met(case, order), scripts::met(order)]
            .concat();
        for row in &met {
            self.of_rules.entry(row.clone()).or_default().lines += 1;
        }
        for row in BTreeSet::from_iter(met) {
            self.of_rules.entry(row).or_default().cases += 1;
        }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>9} {:>9}", "cases", "lines")?;
        for name in FEATURES.into_iter().chain(NoPrice::ALL.map(NoPrice::code)) {
            let Seen { lines, cases } = self.seen.get(name).copied().unwrap_or_default();
            writeln!(f, "{cases:>9} {lines:>9}  {name}")?;
        }
        writeln!(f, "{:>9} {:>9}", "cases", "times")?;
        let rows = rows_of_rules();
        // A row that is met and not foreseen is shown too.
        let others = self.of_rules.keys().filter(|row| !rows.contains(row));
        for row in rows.iter().chain(others) {
            let Seen { lines: times, cases } = self.of_rules.get(row).copied().unwrap_or_default();
            writeln!(f, "{cases:>9} {times:>9}  {row}")?;
        }
        self.refused.iter().try_for_each(|(code, cases)| writeln!(f, "{cases:>9} {:>9}  {code}", "refused"))
    }
}

/// The rows of rules, guards, tax and order rules, in the order in which they are printed.
fn rows_of_rules() -> Vec<String> {
    let rows = steps::ROWS.iter().chain(&effects::ROWS).chain(&orders::ROWS).chain(&scripts::ROWS);
    let rows = rows.flat_map(|(prefix, words)| words.split(' ').map(move |word| format!("{prefix}{word}")));
    rows.chain(ViolationCode::ALL.iter().map(|code| code.code().to_owned())).collect()
}

/// The word that documents have for a value: of one with a content, its name.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        Ok(Value::Object(fields)) => fields.into_iter().next().map_or_else(String::new, |(name, _)| name),
        _ => String::new(),
    }
}

/// The tables whose total several lines share, each as its price detail.
fn shared(order: &PricedOrder) -> Vec<&PriceDetail> {
    let details = order.lines.iter().filter_map(detail);
    let graduated: Vec<&PriceDetail> = details
        .filter(|detail| {
            detail.table.as_ref().is_some_and(|table| table.total.is_some() && table.over != CountScope::Line)
        })
        .collect();
    let several = |one: &&PriceDetail| {
        let same = graduated.iter().filter(|other| table_of(other) == table_of(one));
        same.count() > 1
    };
    graduated.iter().copied().filter(several).collect()
}

/// What is equal of a table for all lines that it prices, but for a few tables that are told apart by their numbers only.
fn table_of(detail: &PriceDetail) -> impl PartialEq {
    let table = detail.table.clone().map(|table| TableDetail { factor: None, measured: None, ..table });
    (detail.source.clone(), detail.category.clone(), table)
}

fn detail(line: &PricedLine) -> Option<&PriceDetail> {
    line.steps.first()?.price.as_deref()
}

fn features<'c>(
    case: &'c Case,
    order: &'c PricedOrder,
    requested: &'c RequestLine,
    line: &'c PricedLine,
    shared: &'c [&PriceDetail],
) -> impl Iterator<Item = &'static str> {
    let documents = &case.documents;
    let detail = detail(line);
    let table = detail.and_then(|detail| Some((detail, detail.table.as_ref()?)));
    let written = detail.and_then(|detail| Written::of(documents, &detail.source));
    let mut found = vec![line.no_price.map(NoPrice::code)];
    found.extend(detail.map(|detail| Some(source(&detail.source))));
    found.extend(of_policy(documents, line, detail));
    found.extend(line.steps.iter().flat_map(|step| of_step(documents, step)));
    if let Some((detail, table)) = table {
        found.extend(of_table(table));
        found.extend(of_count(documents, requested, table));
        let is_shared = shared.iter().any(|other| table_of(other) == table_of(detail));
        found.push(is_shared.then_some("graduated, shared by lines"));
        found.push(detail.category.is_some().then_some("category"));
        found.push(measures(requested, table).then_some("catch weight"));
    }
    if let (Some(written), Some((detail, table))) = (&written, table) {
        found.extend(of_document(case, requested, written, detail, table));
    }
    found.extend(of_order(documents, order, line));
    found.into_iter().flatten()
}

fn source(source: &Source) -> &'static str {
    match source {
        Source::Manual { .. } => "manual",
        Source::Recorded => "recorded",
        Source::Contract { .. } => "contract",
        Source::PriceList { .. } => "price list",
        // No line has these.
        Source::Charge => "charge",
        Source::Gift => "gift",
    }
}

/// How the winner won.
fn of_policy(documents: &Documents, line: &PricedLine, detail: Option<&PriceDetail>) -> [Option<&'static str>; 3] {
    let policy = documents.tenant.price_policy;
    let is_list = |source: &Source| matches!(source, Source::PriceList { .. });
    let by_list = detail.is_some_and(|detail| is_list(&detail.source));
    let lost = |reason| line.losers.iter().any(|loser| loser.reason == reason && is_list(&loser.source));
    let contract_lost = line
        .losers
        .iter()
        .any(|loser| matches!(loser.source, Source::Contract { .. }) && loser.reason == LoserReason::NotLowest);
    let won = match policy.choose {
        Choose::Priority => lost(LoserReason::NotLowest).then_some("tie by lowest"),
        Choose::Lowest => lost(LoserReason::NotLowest).then_some("lowest"),
        Choose::MostSpecific => lost(LoserReason::Outranked).then_some("most specific"),
        Choose::Merge => lost(LoserReason::BreakTaken).then_some("merge"),
        Choose::MergeLowest => lost(LoserReason::BreakTaken).then_some("merge lowest"),
    };
    [won.filter(|_| by_list), (by_list && contract_lost).then_some("list beats contract"), None]
}

fn of_step(documents: &Documents, step: &Step) -> [Option<&'static str>; 3] {
    let stage = documents.tenant.conversion.as_ref().map(|conversion| match conversion.at {
        ConversionStage::Line => "converted at line",
        ConversionStage::Unit => "converted at unit",
        ConversionStage::Document => "converted at document",
    });
    let chain = step.conversion.as_ref().is_some_and(|conversion| conversion.rates.len() > 1);
    [
        stage.filter(|_| step.conversion.is_some()),
        chain.then_some("chain"),
        (step.step == StepKind::Conversion).then_some("conversion step"),
    ]
}

fn of_table(table: &TableDetail) -> Vec<Option<&'static str>> {
    let over_line = table.over == CountScope::Line;
    let kind = match (table.mode, &table.base) {
        (TierMode::Graduated, TierBase::Value) => Some("graduated by value"),
        (TierMode::Volume, TierBase::Value) if over_line => Some("volume by value, over the line"),
        (TierMode::Volume, TierBase::Value) => Some("volume by value"),
        (TierMode::Volume, TierBase::Weight(_)) => Some("volume by weight"),
        _ => None,
    };
    vec![
        kind,
        (table.mode == TierMode::Graduated).then_some("graduated"),
        (table.mode == TierMode::Volume && !over_line).then_some("volume, shared count"),
        table.tier.flat.map(|_| "flat"),
        table.tier.above.map(|_| "above"),
        table.tier.package.map(|_| "package"),
        table.tier.percent.map(|_| "percent by value"),
        table.factor.as_ref().map(|_| "another unit"),
    ]
}

/// Where the count lies to the tier that priced.
fn of_count(documents: &Documents, requested: &RequestLine, table: &TableDetail) -> [Option<&'static str>; 2] {
    let Some((count, divisor)) = count(requested, table) else { return [None, None] };
    let compared = |bound: Option<emptor_core::Exact>| {
        let bound = bound.filter(|bound| !bound.is_zero())?.to_decimal().checked_mul(divisor)?;
        Some(count.cmp(&bound))
    };
    let (from, up_to) = (compared(table.tier.from), compared(table.tier.up_to));
    let nearest = documents.tenant.price_policy.no_tier == NoTier::Nearest
        && (from.is_some_and(std::cmp::Ordering::is_lt) || up_to.is_some_and(std::cmp::Ordering::is_gt));
    let on = [from, up_to].into_iter().flatten().any(std::cmp::Ordering::is_eq);
    [on.then_some("on a bound"), nearest.then_some("nearest tier")]
}

/// What the table counted, as a ratio.
fn count(requested: &RequestLine, table: &TableDetail) -> Option<(Decimal, Decimal)> {
    if let Some(counted) = table.counted {
        return Some((counted.to_decimal(), Decimal::ONE));
    }
    let factor = table.factor.as_deref().unwrap_or("1");
    let (numerator, denominator) = factor.split_once('/').unwrap_or((factor, "1"));
    let numerator: Decimal = numerator.parse().ok()?;
    let quantity = requested.quantity.to_decimal().checked_mul(numerator)?;
    Some((quantity, denominator.parse().ok()?)).filter(|_| requested.measured.is_none())
}

fn measures(requested: &RequestLine, table: &TableDetail) -> bool {
    let is_weight = |unit: &emptor_core::Unit| ["kg", "g", "t"].contains(&unit.as_str());
    let by_weight = matches!(table.base, TierBase::Weight(_));
    requested.measured.is_some() && (by_weight || is_weight(&table.per.unit))
}

/// What only the documents tell.
fn of_document(
    case: &Case,
    requested: &RequestLine,
    written: &Written<'_>,
    detail: &PriceDetail,
    table: &TableDetail,
) -> [Option<&'static str>; 4] {
    let is_priced = |entry: &&&Entry| {
        let target = detail.category.is_some() && entry.category == detail.category
            || detail.category.is_none() && entry.sku.as_ref() == Some(&requested.sku);
        let per = entry.per.as_ref().is_none_or(|per| *per == table.per);
        target && per && entry.over == table.over && entry.base == table.base && entry.mode == table.mode
    };
    let entries = || written.entries.iter().filter(is_priced);
    let counts_prior = entries().any(|entry| entry.counts_prior);
    let has_prior = counts_prior && case.request.facts.prior.iter().any(|prior| is_counted(prior, requested, table));
    let prior = if table.mode == TierMode::Graduated { "prior in graduated" } else { "prior in volume" };
    let rounding = written.rounding.map(|rule| match rule.at {
        RoundingStage::Line => "list or contract rounds the line",
        RoundingStage::Unit => "list or contract rounds the unit",
    });
    let long = entries().any(|entry| entry.tiers.len() >= 1000);
    [
        has_prior.then_some(prior),
        rounding,
        written.derived.then_some("derived list"),
        long.then_some("tier of a thousand or more"),
    ]
}

fn is_counted(prior: &Prior, requested: &RequestLine, table: &TableDetail) -> bool {
    let of = match &table.over {
        CountScope::Line | CountScope::Sku => PriorOf::Sku(requested.sku.clone()),
        CountScope::Category(category) => PriorOf::Category(category.clone()),
        CountScope::Group(group) => PriorOf::Group(group.clone()),
        CountScope::Order => PriorOf::Order,
    };
    let amount = match table.base {
        TierBase::Quantity => prior.quantity,
        TierBase::Value => prior.value,
        TierBase::Weight(_) => prior.weight,
        TierBase::Script(_) => return false,
    };
    prior.of == of && !amount.is_zero()
}

fn of_order(documents: &Documents, order: &PricedOrder, line: &PricedLine) -> [Option<&'static str>; 4] {
    let priced = order.lines.iter().filter(|line| line.net.is_some()).count();
    let rounded = line.steps.iter().any(|step| step.step == StepKind::Rounding);
    let settled = documents.tenant.rounding.at == FinalStage::Document && rounded && priced > 1;
    let by_unit = documents.tenant.rounding.at == FinalStage::Unit
        && line.steps.iter().any(|step| step.step == StepKind::Rounding);
    let minor = match order.currency.decimals() {
        0 => Some("minor unit of 0 decimals"),
        3 => Some("minor unit of 3 decimals"),
        _ => None,
    };
    [
        settled.then_some("settled on the document"),
        by_unit.then_some("unit price in minor units"),
        minor.filter(|_| line.net.is_some()),
        line.net.is_some_and(|net| net.minor() < 0).then_some("net below zero"),
    ]
}

/// The version that a price comes from, as its document has it.
struct Written<'d> {
    rounding: Option<RoundingRule>,
    derived: bool,
    entries: Vec<&'d Entry>,
}

impl<'d> Written<'d> {
    fn of(documents: &'d Documents, source: &Source) -> Option<Self> {
        match source {
            Source::Manual { .. } | Source::Recorded | Source::Charge | Source::Gift => None,
            Source::Contract { contract, version, .. } => {
                let contract = documents.contracts.iter().find(|other| other.contract == *contract)?;
                let version = contract.versions.iter().find(|other| other.number == *version)?;
                let entries = version.terms.iter().filter_map(|term| term.price.as_ref()).collect();
                Some(Self { rounding: version.rounding, derived: false, entries })
            }
            Source::PriceList { price_list, version } => {
                let list = documents.price_lists.iter().find(|other| other.price_list == *price_list)?;
                let (rounding, derived, entries) = match list.versions.iter().find(|other| other.number == *version) {
                    Some(version) => (version.rounding, &version.derived, &version.entries),
                    None => (list.rounding, &list.derived, &list.entries),
                };
                Some(Self { rounding, derived: derived.is_some(), entries: entries.iter().collect() })
            }
        }
    }
}
