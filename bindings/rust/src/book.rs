//! A tenant's book, loaded and ready to price.

use std::path::Path;

use emptor_core::{Digest, Instant, Nudge, PriceRequest, PricedOrder};
use emptor_pricing::{Detail, PriceBook, PricingError, ScriptReport};

use crate::folder::{Folder, read_folder};
use crate::problem::Problem;
use crate::single::read_documents_json;

/// A tenant's documents, compiled, with what may not be what was meant.
#[derive(Debug, Clone)]
pub struct Book {
    prices: PriceBook,
    warnings: Vec<Problem>,
}

impl Book {
    /// Reads and compiles a folder, with everything that was ever recorded in it.
    ///
    /// # Errors
    /// All that is wrong, each with its code, file and line.
    ///
    /// # Example
    /// ```
    /// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/wholesale");
    /// use emptor::{Book, Detail, read_request_json};
    /// let book = Book::load(folder.as_ref()).unwrap();
    /// let request = read_request_json(r#"{ "buyer": "contoso-north", "valid_at": "2026-05-04",
    ///     "lines": [{ "id": "1", "sku": "BOLT-M8X40", "quantity": "500" }] }"#).unwrap();
    /// let order = book.price(&request, Detail::Waterfall).unwrap();
    /// assert_eq!(order.totals.line_extension.to_string(), "49.00 EUR");
    /// ```
    pub fn load(dir: &Path) -> Result<Self, Vec<Problem>> {
        Self::compile(&read_folder(dir)?, Instant::MAX)
    }

    /// Compiles a folder that was read, as recorded by `known_at`.
    ///
    /// # Errors
    /// All that is wrong, each with its code, file and line.
    pub fn compile(folder: &Folder, known_at: Instant) -> Result<Self, Vec<Problem>> {
        let place = |diagnostics: &[emptor_core::Diagnostic]| {
            diagnostics.iter().map(|diagnostic| folder.places.problem(diagnostic)).collect::<Vec<_>>()
        };
        let prices = emptor_pricing::compile(&folder.documents, known_at).map_err(|wrong| place(&wrong))?;
        let warnings = place(prices.warnings());
        Ok(Self { prices, warnings })
    }

    /// Compiles documents that are one JSON value, as recorded by `known_at`.
    ///
    /// # Errors
    /// All that is wrong, each with its code; of a wrong shape, the first.
    pub fn from_json(text: &str, known_at: Instant) -> Result<Self, Vec<Problem>> {
        let folder = Folder { documents: read_documents_json(text)?, places: crate::Places::default() };
        Self::compile(&folder, known_at)
    }

    /// Prices a request; the answer depends on the book and the request, and on nothing else.
    ///
    /// # Errors
    /// As [`emptor_pricing::price`].
    pub fn price(&self, request: &PriceRequest, detail: Detail) -> Result<PricedOrder, PricingError> {
        emptor_pricing::price(&self.prices, request, detail)
    }

    /// What the next price break of each line is worth, by pricing the request again; as [`emptor_pricing::nudges`].
    ///
    /// # Example
    /// ```
    /// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/wholesale");
    /// # let book = emptor::Book::load(folder.as_ref()).unwrap();
    /// use emptor::{Detail, read_request_json};
    /// let request = read_request_json(r#"{ "buyer": "contoso-north", "valid_at": "2026-05-04",
    ///     "lines": [{ "id": "1", "sku": "BOLT-M10X60", "quantity": "190" }] }"#).unwrap();
    /// let order = book.price(&request, Detail::Price).unwrap();
    /// let nudges = book.nudges(&request, &order);
    /// assert_eq!(nudges[0].quantity.to_string(), "200");
    /// assert!(nudges[0].saves()); // 200 at 20.80 / 100 cost less than 190 at 21.90 / 100 with the fee for picking
    /// ```
    pub fn nudges(&self, request: &PriceRequest, order: &PricedOrder) -> Vec<Nudge> {
        emptor_pricing::nudges(&self.prices, request, order)
    }

    /// The book's scripts: how often each is used, and whether it runs natively; as [`PriceBook::scripts`].
    ///
    /// # Example
    /// ```
    /// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/wholesale");
    /// # let book = emptor::Book::load(folder.as_ref()).unwrap();
    /// for script in book.scripts() {
    ///     println!("{} is used {} times", script.script, script.uses);
    /// }
    /// ```
    pub fn scripts(&self) -> Vec<ScriptReport> {
        self.prices.scripts()
    }

    /// What may not be what was meant, with file and line.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// The book's fingerprint: equal documents, as known, have equal fingerprints (R15).
    pub fn fingerprint(&self) -> Digest {
        self.prices.fingerprint()
    }

    /// The compiled prices, for prices one by one.
    pub fn prices(&self) -> &PriceBook {
        &self.prices
    }
}
