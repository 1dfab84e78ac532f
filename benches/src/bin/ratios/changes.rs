//! What it takes to make the next book where one contract of many changed.

use std::hint::black_box as keep;

use emptor_benches::books::{contract_documents, organization_id, sku_id};
use emptor_benches::ratio::{Row, compare};
use emptor_core::{Contract, Exact, Instant};
use emptor_pricing::{Changes, Library, PriceBook, compile};

use crate::row;

/// A round takes seconds.
const CHANGE_ROUNDS: usize = 5;

/// A book of 1,000 contracts of 1,000 terms over 20,000 skus of which one contract changed, against compiling it in full.
pub(crate) fn book_with(name: &'static str, goal: f64) -> Row {
    let (contracts, terms, skus) = (1000, 1000, 20_000);
    let mut documents = contract_documents(contracts, terms, skus);
    let before = Library::compile(documents.clone(), Instant::MAX).expect("the documents compile");
    let changed = with_other_prices(&documents.contracts[500]);
    documents.contracts[500] = changed.clone();
    let changes = || Changes { contracts: vec![changed.clone()], ..Changes::default() };
    let full = || compile(&documents, Instant::MAX).expect("the documents compile");
    let with = || before.with(changes(), Instant::MAX).expect("the documents compile");
    let (one, other) = (with(), full());
    assert_eq!(one.book().fingerprint(), other.fingerprint(), "both are of the same documents");
    let priced = |book: &PriceBook, contract: u32, sku: u32| {
        let buyer = book.organization(&organization_id(contract)).expect("a buyer");
        let mut buyer = book.buyer(buyer, Instant::from_micros(0)).expect("a buyer");
        let sku = book.sku(&sku_id(sku)).expect("a product");
        buyer.price(sku, Exact::from(1)).map(|line| line.net()).ok()
    };
    let asked = || (499..502).flat_map(|contract| (0..skus).step_by(7).map(move |sku| (contract, sku)));
    let alike = |(contract, sku): &(u32, u32)| priced(one.book(), *contract, *sku) == priced(&other, *contract, *sku);
    let checked = asked().filter(alike).count();
    assert_eq!(checked, asked().count(), "both books price every line alike");
    // The clone of the contract, which is the caller's, and what is freed of the book before are measured with it.
    let times = compare(CHANGE_ROUNDS, 1, &mut |_| _ = keep(with()), &mut |_| _ = keep(full()));
    Row { rounds: CHANGE_ROUNDS, ..row(name, goal, checked, times) }
}

fn with_other_prices(contract: &Contract) -> Contract {
    let mut changed = contract.clone();
    let terms = changed.versions.iter_mut().flat_map(|version| &mut version.terms);
    for entry in terms.filter_map(|term| term.price.as_mut()) {
        entry.price = Some(Exact::from(77));
    }
    changed
}
