//! What a tenant wrote, wherever it is kept.

use emptor_core::{Contract, Documents, PriceList};

/// Documents as a book is compiled from them: price lists and contracts one by one, which a library keeps one by one.
#[derive(Debug, Clone)]
pub(super) struct Written<'d> {
    /// INVARIANT (lists beside): its price lists and contracts are not read, but those below.
    pub(super) documents: &'d Documents,
    pub(super) price_lists: Vec<&'d PriceList>,
    pub(super) contracts: Vec<&'d Contract>,
}

impl<'d> Written<'d> {
    pub(super) fn of(documents: &'d Documents) -> Self {
        Self {
            documents,
            price_lists: documents.price_lists.iter().collect(),
            contracts: documents.contracts.iter().collect(),
        }
    }
}
