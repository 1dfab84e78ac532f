//! Nasty books and requests, drawn from a string of bytes.
//!
//! Every decision is a draw; where the bytes run out, each draw gives its smallest choice. So proptest shrinks cases,
//! a fuzzer mutates them and a seeded run repeats them. Most cases compile; those that do not are to be skipped.

mod buyers;
mod draws;
mod goods;
mod prices;
mod rates;
mod requests;
mod tables;

use emptor_core::{
    Choose, ConversionPolicy, ConversionStage, Documents, FinalRounding, FinalStage, Instant, NoTier, PricePolicy,
    PriceRequest, RoundingMode, Tenant, Ties,
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

/// The case that some bytes choose.
pub fn case(choices: &[u8]) -> Case {
    let mut draws = Draws::new(choices);
    let known_at = draws.known_at();
    let tenant = tenant(&mut draws);
    let organizations = buyers::organizations(&mut draws);
    let goods = Goods::draw(&mut draws);
    let mut met = Met::default();
    let mut price_lists = prices::lists(&mut draws, &goods, &organizations, tenant.currency, &mut met);
    let mut contracts = prices::contracts(&mut draws, &goods, &organizations, tenant.currency, &mut met);
    // With `ties: error` most books whose lists meet do not compile, so most of them have lists that do not.
    if tenant.price_policy.ties == Ties::Error && draws.chance(85) {
        prices::give_each_its_priority(&mut price_lists, &mut contracts);
        if draws.chance(60) {
            prices::give_all_to_one_channel(&mut price_lists);
        }
    }
    let fx_tables = rates::tables(&mut draws);
    let request = requests::request(
        &mut draws,
        &requests::Known { goods: &goods, organizations: &organizations, fx_tables: &fx_tables, met: &met },
    );
    let catalogs = vec![goods.catalog];
    let documents = Documents { tenant, organizations, catalogs, price_lists, contracts, fx_tables };
    Case { documents, known_at, request }
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
    let at = draws.pick(&[FinalStage::Line, FinalStage::Document]);
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
    }
}
