//! The answer as a record: names, text and decimals for what the engine has as numbers (R15).

use emptor_core::limits::{AMOUNT_DECIMALS, QUANTITY_DECIMALS};
use emptor_core::scaled::{Fraction, Wide};
use emptor_core::{
    Amount, Basis, ConversionDetail, CountScope, Digest, Exact, Money, NoPrice, Package, PriceDetail, PriceRequest,
    PricedLine, PricedOrder, Quantity, RequestLine, RoundingMode, ScriptRun, Source, Step, StepKind, TableDetail, Tier,
    TierBase, TierMode, canonical_json,
};

use crate::SEMANTICS_VERSION;
use crate::book::SourceKind;
use crate::entries::Table;
use crate::items::ChangeShown;
use crate::line::Line;
use crate::offer::Offer;
use crate::order::Order;
use crate::price::{Detail, Processed};
use crate::reading::Priced;
use crate::reading::Scripted;
use crate::script::run_record;
use crate::search::Found;
use crate::table::{Base, NONE, RichTier, Scope, Shape};
use crate::total::Ended;

impl Order<'_> {
    /// The record of a priced order.
    pub(crate) fn record(&self, request: &PriceRequest, processed: &Processed<'_>, detail: Detail) -> PricedOrder {
        let content = canonical_json(request).unwrap_or_else(|error| error.to_string());
        let basis = Basis {
            semantics: SEMANTICS_VERSION,
            book: self.book.fingerprint,
            request: Digest::of(content.as_bytes()),
        };
        let Processed { lines, ended, adjusted, taxed, totals, verdict, .. } = processed;
        let records = request.lines.iter().zip(lines).zip(ended).enumerate();
        let records = records.map(|(index, ((requested, line), ended))| {
            let mut record = self.record_line(requested, line.as_ref(), ended.as_ref(), Some(request), detail);
            self.add_to_record(&mut record, index, ended.as_ref().ok(), processed, request, detail);
            record
        });
        PricedOrder {
            basis,
            currency: self.currency,
            valid_at: self.valid_at,
            complete: ended.iter().all(Result::is_ok),
            lines: records.collect(),
            gifts: self.gift_records(processed, detail),
            charges: self.charge_records(request, processed, detail),
            document_steps: self.document_records(request, processed),
            tax: taxed.as_ref().map_or_else(Vec::new, |taxed| taxed.groups.clone()),
            totals: totals.clone(),
            violations: verdict.violations.clone(),
            applied: self.applied_records(adjusted),
            script_failures: self.failure_records(adjusted.failures.iter().chain(&verdict.failures), request),
            processing_date: verdict.processing_date,
            amends: None,
        }
    }

    pub(crate) fn record_line(
        &self,
        requested: &RequestLine,
        line: Option<&Line<'_>>,
        ended: Result<&Ended, &NoPrice>,
        request: Option<&PriceRequest>,
        detail: Detail,
    ) -> PricedLine {
        let own_unit = || {
            let sku = self.book.names.skus.find(requested.sku.as_str())?;
            let units = self.book.unit_table(self.book.product(sku)?)?;
            self.book.ids.units.get(units.units.first()?.unit as usize).cloned()
        };
        let mut record = PricedLine {
            id: requested.id.clone(),
            sku: requested.sku.clone(),
            quantity: requested.quantity,
            unit: requested.unit.clone().or_else(own_unit),
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
        match ended {
            Ok(ended) => {
                record.net = Some(Money::from_minor(ended.net_minor, self.currency));
                if detail >= Detail::Waterfall {
                    record.steps = self.steps(requested, line, ended, request);
                }
            }
            Err(reason) => record.no_price = Some(*reason),
        }
        if let (Detail::Why, Some(line)) = (detail, line) {
            record.losers = self.losers(requested, line, ended.ok().map(|ended| &ended.found));
            record.lists_not_applicable = Some(self.lists_not_applicable());
        }
        record
    }

    /// The waterfall of a line: its amounts sum to the net.
    fn steps(
        &self,
        requested: &RequestLine,
        line: Option<&Line<'_>>,
        ended: &Ended,
        request: Option<&PriceRequest>,
    ) -> Vec<Step> {
        let mut steps = Vec::with_capacity(2);
        let price = match (&ended.found, line) {
            (Found::Offered(priced), Some(line)) => self.price_detail(priced, line),
            (Found::Returned(_), _) => {
                PriceDetail { source: Source::Recorded, category: None, table: None, script: None }
            }
            _ => {
                let reason = requested.manual_price.as_ref().map_or_else(String::new, |manual| manual.reason.clone());
                PriceDetail { source: Source::Manual { reason }, category: None, table: None, script: None }
            }
        };
        let step = |step, amount| plain_step(step, amount);
        let conversion = self.conversion_detail(&ended.found).map(Box::new);
        steps.push(Step { price: Some(Box::new(price)), conversion, ..step(StepKind::Price, ended.found.amount()) });
        if ended.conversion != 0 {
            steps.push(step(StepKind::Conversion, ended.conversion.into()));
        }
        let shown = ended.changes().iter().filter(|change| change.shown == ChangeShown::Line);
        steps.extend(shown.map(|change| self.change_record(change, requested.adjustment.as_ref(), request)));
        if ended.rounding != 0 {
            steps.push(step(StepKind::Rounding, ended.rounding));
        }
        if ended.tax_minor() != 0 {
            let inside = Amount::from_minor(ended.tax_minor(), self.currency).0;
            steps.push(step(StepKind::Tax, inside.saturating_neg()));
        }
        steps
    }

    fn conversion_detail(&self, found: &Found) -> Option<ConversionDetail> {
        let Found::Offered(priced) = found else { return None };
        let original = priced.original()?;
        let currency = self.book.source(priced.offer.source)?.currency;
        Some(ConversionDetail { rates: self.conversion(currency)?.rates(), currency, amount: exact(original) })
    }

    pub(crate) fn price_detail(&self, priced: &Priced, line: &Line<'_>) -> PriceDetail {
        let read = self.table(priced.offer);
        let table = read.and_then(|table| self.table_detail(priced, line, table));
        let scripted = priced.special.as_ref().and_then(|special| special.script);
        PriceDetail {
            source: self.source_record(priced.offer.source).unwrap_or(Source::Recorded),
            category: self.category_record(priced.offer),
            table,
            script: scripted.and_then(|scripted| self.price_run(scripted, read.map(|table| table.shape.base))),
        }
    }

    /// How the script of a price ran.
    fn price_run(&self, scripted: Scripted, base: Option<Base>) -> Option<ScriptRun> {
        let ran = self.book.scripts.as_ref()?.call(scripted.call)?;
        let is_count = matches!(base, Some(Base::Script(_)));
        let decimals = if is_count { QUANTITY_DECIMALS } else { AMOUNT_DECIMALS };
        let result = Exact::from_scaled(scripted.result, decimals)?.to_string();
        Some(run_record(ran, (self.valid_at, self.currency), result, scripted.failed))
    }

    /// Whose price the offers of a source are.
    pub(crate) fn source_record(&self, source: u32) -> Option<Source> {
        let source = self.book.source(source)?;
        Some(match &source.kind {
            SourceKind::List { id, .. } => Source::PriceList { price_list: id.clone(), version: source.version },
            SourceKind::Contract { id, organization, .. } => {
                let organization = self.book.ids.organizations.get(*organization as usize)?.clone();
                Source::Contract { contract: id.clone(), version: source.version, organization }
            }
        })
    }

    /// The category that an offer's entry names, if it names one.
    pub(crate) fn category_record(&self, offer: Offer) -> Option<emptor_core::CategoryId> {
        let category = Some(offer.category).filter(|&category| category != NONE)?;
        self.book.ids.categories.get(category as usize).cloned()
    }

    fn table_detail(&self, priced: &Priced, line: &Line<'_>, table: Table<'_>) -> Option<TableDetail> {
        let shape = table.shape;
        let measured = self.measured_record(line, shape.unit);
        let converts = shape.unit != line.unit && measured.is_none();
        let factor = converts.then(|| line.units.factor(line.unit, shape.unit)).flatten();
        let currency = self.book.source(priced.offer.source)?.currency;
        let bound_decimals = if shape.base == Base::Value { currency.decimals() } else { QUANTITY_DECIMALS };
        let counted = priced.counted().and_then(|count| {
            let exact = Fraction::new(Wide::product(count.numerator, 1), count.denominator.unsigned_abs(), 0)?;
            Exact::from_scaled(exact.round(RoundingMode::HalfEven), bound_decimals)
        });
        let formula = priced.special.as_ref().and_then(|special| special.script).filter(|_| shape.formula != NONE);
        let tier = if let Some(scripted) = formula {
            let price = Exact::from_scaled(scripted.result, AMOUNT_DECIMALS);
            Tier { from: Some(Exact::ZERO), price, ..Tier::default() }
        } else if shape.rich {
            rich_tier(table.rich().get(priced.tier as usize)?, shape, bound_decimals)
        } else {
            let tier = table.plain().get(priced.tier as usize)?;
            let from = Exact::from_scaled(tier.start.into(), bound_decimals);
            Tier { from, price: Exact::from_scaled(tier.price.into(), shape.scale), ..Tier::default() }
        };
        Some(TableDetail {
            per: self.book.ids.per.get(table.entry.shape as usize)?.clone(),
            factor: factor.map(|factor| factor.to_string()),
            measured,
            mode: if shape.graduated { TierMode::Graduated } else { TierMode::Volume },
            base: self.base_record(shape.base)?,
            over: self.scope_record(shape.scope)?,
            counted,
            tier,
            total: priced.graduated().map(|share| exact(share.total)),
        })
    }

    /// The measured weight, where it stands for the quantity in `unit`.
    fn measured_record(&self, line: &Line<'_>, unit: u32) -> Option<Quantity> {
        let (weight, _) = line.units.measured.filter(|_| line.units.get(unit).is_some_and(|known| known.is_weight))?;
        let value = Exact::from_scaled(line.measured_micros?.into(), QUANTITY_DECIMALS)?;
        Some(Quantity { value, unit: self.book.ids.units.get(weight as usize)?.clone() })
    }

    fn base_record(&self, base: Base) -> Option<TierBase> {
        Some(match base {
            Base::Quantity => TierBase::Quantity,
            Base::Value => TierBase::Value,
            Base::Weight(unit) => TierBase::Weight(self.book.ids.units.get(unit as usize)?.clone()),
            Base::Script(call) => {
                let (call, _) = self.book.scripts.as_ref()?.call(call)?;
                TierBase::Script(Box::new(call.written.clone()))
            }
        })
    }

    fn scope_record(&self, scope: Scope) -> Option<CountScope> {
        let ids = &self.book.ids;
        Some(match scope {
            Scope::Line => CountScope::Line,
            Scope::Sku => CountScope::Sku,
            Scope::Category(category) => CountScope::Category(ids.categories.get(category as usize)?.clone()),
            Scope::Group(group) => CountScope::Group(ids.pricing_groups.get(group as usize)?.clone()),
            Scope::Order => CountScope::Order,
        })
    }
}

/// A step with nothing but its amount.
pub(crate) fn plain_step(step: StepKind, amount: i128) -> Step {
    Step { step, amount: exact(amount), price: None, conversion: None, adjustment: None, guard: None, commitment: None }
}

/// An amount as a decimal; every amount of an order fits one.
pub(crate) fn exact(amount: i128) -> Exact {
    Amount(amount).to_exact().unwrap_or_default()
}

fn rich_tier(tier: &RichTier, shape: &Shape, bound_decimals: u32) -> Tier {
    let price = |price: Option<i64>| price.and_then(|price| Exact::from_scaled(price.into(), shape.scale));
    let bound = |bound: i64| Exact::from_scaled(bound.into(), bound_decimals);
    let package = tier.package.and_then(|package| {
        let size = Exact::from_scaled(package.size_micros.into(), QUANTITY_DECIMALS)?;
        Some(Package { size, price: price(Some(package.price))? })
    });
    Tier {
        from: (!shape.up_to).then(|| bound(tier.start)).flatten(),
        up_to: (shape.up_to && tier.end < i64::MAX).then(|| bound(tier.end)).flatten(),
        price: price(tier.price),
        percent: tier.percent,
        flat: price(tier.flat),
        above: price(tier.above),
        package,
        no_price: false,
    }
}
