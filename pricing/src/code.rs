//! The codes of what can be wrong with documents.

/// What is wrong with a tenant's documents. Each has one stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// Two documents, versions or things with one name.
    Duplicate,
    /// A name that no document has.
    UnknownName,
    /// A tree that leads back to itself.
    Cycle,
    /// A tree deeper than the limit.
    TooDeep,
    /// Two parents at one time.
    ParentOverlap,
    /// A number beyond the limits of R0.
    Limit,
    /// A number that must be above zero, and is not.
    NotPositive,
    /// A period that ends before it begins.
    EmptyPeriod,
    /// Equations that give two factors for one pair of units.
    UnitsDisagree,
    /// A unit that does not convert to the product's.
    UnitNotConvertible,
    /// A weight that another equation states as well.
    WeightStatedTwice,
    /// A tolerance without a weight.
    ToleranceWithoutWeight,
    /// An entry that names no goods, or two.
    EntryTarget,
    /// An entry that has no price, or two.
    EntryPrice,
    /// An entry of a category without unit.
    EntryUnit,
    /// Two entries for the same goods, unit and time.
    EntryDuplicate,
    /// Bounds of both kinds, or none.
    TierBounds,
    /// Tiers that do not ascend.
    TierOrder,
    /// A graduated table that does not start at zero.
    TierStart,
    /// A tier without a price, or with a price and `no_price`.
    TierPrice,
    /// A kind of price that this kind of table cannot have.
    TierKind,
    /// A count that leaves out what the entry prices.
    TierScope,
    /// A table with no price above its last tier.
    TierHole,
    /// A price that rises with the quantity.
    TierRises,
    /// A list with entries beside `derived`, or fields beside `versions`.
    ListForm,
    /// A derived list in another currency than what it follows from.
    DerivedCurrency,
    /// Two lists of equal rank that meet on a price.
    Ambiguous,
    /// A contract version whose dates of writing, submission, approval or end are out of order.
    Lifecycle,
    /// An entry that never holds while its version does.
    Unreachable,
    /// A tax below zero percent.
    TaxPercent,
    /// A tax category without a rate in the tenant's table.
    TaxCategory,
    /// A coin that is not whole minor units above zero.
    CashIncrement,
    /// An order rule that names two kinds of goods, or goods where it is about the order.
    OrderRuleTarget,
    /// Bounds of approval that are out of order.
    OrderRuleBands,
    /// A least, most and increment of a quantity that do not fit each other.
    OrderRuleQuantities,
    /// A least value of an order above the most.
    OrderRuleValues,
    /// Goods that must not be ordered together, and only one kind of them.
    OrderRuleIncompatible,
    /// A number that must be zero or above, and is not.
    Negative,
    /// A step or guard of the procedure that has no meaning as it is written.
    ProcedureForm,
    /// A step, sum or condition that needs what comes after it.
    Circular,
    /// A range that nothing, or everything, is in.
    ConditionRange,
    /// A condition on the order that asks for what is of a line.
    ConditionScope,
    /// An effect that does nothing, or several things.
    EffectKind,
    /// An effect that has no meaning where it stands.
    EffectScope,
    /// More than 100 percent off.
    EffectPercent,
    /// Bounds of graded numbers that do not ascend.
    EffectGraded,
    /// A rule in a step that takes none, or without a step.
    AdjustmentStep,
    /// A guard that nothing can keep to.
    GuardRange,
    /// A contract term that says nothing, or several things.
    TermKind,
    /// A script without text, or with parameters that are none.
    ScriptForm,
    /// A script's text that cannot be read.
    ScriptSyntax,
    /// What the language of scripts does not have.
    ScriptLanguage,
    /// A name in a script that there is not.
    ScriptUnknownName,
    /// Values in a script that do not go together.
    ScriptTypes,
    /// A parameter of a script that is missing, unknown, or not what it should be.
    ScriptParams,
    /// A script where it cannot stand.
    ScriptPlace,
    /// A rule that can never act.
    NeverFires,
    /// A rule that another always beats.
    AlwaysLoses,
    /// Exclusive rules of equal priority that can meet.
    ExclusiveOverlap,
    /// Volume tiers where more costs less in total.
    MoreCostsLess,
    /// A price below cost.
    MarginNegative,
    /// A price below the product's floor.
    FloorAbovePrice,
    /// A contract term that another always outranks.
    NeverWins,
    /// A script that nothing uses.
    ScriptUnused,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 64] = [
        Self::Duplicate,
        Self::UnknownName,
        Self::Cycle,
        Self::TooDeep,
        Self::ParentOverlap,
        Self::Limit,
        Self::NotPositive,
        Self::EmptyPeriod,
        Self::UnitsDisagree,
        Self::UnitNotConvertible,
        Self::WeightStatedTwice,
        Self::ToleranceWithoutWeight,
        Self::EntryTarget,
        Self::EntryPrice,
        Self::EntryUnit,
        Self::EntryDuplicate,
        Self::TierBounds,
        Self::TierOrder,
        Self::TierStart,
        Self::TierPrice,
        Self::TierKind,
        Self::TierScope,
        Self::TierHole,
        Self::TierRises,
        Self::ListForm,
        Self::DerivedCurrency,
        Self::Ambiguous,
        Self::Lifecycle,
        Self::Unreachable,
        Self::TaxPercent,
        Self::TaxCategory,
        Self::CashIncrement,
        Self::OrderRuleTarget,
        Self::OrderRuleBands,
        Self::OrderRuleQuantities,
        Self::OrderRuleValues,
        Self::OrderRuleIncompatible,
        Self::Negative,
        Self::ProcedureForm,
        Self::Circular,
        Self::ConditionRange,
        Self::ConditionScope,
        Self::EffectKind,
        Self::EffectScope,
        Self::EffectPercent,
        Self::EffectGraded,
        Self::AdjustmentStep,
        Self::GuardRange,
        Self::TermKind,
        Self::ScriptForm,
        Self::ScriptSyntax,
        Self::ScriptLanguage,
        Self::ScriptUnknownName,
        Self::ScriptTypes,
        Self::ScriptParams,
        Self::ScriptPlace,
        Self::NeverFires,
        Self::AlwaysLoses,
        Self::ExclusiveOverlap,
        Self::MoreCostsLess,
        Self::MarginNegative,
        Self::FloorAbovePrice,
        Self::NeverWins,
        Self::ScriptUnused,
    ];

    /// The stable code, `area.condition`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Duplicate => "name.duplicate",
            Self::UnknownName => "name.unknown",
            Self::Cycle => "tree.cycle",
            Self::TooDeep => "tree.too_deep",
            Self::ParentOverlap => "organization.parent_overlap",
            Self::Limit => "number.limit",
            Self::NotPositive => "number.not_positive",
            Self::EmptyPeriod => "period.empty",
            Self::UnitsDisagree => "unit.disagree",
            Self::UnitNotConvertible => "unit.not_convertible",
            Self::WeightStatedTwice => "product.weight_stated_twice",
            Self::ToleranceWithoutWeight => "product.tolerance_without_weight",
            Self::EntryTarget => "entry.target",
            Self::EntryPrice => "entry.price",
            Self::EntryUnit => "entry.unit",
            Self::EntryDuplicate => "entry.duplicate",
            Self::TierBounds => "tier.bounds",
            Self::TierOrder => "tier.order",
            Self::TierStart => "tier.start",
            Self::TierPrice => "tier.price",
            Self::TierKind => "tier.kind",
            Self::TierScope => "tier.scope",
            Self::TierHole => "tier.hole",
            Self::TierRises => "tier.rises",
            Self::ListForm => "list.form",
            Self::DerivedCurrency => "list.derived_currency",
            Self::Ambiguous => "list.ambiguous",
            Self::Lifecycle => "contract.lifecycle",
            Self::Unreachable => "entry.unreachable",
            Self::Negative => "number.negative",
            Self::ProcedureForm => "procedure.form",
            Self::Circular => "procedure.circular",
            Self::ConditionRange => "condition.range",
            Self::ConditionScope => "condition.scope",
            Self::EffectKind => "effect.kind",
            Self::EffectScope => "effect.scope",
            Self::EffectPercent => "effect.percent",
            Self::EffectGraded => "effect.graded",
            Self::AdjustmentStep => "adjustment.step",
            Self::GuardRange => "guard.range",
            Self::TermKind => "contract.term",
            Self::ScriptForm => "script.form",
            Self::ScriptSyntax => "script.syntax",
            Self::ScriptLanguage => "script.language",
            Self::ScriptUnknownName => "script.unknown_name",
            Self::ScriptTypes => "script.types",
            Self::ScriptParams => "script.params",
            Self::ScriptPlace => "script.place",
            Self::TaxPercent => "tax.percent",
            Self::TaxCategory => "tax.category",
            Self::CashIncrement => "cash.increment",
            Self::OrderRuleTarget => "order_rule.target",
            Self::OrderRuleBands => "order_rule.bands",
            Self::OrderRuleQuantities => "order_rule.quantities",
            Self::OrderRuleValues => "order_rule.values",
            Self::OrderRuleIncompatible => "order_rule.incompatible",
            Self::NeverFires => "lint.never_fires",
            Self::AlwaysLoses => "lint.always_loses",
            Self::ExclusiveOverlap => "lint.exclusive_overlap",
            Self::MoreCostsLess => "lint.more_costs_less",
            Self::MarginNegative => "lint.margin_negative",
            Self::FloorAbovePrice => "lint.floor_above_price",
            Self::NeverWins => "lint.never_wins",
            Self::ScriptUnused => "lint.script_unused",
        }
    }
}
