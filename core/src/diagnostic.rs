//! What is wrong with documents: a code, a place, words and help.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong with a tenant's documents.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Diagnostic {
    /// Whether a book can be made all the same.
    pub severity: Severity,
    /// The stable code, `area.condition`.
    pub code: &'static str,
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// There is no book.
    Error,
    /// There is a book, which may not be what was meant.
    Warning,
}

/// A place in a tenant's documents: which document, and the way into it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The kind of document.
    pub kind: DocumentKind,
    /// Its name; empty where the document has none.
    pub id: String,
    /// The way from its root.
    pub path: Vec<Segment>,
}

/// The kinds of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentKind {
    /// [`crate::Tenant`]
    Tenant,
    /// [`crate::Organization`]
    Organization,
    /// [`crate::Catalog`]
    Catalog,
    /// [`crate::PriceList`]
    PriceList,
    /// [`crate::Contract`]
    Contract,
    /// [`crate::FxTable`]
    FxTable,
    /// [`crate::Adjustment`]
    Adjustment,
    /// [`crate::OrderRule`]
    OrderRule,
    /// [`crate::TaxTable`]
    TaxTable,
    /// [`crate::IndexTable`]
    IndexTable,
    /// [`crate::Script`]
    Script,
    /// [`crate::BookTest`]
    Test,
}

/// One step into a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// Into a field.
    Key(&'static str),
    /// Into an element, from 0.
    Index(usize),
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Tenant,
        Self::Organization,
        Self::Catalog,
        Self::PriceList,
        Self::Contract,
        Self::FxTable,
        Self::Adjustment,
        Self::OrderRule,
        Self::TaxTable,
        Self::IndexTable,
        Self::Script,
        Self::Test,
    ];

    /// The key that names a document of this kind: `price_list`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Organization => "organization",
            Self::Catalog => "catalog",
            Self::PriceList => "price_list",
            Self::Contract => "contract",
            Self::FxTable => "fx_table",
            Self::Adjustment => "adjustment",
            Self::OrderRule => "order_rule",
            Self::TaxTable => "tax_table",
            Self::IndexTable => "index_table",
            Self::Script => "script",
            Self::Test => "test",
        }
    }
}

impl Place {
    /// The root of a document.
    pub fn of(kind: DocumentKind, id: impl fmt::Display) -> Self {
        Self { kind, id: id.to_string(), path: Vec::new() }
    }

    /// The place one field further in.
    #[must_use]
    pub fn key(&self, key: &'static str) -> Self {
        self.with(Segment::Key(key))
    }

    /// The place one element further in.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Segment::Index(index))
    }

    fn with(&self, segment: Segment) -> Self {
        let mut place = self.clone();
        place.path.push(segment);
        place
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.kind.key(), self.id)?;
        self.path.iter().try_for_each(|segment| match segment {
            Segment::Key(key) => write!(f, ".{key}"),
            Segment::Index(index) => write!(f, "[{index}]"),
        })
    }
}

impl Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}[{}]: {}: {}; {}", self.code, self.place, self.message, self.help)
    }
}
