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

mod adjustment;
mod apportion;
mod book_test;
mod canonical;
mod catalog;
mod condition;
mod contract;
mod currency;
mod diagnostic;
mod digest;
mod documents;
mod exact;
mod fx_table;
mod guard;
mod id;
mod index_table;
pub mod limits;
mod lineage;
mod money;
mod nudge;
mod one_or_many;
mod order_rule;
mod organization;
mod price_list;
mod priced_order;
mod priced_steps;
mod procedure;
mod request;
mod rounding;
pub mod scaled;
#[cfg(feature = "schema")]
pub mod schema;
mod script;
mod script_failure;
mod script_limits;
mod tax;
mod tenant;
mod text;
mod tier;
mod time;
mod unit;
mod violation;

pub use adjustment::{
    Adjustment, AdjustmentMode, Bundle, ChooseUnits, Effect, Gift, Given, Graded, GradedBase, GradedBy, Indexed, Taken,
};
pub use apportion::{ApportionError, ApportionMode, apportion};
pub use book_test::{BookTest, Expected};
pub use canonical::{CanonicalError, canonical_json};
pub use catalog::{Catalog, Category, Product, UnitDecimals};
pub use condition::{Condition, Counted, Range, Weekday};
pub use contract::{
    AgainstLists, Commitment, Contract, ContractState, ContractVersion, Discount, Signature, Term, Termination,
};
pub use currency::{Currency, CurrencyError, ISO_4217_EDITION};
pub use diagnostic::{Diagnostic, DocumentKind, Place, Segment, Severity};
pub use digest::{Digest, DigestError, Digester};
pub use documents::Documents;
pub use exact::{Exact, ExactError};
pub use fx_table::{FxChain, FxRate, FxTable};
pub use guard::{Breach, Guards, TenantGuards};
pub use id::{
    AdjustmentId, CatalogId, CategoryId, ChannelId, ChargeKind, ContractId, CouponCode, FxTableId, GroupId,
    ID_BYTES_MAX, IdError, IndexTableId, LineId, OrderRuleId, OrganizationId, PriceListId, PricingGroupId, RateId,
    RegionId, RoleId, ScriptId, SetId, Sku, StepId, TaxCategoryId, TaxTableId, TenantId, TestId, Unit, VendorId,
};
pub use index_table::{IndexTable, IndexValue};
pub use lineage::{EndlessLineage, Organizations, lineage};
pub use money::{Amount, Money};
pub use nudge::Nudge;
pub use order_rule::{CutOff, OrderRule, OrderTerms, RuleSeverity};
pub use organization::{Organization, OrganizationKind, Parent};
pub use price_list::{Assignment, Derived, DerivedFrom, ListUse, PriceList, PriceListVersion};
pub use priced_order::{
    Basis, ConversionDetail, Loser, LoserReason, NoPrice, PriceDetail, PricedLine, PricedOrder, Source, Step, StepKind,
    TableDetail, Totals,
};
pub use priced_steps::{
    AdjustmentDetail, AppliedAdjustment, DocumentShare, DocumentStep, EffectKind, GuardDetail, GuardKind, GuardOf,
    PricedCharge, PricedGift, RuleSource, SkipReason, SkippedRule, TaxSubtotal,
};
pub use procedure::{
    ActsAt, CountsAs, ProcedureEntry, ProcedureStep, ShareBy, ShareRest, Shown, Stacking, StepBasis, StepRounding,
    StepRoundingStage, Subtotal,
};
pub use request::{
    Authority, Charge, CommitmentFact, CreditFact, Facts, ManualAdjustment, ManualPrice, PriceRequest, Prior, PriorOf,
    RecordedLine, RequestLine, Used,
};
pub use rounding::{FinalRounding, FinalStage, RoundingMode, RoundingRule, RoundingStage};
pub use script::{
    OnFailure, Script, ScriptCall, ScriptError, ScriptParam, ScriptParamKind, ScriptReturns, ScriptRun, ScriptSees,
    ScriptVersion,
};
pub use script_failure::{ScriptFailure, ScriptUse};
pub use script_limits::ScriptLimits;
pub use tax::{TaxRate, TaxRegime, TaxRounding, TaxSide, TaxTable};
pub use tenant::{CashRounding, Choose, ConversionPolicy, ConversionStage, NoTier, PricePolicy, Tenant, Ties};
pub use tier::{CountScope, Entry, Package, Tier, TierBase, TierMode};
pub use time::{ClockTime, IANA_VERSION, Instant, Period, TimeError, TimeZone, Validity, When};
pub use unit::{Conversion, Quantity, QuantityError, Ratio};
pub use violation::{Fix, ViolatedRule, Violation, ViolationCode, ViolationSeverity};
