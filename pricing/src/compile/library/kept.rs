//! Documents as a library keeps them.

use std::sync::Arc;

use emptor_core::{Contract, Digest, DocumentKind, Documents, Instant, PriceList};

use crate::compile::Written;
use crate::compile::fingerprint::{self, Line};

/// A tenant's documents: price lists and contracts one by one, for they are large and change often.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// All but price lists and contracts. Tests, which are not compiled, are not kept.
    pub(super) others: Arc<Documents>,
    pub(super) price_lists: Vec<Filed<PriceList>>,
    pub(super) contracts: Vec<Filed<Contract>>,
}

/// A document with its digest; without: it is not compiled yet.
#[derive(Debug)]
pub(super) struct Filed<T> {
    pub(super) document: Arc<T>,
    pub(super) digest: Option<Digest>,
}

impl Kept {
    pub(super) fn new(mut documents: Documents) -> Self {
        let price_lists = std::mem::take(&mut documents.price_lists).into_iter().map(Filed::new).collect();
        let contracts = std::mem::take(&mut documents.contracts).into_iter().map(Filed::new).collect();
        documents.tests.clear();
        Self { others: Arc::new(documents), price_lists, contracts }
    }

    pub(super) fn written(&self) -> Written<'_> {
        Written {
            documents: &self.others,
            price_lists: self.price_lists.iter().map(|filed| &*filed.document).collect(),
            contracts: self.contracts.iter().map(|filed| &*filed.document).collect(),
        }
    }

    /// Gives each list and contract its digest, where it has none.
    pub(super) fn file(&mut self, known_at: Instant) {
        for filed in &mut self.price_lists {
            filed.digest.get_or_insert_with(|| fingerprint::of_list(&filed.document, known_at).digest);
        }
        for filed in &mut self.contracts {
            filed.digest.get_or_insert_with(|| fingerprint::of_contract(&filed.document, known_at).digest);
        }
    }

    /// Gives lists and contracts these digests.
    pub(super) fn file_all(&mut self, digests: &[Digest]) {
        let (lists, contracts) = digests.split_at_checked(self.price_lists.len()).unwrap_or((digests, &[]));
        self.price_lists.iter_mut().zip(lists).for_each(|(filed, digest)| filed.digest = Some(*digest));
        self.contracts.iter_mut().zip(contracts).for_each(|(filed, digest)| filed.digest = Some(*digest));
    }

    /// The fingerprint of a book of them and others.
    pub(super) fn fingerprint(&self, others: &[(&'static str, String, Digest)]) -> Digest {
        let mut lines: Vec<Line<'_>> =
            others.iter().map(|(kind, id, digest)| Line { kind, id: id.as_str(), digest: *digest }).collect();
        let line =
            |kind: DocumentKind, id, digest: Option<Digest>| digest.map(|digest| Line { kind: kind.key(), id, digest });
        let lists = self.price_lists.iter();
        lines.extend(lists.filter_map(|it| line(DocumentKind::PriceList, it.document.price_list.as_str(), it.digest)));
        let contracts = self.contracts.iter();
        lines.extend(contracts.filter_map(|it| line(DocumentKind::Contract, it.document.contract.as_str(), it.digest)));
        fingerprint::of_lines(lines)
    }

    /// The lists and contracts that are not compiled yet.
    pub(super) fn new_ones(&self) -> Written<'_> {
        Written {
            documents: &self.others,
            price_lists: self.price_lists.iter().filter_map(Filed::if_new).collect(),
            contracts: self.contracts.iter().filter_map(Filed::if_new).collect(),
        }
    }
}

impl<T> Filed<T> {
    pub(super) fn new(document: T) -> Self {
        Self { document: Arc::new(document), digest: None }
    }

    fn if_new(&self) -> Option<&T> {
        self.digest.is_none().then_some(&*self.document)
    }
}

impl<T> Clone for Filed<T> {
    fn clone(&self) -> Self {
        Self { document: Arc::clone(&self.document), digest: self.digest }
    }
}

/// The documents that are no longer there after changes that kept the order of the others.
pub(super) fn gone<'k, T>(before: &'k [Filed<T>], after: &[Filed<T>], name: impl Fn(&T) -> &str) -> Vec<&'k T> {
    let mut rest = after.iter().peekable();
    let mut gone = Vec::new();
    for filed in before {
        let stays = rest.next_if(|next| name(&next.document) == name(&filed.document));
        if stays.is_none_or(|stays| !Arc::ptr_eq(&stays.document, &filed.document)) {
            gone.push(&*filed.document);
        }
    }
    gone
}
