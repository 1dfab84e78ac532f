//! A library after changes has the book that its documents compile to, on generated ones.

use emptor_core::{
    Contract, ContractId, Diagnostic, DocumentKind, Documents, Entry, Exact, Instant, Money, NoPrice, PriceList,
    PriceListId, PriceListVersion, PriceRequest, RequestLine,
};
use emptor_pricing::{Changes, Detail, Library, PriceBook, compile, price};
use emptor_reference::generate::{Case, case};

use crate::laws::{equal, for_compiled_cases};

/// How many changes follow each other.
const CHANGES: usize = 6;

#[test]
fn a_library_after_changes_has_the_book_of_its_documents() {
    for_compiled_cases(250, |first, _, choices| {
        let turned: Vec<u8> = choices.iter().rev().copied().collect();
        let other = case(&turned);
        let requests = [&first.request, &other.request];
        let mut known_at = first.known_at;
        let mut documents = first.documents.clone();
        let compiled = Library::compile(documents.clone(), known_at);
        let mut library = compiled.map_err(|wrong| format!("a library does not compile: {wrong:?}"))?;
        for choice in choices.chunks(3).rev().take(CHANGES) {
            let choice = |place: usize| usize::from(choice.get(place).copied().unwrap_or(0));
            let Some(changes) = changes(&documents, &other, [choice(0), choice(1), choice(2)]) else { continue };
            known_at = moment(known_at, choice(0) / 16);
            let changed = changed(&documents, &changes);
            let (with, full) = (library.with(changes.clone(), known_at), compile(&changed, known_at));
            let what = format!("after {changes:?} as of {known_at}");
            equal(&wrong(with.as_ref().map(|library| &**library.book())), &wrong(full.as_ref()), &what)?;
            let (Ok(with), Ok(full)) = (with, full) else { continue };
            are_alike(with.book(), &full, &requests).map_err(|reason| format!("{reason}\n{what}"))?;
            (library, documents) = (with, changed);
        }
        Ok(())
    });
}

/// What is wrong with documents, or what is said of their book.
fn wrong<'a>(book: Result<&'a PriceBook, &'a Vec<Diagnostic>>) -> Result<&'a [Diagnostic], &'a Vec<Diagnostic>> {
    book.map(PriceBook::warnings)
}

fn are_alike(one: &PriceBook, other: &PriceBook, requests: &[&PriceRequest]) -> Result<(), String> {
    equal(&one.fingerprint(), &other.fingerprint(), "the fingerprint")?;
    equal(&one.known_at(), &other.known_at(), "the moment")?;
    for request in requests {
        for detail in [Detail::Waterfall, Detail::Why] {
            equal(&price(one, request, detail), &price(other, request, detail), "an order")?;
        }
        for line in &request.lines {
            equal(&single(one, request, line), &single(other, request, line), "a buyer's price")?;
        }
    }
    Ok(())
}

/// A line as a buyer is told its price.
fn single(book: &PriceBook, request: &PriceRequest, line: &RequestLine) -> Option<Result<Money, NoPrice>> {
    let buyer = book.organization(&request.buyer)?;
    let mut buyer = book.buyer(buyer, request.valid_at.instant(book.time_zone()))?;
    Some(buyer.net(book.sku(&line.sku)?, line.quantity))
}

/// Mostly the same moment; else a later one, or the last.
fn moment(known_at: Instant, choice: usize) -> Instant {
    match choice {
        0 => Instant::from_micros(known_at.micros().saturating_add(1)).min(Instant::MAX),
        1 => Instant::from_micros(known_at.micros().saturating_add(86_400_000_000 * 30)).min(Instant::MAX),
        2 => Instant::MAX,
        _ => known_at,
    }
}

/// The documents after changes of lists and contracts.
fn changed(documents: &Documents, changes: &Changes) -> Documents {
    let mut changed = documents.clone();
    let is_gone = |kind, id: &str| changes.removed.iter().any(|(other, name)| *other == kind && name == id);
    changed.price_lists.retain(|list| !is_gone(DocumentKind::PriceList, list.price_list.as_str()));
    changed.contracts.retain(|contract| !is_gone(DocumentKind::Contract, contract.contract.as_str()));
    for list in &changes.price_lists {
        match changed.price_lists.iter_mut().find(|other| other.price_list == list.price_list) {
            Some(place) => *place = list.clone(),
            None => changed.price_lists.push(list.clone()),
        }
    }
    for contract in &changes.contracts {
        match changed.contracts.iter_mut().find(|other| other.contract == contract.contract) {
            Some(place) => *place = contract.clone(),
            None => changed.contracts.push(contract.clone()),
        }
    }
    changed
}

/// One change of a list or contract, if there is the one that was chosen.
fn changes(documents: &Documents, other: &Case, [kind, which, how]: [usize; 3]) -> Option<Changes> {
    let list = || documents.price_lists.get(which % documents.price_lists.len().max(1)).cloned();
    let contract = || documents.contracts.get(which % documents.contracts.len().max(1)).cloned();
    let others_list = || other.documents.price_lists.get(how % other.documents.price_lists.len().max(1)).cloned();
    let others_contract = || other.documents.contracts.get(how % other.documents.contracts.len().max(1)).cloned();
    let of_list = |list: PriceList| Changes { price_lists: vec![list], ..Changes::default() };
    let of_contract = |contract: Contract| Changes { contracts: vec![contract], ..Changes::default() };
    let gone = |kind, id: &str| Changes { removed: vec![(kind, id.to_owned())], ..Changes::default() };
    Some(match kind % 13 {
        0 => of_list(with_other_prices(list()?, how)),
        1 => of_contract(with_other_terms(contract()?, how)),
        2 => gone(DocumentKind::PriceList, list()?.price_list.as_str()),
        3 => gone(DocumentKind::Contract, contract()?.contract.as_str()),
        4 => of_list(PriceList { price_list: list()?.price_list, ..others_list()? }),
        5 => of_contract(Contract { contract: contract()?.contract, ..others_contract()? }),
        6 => of_list(PriceList { price_list: PriceListId::new("new").unwrap(), ..others_list()? }),
        7 => of_contract(Contract { contract: ContractId::new("new").unwrap(), ..others_contract()? }),
        8 => of_contract(with_another_version(contract()?, how)),
        9 => of_list(with_another_list_version(list()?, how)),
        10 => {
            let mut contract = contract()?;
            contract.versions.remove(how.checked_rem(contract.versions.len())?);
            of_contract(contract)
        }
        11 => {
            let contract = contract()?;
            let priority = contract.priority.saturating_add(i32::try_from(how % 3).unwrap() - 1);
            of_contract(Contract { contract: ContractId::new("twin").unwrap(), priority, ..contract })
        }
        _ => {
            let (list, contract) = (with_other_prices(list()?, how), with_other_terms(contract()?, how));
            Changes { price_lists: vec![list], ..of_contract(contract) }
        }
    })
}

/// One of the prices is another.
fn change_price<'e>(entries: impl Iterator<Item = &'e mut Entry>, how: usize) {
    let prices = entries.flat_map(|entry| {
        let of_tiers = entry.tiers.iter_mut().filter_map(|tier| tier.price.as_mut());
        entry.price.as_mut().into_iter().chain(of_tiers)
    });
    let mut prices: Vec<&mut Exact> = prices.collect();
    let count = prices.len().max(1);
    if let Some(price) = prices.get_mut(how % count) {
        **price = Exact::from(u32::try_from(how).unwrap() / 4);
    }
}

fn with_other_prices(mut list: PriceList, how: usize) -> PriceList {
    let versions = list.versions.iter_mut().flat_map(|version| &mut version.entries);
    change_price(list.entries.iter_mut().chain(versions), how);
    list
}

fn with_other_terms(mut contract: Contract, how: usize) -> Contract {
    let terms = contract.versions.iter_mut().flat_map(|version| &mut version.terms);
    change_price(terms.filter_map(|term| term.price.as_mut()), how);
    contract
}

fn with_another_version(mut contract: Contract, how: usize) -> Contract {
    if let Some(mut version) = contract.versions.get(how % contract.versions.len().max(1)).cloned() {
        version.number = contract.versions.iter().map(|other| other.number).max().unwrap_or(0).saturating_add(1);
        contract.versions.push(version);
    }
    with_other_terms(contract, how)
}

/// A list of one version becomes one of two.
fn with_another_list_version(mut list: PriceList, how: usize) -> PriceList {
    if list.versions.is_empty() {
        list.versions.push(PriceListVersion {
            number: 1,
            recorded_at: None,
            valid: std::mem::take(&mut list.valid),
            priority: std::mem::take(&mut list.priority),
            assigned_to: std::mem::take(&mut list.assigned_to),
            rounding: list.rounding.take(),
            entries: std::mem::take(&mut list.entries),
            derived: list.derived.take(),
        });
    }
    if let Some(mut version) = list.versions.get(how % list.versions.len()).cloned() {
        version.number = list.versions.iter().map(|other| other.number).max().unwrap_or(0).saturating_add(1);
        list.versions.push(version);
    }
    with_other_prices(list, how)
}
