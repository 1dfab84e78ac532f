//! Why a whole request is refused (R1).

/// Why a request cannot be priced at all. Variants are in order of precedence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PricingError {
    /// `request.tenant`: the request is for another tenant than the book.
    #[error("the request is for tenant `{0}`, the book is not; load that tenant's book")]
    Tenant(String),
    /// `request.unknown_buyer`: no organization document names the buyer.
    #[error("there is no organization `{0}`; check the buyer's name")]
    UnknownBuyer(String),
    /// `request.too_many_lines`: more than 100,000 lines.
    #[error("the request has {0} lines; split it into requests of at most 100000")]
    TooManyLines(usize),
    /// `request.duplicate_line`: two lines have one id.
    #[error("two lines have the id `{0}`; give every line its own")]
    DuplicateLine(String),
    /// `request.limit`: a number is beyond R0.
    #[error("`{0}` is beyond the limits of a request; check the number")]
    Limit(String),
    /// `request.duplicate_prior`: two facts say what was bought or used before of one thing.
    #[error("`{0}` says again what was bought or used before of one thing; sum the two facts")]
    DuplicatePrior(String),
    /// `request.unknown_rate`: a pinned rate that the tenant's table does not have, or a second one of a pair.
    #[error("the tenant's rates have no `{0}` that could be pinned; check its name")]
    UnknownRate(String),
    /// `pricing.total_out_of_range`: the sum of the lines is beyond R0.
    #[error("the sum of the lines is not below 9 x 10^14; split the request")]
    TotalOutOfRange,
}

impl PricingError {
    /// The stable code, `area.condition`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Tenant(_) => "request.tenant",
            Self::UnknownBuyer(_) => "request.unknown_buyer",
            Self::TooManyLines(_) => "request.too_many_lines",
            Self::DuplicateLine(_) => "request.duplicate_line",
            Self::Limit(_) => "request.limit",
            Self::DuplicatePrior(_) => "request.duplicate_prior",
            Self::UnknownRate(_) => "request.unknown_rate",
            Self::TotalOutOfRange => "pricing.total_out_of_range",
        }
    }
}
