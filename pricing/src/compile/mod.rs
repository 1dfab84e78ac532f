//! Documents to book: checks everything, reports all that is wrong, and lays the prices out for reading.

mod adjustments;
mod asks;
mod bundles;
mod catalog;
mod conditions;
mod contracts;
mod derive;
mod draft;
mod effects;
mod entry_lints;
mod facts;
mod fingerprint;
mod guards;
mod index;
mod library;
mod lists;
mod order_rules;
mod organizations;
mod procedure;
mod rates;
mod report;
mod rows;
mod rule_lints;
mod scripts;
mod taxes;
mod ties;
mod versions;
mod written;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use emptor_core::{
    CategoryId, Contract, ConversionStage, Diagnostic, Documents, IdError, IndexTableId, Instant, OrganizationId,
    Period, Place, PriceList, PricingGroupId, Quantity, ScriptLimits, Tenant, TimeZone, Unit, Validity,
};

use crate::book::{Ids, NameTables, PriceBook, PriceSource, Product, ProductFacts, TenantFacts};
use crate::code::Code;
use crate::commitment::CommitmentPlan;
use crate::entries::{Entries, Table};
use crate::guard::GuardPlan;
use crate::names::Names;
use crate::procedure::{IndexedValue, StepPlan};
use crate::rows::Rows;
use crate::short::{self, ShortRules};
use crate::table::{Scope, Shape, UnitTable, number};

use adjustments::NamedRule;
use asks::Asks;
use draft::Target;
use entry_lints::Least;
use fingerprint::Line;
use index::Indexed;
pub use library::{Changes, Library};
pub(crate) use procedure::step_bit;
use report::Report;
use scripts::ScriptDrafts;
use written::Written;

/// Compiles a tenant's documents, as recorded by `known_at`, into a book. Warnings stay with the book.
///
/// # Errors
/// All that is wrong, sorted by place; every diagnostic has one of the codes of [`Code`].
///
/// # Example
/// ```
/// let json = r#"{ "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "Europe/Berlin" },
///     "catalogs": [{ "catalog": "main", "products": [{ "sku": "BOLT", "unit": "pc" }] }],
///     "price_lists": [{ "price_list": "list", "currency": "EUR", "entries": [{ "sku": "BOTL", "price": "9.80" }] }] }"#;
/// let documents = serde_json::from_str(json).unwrap();
/// let wrong = emptor_pricing::compile(&documents, emptor_core::Instant::MAX).unwrap_err();
/// assert_eq!(wrong[0].code, "name.unknown");
/// assert_eq!(wrong[0].place.to_string(), "price_list[list].entries[0].sku");
/// ```
pub fn compile(documents: &Documents, known_at: Instant) -> Result<PriceBook, Vec<Diagnostic>> {
    compile_with_limits(documents, known_at, ScriptLimits::DEFAULT)
}

/// [`compile`] with other bounds on scripts than the defaults; such a book has another fingerprint.
///
/// # Errors
/// As [`compile`].
pub fn compile_with_limits(
    documents: &Documents,
    known_at: Instant,
    limits: ScriptLimits,
) -> Result<PriceBook, Vec<Diagnostic>> {
    compile_written(&Written::of(documents), known_at, limits).map(|compiled| compiled.book)
}

/// A book, and what it was made of.
struct Compiled<'d> {
    book: PriceBook,
    /// Each document with its digest, in no order.
    lines: Vec<Line<'d>>,
    /// All entries, by source and goods.
    indexed: Vec<Indexed>,
    asks: Asks,
    least: Arc<BTreeMap<u32, Least>>,
    /// How many units are named outside of price lists, contracts and rules.
    units: usize,
    /// How many sources are versions with entries of their own; they come first.
    own_sources: usize,
    /// How many warnings were found, kept or not.
    reported: usize,
}

fn compile_written<'d>(
    written: &Written<'d>,
    known_at: Instant,
    limits: ScriptLimits,
) -> Result<Compiled<'d>, Vec<Diagnostic>> {
    let documents = written.documents;
    let mut builder = Builder::new(written, known_at);
    builder.asks = Asks::of(written);
    builder.read_catalogs();
    builder.read_organizations();
    let entries = builder.read_procedure();
    builder.read_index_tables();
    builder.read_scripts(limits);
    let units = builder.names.units.len();
    builder.read_price_lists();
    builder.read_contracts();
    builder.read_adjustments();
    let (rates, rate_chains, conversion) = builder.read_rates();
    let guards = builder.guard_table();
    let taxes = builder.read_taxes();
    let order_rules = builder.read_order_rules();
    builder.lay_out();
    let plans = builder.make_plans();
    builder.check_ties(&plans);
    let procedure = builder.finish_procedure(entries);
    let least = Arc::new(std::mem::take(&mut builder.least));
    if !builder.report.has_errors() {
        builder.lint_entries(&least);
        builder.lint_rules(&procedure.rules, &procedure.steps);
        builder.lint_scripts();
    }
    let reported = builder.report.count();
    let warnings = builder.report.finish()?;
    let lines = fingerprint::lines(written, known_at, limits);
    let mut book = PriceBook {
        fingerprint: fingerprint::of_lines(lines.clone()),
        known_at,
        warnings,
        tenant: tenant_facts(&documents.tenant, conversion),
        ids: ids(&builder.names, &builder.shapes),
        names: builder.names,
        products: builder.products.into(),
        unit_tables: builder.unit_tables.into(),
        group_sets: builder.group_sets.into(),
        unit_decimals: builder.unit_decimals,
        category_parents: builder.category_parents.into(),
        counts_over_lines: builder.shapes.iter().any(|shape| shape.scope != Scope::Line),
        plans,
        prices_categories: builder.indexed.iter().any(|indexed| matches!(indexed.target, Target::Category(_))),
        entries: builder.laid,
        shapes: builder.shapes,
        rates,
        rate_chains,
        facts: builder.facts.into(),
        facts_of: builder.facts_of.into(),
        procedure,
        short: ShortRules::default(),
        guards,
        commitments: builder.commitments,
        taxes,
        order_rules,
        sources: builder.sources,
        scripts: builder.drafts.scripts.map(Arc::new),
        goes_on: false,
        has_sides_or_floors: false,
        only_currency: None,
    };
    book.note_what_holds_throughout();
    short::read_rules(&mut book);
    let (indexed, asks, own_sources) = (builder.indexed, builder.asks, builder.own_sources);
    Ok(Compiled { book, lines, indexed, asks, least, units, own_sources, reported })
}

fn tenant_facts(tenant: &Tenant, conversion: Option<ConversionStage>) -> TenantFacts {
    TenantFacts {
        id: tenant.tenant.clone(),
        currency: tenant.currency,
        zone: tenant.time_zone,
        rounding: tenant.rounding,
        policy: tenant.price_policy,
        conversion,
    }
}

/// The book under way.
struct Builder<'d> {
    /// All documents but price lists and contracts, which stand beside them.
    documents: &'d Documents,
    price_lists: &'d [&'d PriceList],
    contracts: &'d [&'d Contract],
    known_at: Instant,
    zone: TimeZone,
    report: Report,
    names: NameTables,
    /// The sku that an entry named last: lists are mostly in the order of the catalog.
    sku_before: u32,
    products: Cow<'d, [Product]>,
    unit_tables: Cow<'d, [UnitTable]>,
    unit_table_numbers: BTreeMap<UnitTable, u32>,
    /// By unit: the table of products that state nothing but it, where nothing is wrong with it.
    bare_unit_tables: BTreeMap<u32, u32>,
    group_sets: Cow<'d, [Vec<u32>]>,
    unit_decimals: Vec<u32>,
    category_parents: Cow<'d, [u32]>,
    sources: Vec<PriceSource>,
    /// How many of the sources are versions of lists with entries of their own; they come first.
    own_sources: usize,
    /// By source, while they are read.
    rows: Vec<Rows>,
    /// By source, once all were read.
    laid: Vec<Entries>,
    shapes: Vec<Shape>,
    shape_numbers: BTreeMap<Shape, u32>,
    /// Every entry with its source and goods, for the index.
    indexed: Vec<Indexed>,
    /// By source: what its assignments say.
    assignments: Vec<&'d [emptor_core::Assignment]>,
    /// By source: where its entries stand.
    entry_places: Vec<Place>,
    facts: Vec<ProductFacts>,
    facts_of: Vec<u32>,
    facts_numbers: BTreeMap<ProductFacts, u32>,
    asks: Asks,
    /// The attributes that some product has.
    product_attributes: BTreeSet<&'d str>,
    /// What products must bring, by sku; of those where something says so.
    least: BTreeMap<u32, Least>,
    steps: Vec<StepPlan>,
    /// The step whose rules are read: conditions may name earlier ones.
    rules_step: Option<usize>,
    rules: Vec<NamedRule>,
    /// The coupons that some condition names.
    coupons: BTreeSet<String>,
    index_values: BTreeMap<IndexTableId, Arc<[IndexedValue]>>,
    entry_guards: Vec<GuardPlan>,
    /// How many guards of entries there are beside these.
    guards_before: u32,
    entry_guard_numbers: BTreeMap<GuardPlan, u32>,
    commitments: BTreeMap<u32, CommitmentPlan>,
    drafts: ScriptDrafts<'d>,
}

impl<'d> Builder<'d> {
    fn new(written: &'d Written<'d>, known_at: Instant) -> Self {
        let documents = written.documents;
        Self {
            documents,
            price_lists: &written.price_lists,
            contracts: &written.contracts,
            known_at,
            zone: documents.tenant.time_zone,
            report: Report::default(),
            names: NameTables::default(),
            sku_before: 0,
            products: Cow::default(),
            unit_tables: Cow::default(),
            unit_table_numbers: BTreeMap::new(),
            bare_unit_tables: BTreeMap::new(),
            group_sets: Cow::default(),
            unit_decimals: Vec::new(),
            category_parents: Cow::default(),
            sources: Vec::new(),
            own_sources: 0,
            rows: Vec::new(),
            laid: Vec::new(),
            shapes: Vec::new(),
            shape_numbers: BTreeMap::new(),
            indexed: Vec::new(),
            assignments: Vec::new(),
            entry_places: Vec::new(),
            facts: Vec::new(),
            facts_of: Vec::new(),
            facts_numbers: BTreeMap::new(),
            asks: Asks::default(),
            product_attributes: BTreeSet::new(),
            least: BTreeMap::new(),
            steps: Vec::new(),
            rules_step: None,
            rules: Vec::new(),
            coupons: BTreeSet::new(),
            index_values: BTreeMap::new(),
            entry_guards: Vec::new(),
            guards_before: 0,
            entry_guard_numbers: BTreeMap::new(),
            commitments: BTreeMap::new(),
            drafts: ScriptDrafts::new(),
        }
    }

    /// An entry's table.
    fn table<'t>(&'t self, indexed: &'t Indexed) -> Option<Table<'t>> {
        let entries = self.laid.get(indexed.source as usize)?;
        Table::read(entries, &indexed.entry, &self.shapes)
    }

    /// The period that a document means; an empty one is reported.
    fn period(&mut self, valid: Validity, place: impl Fn() -> Place) -> Period {
        if valid.is_always() {
            return Period::ALWAYS;
        }
        let period = valid.period(self.zone);
        if period.is_empty() {
            let help = "let `to` be after `from`; `to` is the first moment that is not in the period";
            self.report.error(Code::EmptyPeriod, &place(), "a period ends before it begins", help);
        }
        period
    }
}

/// The names and base quantities that records carry.
fn ids(names: &NameTables, shapes: &[Shape]) -> Ids {
    fn all<T>(names: &Names, new: impl Fn(&str) -> Result<T, IdError>) -> Vec<T> {
        // Every name came from a document, where it was checked.
        (0..number(names.len())).filter_map(|id| new(names.text(id)).ok()).collect()
    }
    let units = all(&names.units, Unit::new);
    let per = shapes.iter().filter_map(|shape| {
        Some(Quantity { value: shape.base_quantity(), unit: units.get(shape.unit as usize)?.clone() })
    });
    Ids {
        per: per.collect(),
        categories: all(&names.categories, CategoryId::new),
        organizations: all(&names.organizations, OrganizationId::new),
        pricing_groups: all(&names.pricing_groups, PricingGroupId::new),
        units,
    }
}
