//! Documents as a library keeps them.

use std::sync::Arc;

use emptor_core::{Contract, Documents, PriceList};

use crate::compile::Written;

/// A tenant's documents: price lists and contracts one by one, for they are large and change often.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// All but price lists and contracts. Tests, which are not compiled, are not kept.
    pub(super) others: Arc<Documents>,
    pub(super) price_lists: Vec<Arc<PriceList>>,
    pub(super) contracts: Vec<Arc<Contract>>,
}

impl Kept {
    pub(super) fn new(mut documents: Documents) -> Self {
        let price_lists = std::mem::take(&mut documents.price_lists).into_iter().map(Arc::new).collect();
        let contracts = std::mem::take(&mut documents.contracts).into_iter().map(Arc::new).collect();
        documents.tests.clear();
        Self { others: Arc::new(documents), price_lists, contracts }
    }

    pub(super) fn written(&self) -> Written<'_> {
        Written {
            documents: &self.others,
            price_lists: self.price_lists.iter().map(Arc::as_ref).collect(),
            contracts: self.contracts.iter().map(Arc::as_ref).collect(),
        }
    }
}
