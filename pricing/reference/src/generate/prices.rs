//! Price lists and contracts with their versions.

use emptor_core::{
    AgainstLists, Assignment, ChannelId, Contract, ContractId, ContractVersion, CountScope, Currency, Derived,
    DerivedFrom, Entry, ListUse, Organization, PriceList, PriceListId, PriceListVersion, RoundingMode, Signature,
    TaxSide, Term, Termination, Unit, Validity,
};

use super::Ground;
use super::draws::{CURRENCIES, Draws, currency, decimal, named};
use super::tables::{self, Met};
use super::{agreements, buyers};

/// The price lists of a case; one that is derived follows from a list before it.
pub(super) fn lists(draws: &mut Draws, ground: &Ground, met: &mut Met) -> Vec<PriceList> {
    let tenant_currency = ground.tenant.currency;
    let count = 1 + draws.below(if ground.has_rules { 4 } else { 6 });
    let mut lists: Vec<PriceList> = Vec::new();
    for index in 0..count {
        let name = named(PriceListId::new(&format!("l{}", (index * 5) % 7)));
        let currency = if draws.chance(30) { currency(draws.pick(&CURRENCIES)) } else { tenant_currency };
        let mut list = PriceList {
            price_list: name,
            currency,
            kept_as: if ground.has_rules && draws.chance(12) { ListUse::Floor } else { ListUse::Prices },
            prices: if ground.has_rules { side(draws) } else { None },
            forbids_merging: draws.chance(12),
            valid: Validity::default(),
            priority: 0,
            assigned_to: Vec::new(),
            rounding: None,
            entries: Vec::new(),
            derived: None,
            versions: Vec::new(),
        };
        let several = draws.chance(35);
        let number_of_versions = if several { 1 + draws.below(3) } else { 1 };
        let mut versions = Vec::new();
        for version in 0..number_of_versions {
            let number = u32::try_from((version * 2) % 5 + 1).expect("a small number");
            let source = derived(draws, &lists, &list, tenant_currency);
            let mut entries = if source.is_some() { Vec::new() } else { entries(draws, ground, currency, met) };
            if list.kept_as == ListUse::Floor {
                for entry in &mut entries {
                    entry.over = CountScope::Line;
                }
            }
            versions.push(PriceListVersion {
                number,
                recorded_at: draws.recorded_at(),
                valid: draws.validity(),
                priority: [0, 0, 1, -1][draws.below(4)],
                assigned_to: (0..[0, 0, 1, 2][draws.below(4)])
                    .map(|_| assignment(draws, ground.organizations))
                    .collect(),
                rounding: draws.rounding(),
                entries,
                derived: source,
            });
        }
        if several {
            list.versions = versions;
        } else if let Some(only) = versions.pop() {
            (list.valid, list.priority, list.assigned_to) = (only.valid, only.priority, only.assigned_to);
            (list.rounding, list.entries, list.derived) = (only.rounding, only.entries, only.derived);
        }
        lists.push(list);
    }
    lists
}

/// Makes no two contracts equal, and no two lists but those that only meet where a request names what they are for.
pub(super) fn give_each_its_priority(lists: &mut [PriceList], contracts: &mut [Contract]) {
    let only_asked_for = |assigned_to: &[Assignment]| {
        let asked_for = |one: &Assignment| one.channel.is_some() || !one.attributes.is_empty();
        !assigned_to.is_empty() && assigned_to.iter().all(asked_for)
    };
    for (priority, list) in (0..).zip(lists) {
        // A list with versions writes nothing beside them.
        if list.versions.is_empty() && !only_asked_for(&list.assigned_to) {
            list.priority = priority;
        }
        let versions = list.versions.iter_mut().filter(|version| !only_asked_for(&version.assigned_to));
        versions.for_each(|version| version.priority = priority);
    }
    for (priority, contract) in (0..).zip(contracts) {
        contract.priority = priority;
    }
}

/// Gives every list to one channel at one priority: they compile, and tie where a request names it.
pub(super) fn give_all_to_one_channel(lists: &mut [PriceList]) {
    let of_channel = || Assignment { channel: Some(named(ChannelId::new("webshop"))), ..Assignment::default() };
    for list in lists {
        if list.versions.is_empty() {
            (list.priority, list.assigned_to) = (0, vec![of_channel()]);
        }
        for version in &mut list.versions {
            (version.priority, version.assigned_to) = (0, vec![of_channel()]);
        }
    }
}

/// The contracts of a case.
pub(super) fn contracts(draws: &mut Draws, ground: &Ground, met: &mut Met) -> Vec<Contract> {
    let count = draws.below(4);
    let contract = |index: usize| {
        let organization = draws.pick(ground.organizations).organization;
        let currency = draws.chance(25).then(|| currency(draws.pick(&CURRENCIES)));
        let priority = [0, 0, 1][draws.below(3)];
        let in_currency = currency.unwrap_or(ground.tenant.currency);
        let versions = 0..=draws.below(3);
        Contract {
            contract: named(ContractId::new(&format!("k{}", (index * 2) % 5))),
            organization,
            currency,
            prices: if ground.has_rules { side(draws) } else { None },
            priority,
            versions: versions.map(|version| contract_version(draws, ground, in_currency, met, version)).collect(),
        }
    };
    (0..count).map(contract).collect()
}

fn contract_version(
    draws: &mut Draws,
    ground: &Ground,
    currency: Currency,
    met: &mut Met,
    version: usize,
) -> ContractVersion {
    let signature = |at| Signature { by: "somebody".to_owned(), at };
    let [recorded_at, submitted, approved, terminated] = draws.life();
    let recorded_at = draws.chance(35).then_some(recorded_at);
    let submitted = draws.chance(40).then(|| signature(submitted));
    let approved = (!draws.chance(15)).then(|| signature(approved));
    // What ends without an approval does not compile.
    let ends = draws.chance(15) && (approved.is_some() || draws.chance(10));
    let terminated = ends.then(|| Termination { from: draws.moment(), recorded_at: terminated });
    let against = [AgainstLists::Hide, AgainstLists::Lowest, AgainstLists::Merge];
    let entries = entries(draws, ground, currency, met).into_iter();
    let price = |price| Term { price: Some(price), lists: draws.pick(&against), discount: None, order_rule: None };
    let mut terms: Vec<Term> = entries.map(price).collect();
    if ground.has_rules {
        agreements::add_terms(draws, ground, currency, &mut terms);
    }
    ContractVersion {
        number: u32::try_from((version * 2) % 5 + 1).expect("a small number"),
        valid: draws.validity(),
        recorded_at,
        submitted,
        approved,
        terminated,
        rounding: draws.rounding(),
        terms,
        commitment: if ground.has_rules { agreements::commitment(draws, currency) } else { None },
        reference: None,
    }
}

/// Entries of which no two have one target, unit and period.
fn entries(draws: &mut Draws, ground: &Ground, currency: Currency, met: &mut Met) -> Vec<Entry> {
    let goods = ground.goods;
    let mut entries: Vec<Entry> = Vec::new();
    for _ in 0..=draws.below(if ground.has_rules { 5 } else { 9 }) {
        let target = tables::target(draws, goods);
        let entry = tables::entry(draws, ground, &target, currency, met);
        let key = |entry: &Entry| {
            let of_sku = |product: &&emptor_core::Product| Some(&product.sku) == entry.sku.as_ref();
            let own = goods.catalog.products.iter().find(of_sku).map(|product| product.unit.clone());
            let unit: Option<Unit> = entry.per.as_ref().map(|per| per.unit.clone()).or(own);
            (entry.sku.clone(), entry.category.clone(), unit, entry.valid)
        };
        if entries.iter().all(|other| key(other) != key(&entry)) {
            entries.push(entry);
        }
    }
    entries
}

/// Mostly the tenant's.
fn side(draws: &mut Draws) -> Option<TaxSide> {
    draws.chance(15).then(|| draws.pick(&[TaxSide::Gross, TaxSide::Net]))
}

fn assignment(draws: &mut Draws, organizations: &[Organization]) -> Assignment {
    let mut assignment = Assignment::default();
    // One fact mostly, sometimes several.
    for _ in 0..=draws.below(2) {
        match draws.below(5) {
            0 => assignment.group = Some(buyers::group(draws)),
            1 => assignment.organization = Some(draws.pick(organizations).organization),
            2 => {
                assignment.region = vec![buyers::region(draws)];
                let second = buyers::region(draws);
                if draws.chance(30) && !assignment.region.contains(&second) {
                    assignment.region.push(second);
                }
            }
            3 => assignment.channel = Some(channel(draws)),
            _ => {
                let (name, value) = attribute(draws);
                assignment.attributes.insert(name, value);
            }
        }
    }
    assignment
}

pub(super) fn channel(draws: &mut Draws) -> ChannelId {
    named(ChannelId::new(draws.pick(&["webshop", "edi"])))
}

pub(super) fn attribute(draws: &mut Draws) -> (String, String) {
    (draws.pick(&["class", "campaign"]).to_owned(), draws.pick(&["a", "b"]).to_owned())
}

fn derived(draws: &mut Draws, before: &[PriceList], list: &PriceList, tenant_currency: Currency) -> Option<Derived> {
    if !draws.chance(25) {
        return None;
    }
    // What lists follow from is on their side, and the tables of floors count over the line.
    let fits = |source: &&PriceList| {
        let is_used_alike = source.kept_as == list.kept_as && source.prices == list.prices;
        source.currency == list.currency && is_used_alike
    };
    let sources: Vec<&PriceList> = before.iter().filter(fits).collect();
    let cost = list.currency == tenant_currency && (sources.is_empty() || draws.chance(30));
    let from = if cost {
        DerivedFrom::Cost
    } else if sources.is_empty() {
        return None;
    } else {
        DerivedFrom::PriceList(draws.pick(&sources).price_list.clone())
    };
    let least = draws.chance(25).then(|| decimal(draws.pick(&["-1", "0", "0.5"])));
    let most = draws.chance(25).then(|| decimal(draws.pick(&["0.5", "2", "10"])));
    Some(Derived {
        from,
        percent: decimal(draws.pick(&["90", "100", "110.5", "33.3333", "0", "130"])),
        increment: draws.chance(40).then(|| draws.increment()),
        mode: draws.pick(&RoundingMode::ALL),
        amount: decimal(draws.pick(&["0", "0", "-0.01", "0.5", "1.2345"])),
        margin_min: least,
        margin_max: most,
    })
}
