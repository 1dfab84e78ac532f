//! Nasty books and requests, drawn from a string of bytes.
//!
//! Every decision is a draw; where the bytes run out, each draw gives its smallest choice. So proptest shrinks cases,
//! a fuzzer mutates them and a seeded run repeats them. Most cases compile; those that do not are to be skipped.

mod adjustments;
mod agreements;
mod bundles;
mod buyers;
mod charges;
mod conditions;
mod draws;
mod effects;
mod facts;
mod goods;
mod guards;
mod indexes;
mod order_rules;
mod plain_lists;
mod prices;
mod procedure;
mod rates;
mod requests;
mod script_texts;
mod scripts;
mod tables;
mod taxes;

use emptor_core::{
    Choose, ConversionPolicy, ConversionStage, Documents, FinalRounding, FinalStage, IndexTable, Instant, NoTier,
    Organization, PricePolicy, PriceRequest, RoundingMode, TaxSide, Tenant, TenantGuards, Ties,
};

use draws::{CURRENCIES, Draws, currency, named};
use goods::Goods;
use tables::Met;

/// A book's documents, when they are read, and a request for them.
#[derive(Debug, Clone)]
pub struct Case {
    /// The documents.
    pub documents: Documents,
    /// By when they were recorded.
    pub known_at: Instant,
    /// What is asked.
    pub request: PriceRequest,
}

/// What documents are drawn for.
struct Ground<'g> {
    tenant: &'g Tenant,
    goods: &'g Goods,
    organizations: &'g [Organization],
    index_tables: &'g [IndexTable],
    /// Whether R7 to R12 are met, or prices alone.
    has_rules: bool,
}

/// The case that some bytes choose.
pub fn case(choices: &[u8]) -> Case {
    let mut draws = Draws::new(choices);
    let known_at = draws.known_at();
    // A quarter is prices alone, and smaller for it.
    let has_rules = draws.chance(75);
    let mut tenant = tenant(&mut draws);
    let mut organizations = buyers::organizations(&mut draws);
    if has_rules {
        add_rules(&mut draws, &mut tenant);
        buyers::limit(&mut draws, &mut organizations, tenant.currency);
    }
    let goods = Goods::draw(&mut draws, has_rules);
    let index_tables = if has_rules { indexes::tables(&mut draws) } else { Vec::new() };
    let ground = Ground {
        tenant: &tenant,
        goods: &goods,
        organizations: &organizations,
        index_tables: &index_tables,
        has_rules,
    };
    let mut documents = if has_rules { rules(&mut draws, &ground) } else { empty(&tenant) };
    let mut met = Met::default();
    let mut price_lists = prices::lists(&mut draws, &ground, &mut met);
    let mut contracts = prices::contracts(&mut draws, &ground, &mut met);
    // With `ties: error` most books whose lists meet do not compile, so most of them have lists that do not.
    if tenant.price_policy.ties == Ties::Error && draws.chance(85) {
        prices::give_each_its_priority(&mut price_lists, &mut contracts);
        if draws.chance(60) {
            prices::give_all_to_one_channel(&mut price_lists);
        }
    }
    if has_rules {
        price_lists.extend(plain_lists::lists(&mut draws, &ground));
    }
    (documents.price_lists, documents.contracts) = (price_lists, contracts);
    documents.fx_tables = rates::tables(&mut draws);
    documents.catalogs = vec![goods.catalog.clone()];
    documents.organizations.clone_from(&organizations);
    let known = requests::Known { documents: &documents, goods: &goods, met: &met, has_rules };
    let request = requests::request(&mut draws, &known);
    if has_rules && draws.chance(62) {
        scripts::add(&mut draws, &ground, &mut documents);
    }
    Case { documents, known_at, request }
}

/// Gives the tenant a procedure, guards, tax and cash, each in most cases.
fn add_rules(draws: &mut Draws, tenant: &mut Tenant) {
    if draws.chance(85) {
        tenant.procedure = procedure::procedure(draws);
    }
    if draws.chance(60) {
        tenant.guards = guards::of_tenant(draws);
    }
    if draws.chance(30) {
        tenant.prices = TaxSide::Gross;
    }
    tenant.tax = draws.chance(65).then(|| taxes::regime(draws));
    if draws.chance(50) {
        tenant.cash_roundings = taxes::cash_roundings(draws);
    }
}

/// The documents of the rules, without the others.
fn rules(draws: &mut Draws, ground: &Ground) -> Documents {
    Documents {
        adjustments: adjustments::adjustments(draws, ground),
        order_rules: if draws.chance(60) { order_rules::order_rules(draws, ground) } else { Vec::new() },
        tax_tables: vec![taxes::table(draws)],
        index_tables: ground.index_tables.to_vec(),
        ..empty(ground.tenant)
    }
}

fn empty(tenant: &Tenant) -> Documents {
    Documents {
        tenant: tenant.clone(),
        organizations: Vec::new(),
        catalogs: Vec::new(),
        price_lists: Vec::new(),
        contracts: Vec::new(),
        fx_tables: Vec::new(),
        adjustments: Vec::new(),
        order_rules: Vec::new(),
        tax_tables: Vec::new(),
        index_tables: Vec::new(),
        scripts: Vec::new(),
        tests: Vec::new(),
    }
}

/// The bytes of a seed (splitmix64), of varied length.
pub fn bytes(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let length = 1024 + usize::try_from(next() % 7168).expect("below 7168");
    let mut bytes: Vec<u8> = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        bytes.extend(next().to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

fn tenant(draws: &mut Draws) -> Tenant {
    let choose =
        [Choose::Priority, Choose::Lowest, Choose::MostSpecific, Choose::Merge, Choose::MergeLowest, Choose::Priority];
    let stages = [ConversionStage::Line, ConversionStage::Unit, ConversionStage::Document];
    let mode = draws.pick(&RoundingMode::ALL);
    let at = draws.pick(&[FinalStage::Line, FinalStage::Unit, FinalStage::Document]);
    let zones = ["UTC", "Europe/Berlin", "America/Havana", "Asia/Beirut"];
    Tenant {
        tenant: named(emptor_core::TenantId::new("t")),
        currency: if draws.chance(30) { currency(draws.pick(&CURRENCIES)) } else { currency("EUR") },
        time_zone: draws.pick(&zones).parse().expect("a zone of the IANA list"),
        rounding: FinalRounding { at, mode },
        price_policy: PricePolicy {
            choose: draws.pick(&choose),
            ties: draws.pick(&[Ties::Lowest, Ties::Lowest, Ties::Lowest, Ties::Error]),
            no_tier: draws.pick(&[NoTier::Next, NoTier::Next, NoTier::NoPrice, NoTier::Nearest]),
        },
        conversion: draws
            .chance(70)
            .then(|| ConversionPolicy { table: named(emptor_core::FxTableId::new("fx")), at: draws.pick(&stages) }),
        procedure: Vec::new(),
        guards: TenantGuards::default(),
        prices: TaxSide::Net,
        tax: None,
        cash_roundings: Vec::new(),
    }
}
