//! The words of B2B pricing: money, quantity, time, organization, catalog, price list, contract, request, priced order.
//!
//! Documents are plain data: what people write and databases hold. What they mean is in `pricing/SEMANTICS.md`, whose
//! rules are cited by number (R3). Nothing here reads a clock, a file or the environment, and no number passes through
//! a float.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::disallowed_methods,
        clippy::disallowed_types,
        clippy::expect_used,
        clippy::float_arithmetic,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

mod apportion;
mod canonical;
mod catalog;
mod contract;
mod currency;
mod diagnostic;
mod digest;
mod documents;
mod exact;
mod fx_table;
mod id;
pub mod limits;
mod lineage;
mod money;
mod organization;
mod price_list;
mod priced_order;
mod request;
mod rounding;
pub mod scaled;
#[cfg(feature = "schema")]
pub mod schema;
mod tenant;
mod text;
mod tier;
mod time;
mod unit;

pub use apportion::{ApportionError, ApportionMode, apportion};
pub use canonical::{CanonicalError, canonical_json};
pub use catalog::{Catalog, Category, Product, UnitDecimals};
pub use contract::{AgainstLists, Contract, ContractState, ContractVersion, Signature, Term, Termination};
pub use currency::{Currency, CurrencyError, ISO_4217_EDITION};
pub use diagnostic::{Diagnostic, DocumentKind, Place, Segment, Severity};
pub use digest::{Digest, DigestError};
pub use documents::Documents;
pub use exact::{Exact, ExactError};
pub use fx_table::{FxChain, FxRate, FxTable};
pub use id::{
    CatalogId, CategoryId, ChannelId, ContractId, FxTableId, GroupId, ID_BYTES_MAX, IdError, LineId, OrganizationId,
    PriceListId, PricingGroupId, RateId, RegionId, Sku, TenantId, Unit,
};
pub use lineage::{EndlessLineage, Organizations, lineage};
pub use money::{Amount, Money};
pub use organization::{Organization, OrganizationKind, Parent};
pub use price_list::{Assignment, Derived, DerivedFrom, PriceList, PriceListVersion};
pub use priced_order::{
    Basis, ConversionDetail, Loser, LoserReason, NoPrice, PriceDetail, PricedLine, PricedOrder, Source, Step, StepKind,
    TableDetail, Totals,
};
pub use request::{Authority, Facts, ManualPrice, PriceRequest, Prior, PriorOf, RecordedLine, RequestLine};
pub use rounding::{FinalRounding, FinalStage, RoundingMode, RoundingRule, RoundingStage};
pub use tenant::{Choose, ConversionPolicy, ConversionStage, NoTier, PricePolicy, Tenant, Ties};
pub use tier::{CountScope, Entry, Package, Tier, TierBase, TierMode};
pub use time::{IANA_VERSION, Instant, Period, TimeError, TimeZone, Validity, When};
pub use unit::{Conversion, Quantity, QuantityError, Ratio};
