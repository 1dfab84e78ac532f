//! What can be asked for on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use emptor::Detail;
use emptor::core::{Currency, OrganizationId, When};

/// The folder of the bundled example; from this package's own folder, so that it is found from anywhere.
const BUNDLED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../wholesale");

/// Prices B2B requests from a book: a folder of price lists, contracts and exchange rates.
///
/// Without arguments it prices the bundled example and prints the quote.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Price a request and print the quote
    Quote(Quote),
    /// Check a book and print what is wrong with it, with file and line, and how its scripts run
    Check(Check),
    /// Run a book's tests and print where the prices are not what they state
    Test(Test),
    /// Make a book from what was charged before
    ///
    /// FILE is CSV with the columns InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID; prices
    /// are in GBP. For each product it finds at most four tiers that explain the most rows.
    ImportHistory(ImportHistory),
    /// Price what was charged before again, and report what differs from the book
    Reprice(Reprice),
}

/// The arguments of `quote`.
#[derive(Debug, Args)]
pub(crate) struct Quote {
    /// The folder with the book's documents
    #[arg(long, value_name = "DIR")]
    pub(crate) book: PathBuf,
    /// The request: CSV with the columns `sku,quantity` and perhaps `unit`, or JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) rfq: PathBuf,
    /// Who buys; needed with CSV, else instead of what the request says
    #[arg(long, value_name = "ORG", value_parser = OrganizationId::new)]
    pub(crate) buyer: Option<OrganizationId>,
    /// In which currency [default: what the request says, else the seller's]
    #[arg(long, value_name = "CODE")]
    pub(crate) currency: Option<Currency>,
    /// When the prices apply, like 2026-03-01 or 2026-03-12T09:30:00Z; needed with CSV, else instead of what the
    /// request says
    #[arg(long, value_name = "TIME")]
    pub(crate) valid_at: Option<When>,
    /// Price by what was recorded by then [default: everything in the folder]
    #[arg(long, value_name = "TIME")]
    pub(crate) known_at: Option<When>,
    /// How much to say about how the prices came about
    #[arg(long, value_enum, default_value_t)]
    pub(crate) detail: DetailName,
    /// For whom the answer is written
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// The arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The folder with the book's documents
    #[arg(long, value_name = "DIR")]
    pub(crate) book: PathBuf,
    /// Check what was recorded by then [default: everything in the folder]
    #[arg(long, value_name = "TIME")]
    pub(crate) known_at: Option<When>,
    /// For whom the answer is written
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// The arguments of `test`.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The folder with the book's documents, its tests among them
    #[arg(long, value_name = "DIR")]
    pub(crate) book: PathBuf,
}

/// The arguments of `import-history`.
#[derive(Debug, Args)]
pub(crate) struct ImportHistory {
    /// The transactions, as CSV
    #[arg(value_name = "FILE")]
    pub(crate) history: PathBuf,
    /// The folder to write the book into; it must be new or empty
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// The arguments of `reprice`.
#[derive(Debug, Args)]
pub(crate) struct Reprice {
    /// The folder with the book's documents
    #[arg(long, value_name = "DIR")]
    pub(crate) book: PathBuf,
    /// The transactions, as CSV, like those of `import-history`
    #[arg(long, value_name = "FILE")]
    pub(crate) history: PathBuf,
    /// For whom the answer is written
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// For whom the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// [`Detail`] on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum DetailName {
    /// The prices
    Price,
    /// And every step that led to them
    #[default]
    Waterfall,
    /// And the prices that lost, with the reasons
    Why,
}

impl Command {
    /// The bundled example.
    pub(crate) fn bundled() -> Self {
        Self::Quote(Quote {
            book: BUNDLED.into(),
            rfq: format!("{BUNDLED}/rfq/rfq.json").into(),
            buyer: None,
            currency: None,
            valid_at: None,
            known_at: None,
            detail: DetailName::default(),
            format: Format::default(),
        })
    }
}

impl From<DetailName> for Detail {
    fn from(name: DetailName) -> Self {
        match name {
            DetailName::Price => Self::Price,
            DetailName::Waterfall => Self::Waterfall,
            DetailName::Why => Self::Why,
        }
    }
}
