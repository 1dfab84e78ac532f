//! Engine against reference: one generated case priced by both, which must agree to the last byte.

use emptor_core::{Basis, Diagnostic, Digest, canonical_json};
use emptor_pricing::{Detail, SEMANTICS_VERSION, compile, price};
use emptor_reference::generate::Case;

/// How a case came out.
#[derive(Debug)]
pub enum Agreement {
    /// Both gave the same bytes, or refused the request with the same code.
    Same {
        /// How many lines have a price.
        priced: usize,
        /// How many lines have none.
        unpriced: usize,
    },
    /// The documents do not compile.
    NotCompiled(Vec<Diagnostic>),
    /// They differ.
    Differs {
        /// What the engine gave.
        engine: String,
        /// What the reference gave.
        reference: String,
    },
}

/// Prices a case by engine and reference.
pub fn check(case: &Case) -> Agreement {
    let book = match compile(&case.documents, case.known_at) {
        Ok(book) => book,
        Err(diagnostics) => return Agreement::NotCompiled(diagnostics),
    };
    let request = canonical_json(&case.request).unwrap_or_default();
    let basis =
        Basis { semantics: SEMANTICS_VERSION, book: book.fingerprint(), request: Digest::of(request.as_bytes()) };
    let engine = price(&book, &case.request, Detail::Waterfall);
    let reference = emptor_reference::price(&case.documents, case.known_at, &case.request, basis);
    match (engine, reference) {
        (Ok(engine), Ok(reference)) if engine == reference => {
            let priced = engine.lines.iter().filter(|line| line.net.is_some()).count();
            Agreement::Same { priced, unpriced: engine.lines.len().saturating_sub(priced) }
        }
        (Err(engine), Err(reference)) if engine.code() == reference => Agreement::Same { priced: 0, unpriced: 0 },
        (engine, reference) => Agreement::Differs {
            engine: engine.map_or_else(|error| error.code().to_owned(), |order| text(&order)),
            reference: reference.map_or_else(str::to_owned, |order| text(&order)),
        },
    }
}

fn text(order: &emptor_core::PricedOrder) -> String {
    serde_json::to_string_pretty(order).unwrap_or_default()
}
