//! The reference evaluator, asked under the basis of a book.

use emptor_core::{Basis, Digest, Documents, Instant, PriceRequest, PricedOrder, canonical_json};
use emptor_pricing::{PriceBook, SEMANTICS_VERSION};

/// What the reference answers to a request that the engine prices from `book`, which was compiled from the documents.
pub(crate) fn price(
    book: &PriceBook,
    documents: &Documents,
    known_at: Instant,
    request: &PriceRequest,
) -> Result<PricedOrder, &'static str> {
    let content = canonical_json(request).unwrap();
    let basis =
        Basis { semantics: SEMANTICS_VERSION, book: book.fingerprint(), request: Digest::of(content.as_bytes()) };
    emptor_reference::price(documents, known_at, request, basis)
}
