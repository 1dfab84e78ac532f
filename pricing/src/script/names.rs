//! What there is to read in a script: the names of R13, and what each stands for.

use emptor_core::ScriptSees;

/// Where a name begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    Line,
    Order,
    Buyer,
    Request,
    Params,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Number,
    Truth,
    Text,
    /// A list of texts.
    Texts,
    Lines,
    Line,
    Violation,
    /// A list that the script makes.
    List,
    /// Nothing: what a loop leaves.
    Nothing,
    /// It leaves before there is a value.
    Never,
    /// What an argument of a function is, nobody knows.
    Any,
}

/// What a line has to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Field {
    Sku,
    Category,
    Vendor,
    Quantity,
    Unit,
    Attribute(String),
    IsIn(String),
    QuantityIn(String),
    ConvertsTo(String),
    Cost,
    HasCost,
    PriorQuantity,
    PriorValue,
    Amount,
    Base,
    List,
    UnitPrice,
}

/// What a script reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// The line itself, which is passed on to a function.
    Whole,
    Line(Field),
    OrderCurrency,
    OrderLines,
    OrderLineCount,
    OrderPriorQuantity,
    OrderPriorValue,
    OrderTotal,
    OrderQuantityIn(String),
    BuyerOrganization,
    BuyerLineage,
    BuyerGroups,
    Region,
    Channel,
    Attribute(String),
    Coupons,
    Year,
    Month,
    Day,
    Weekday,
    Param(String),
}

impl Root {
    /// The root of a name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "line" => Self::Line,
            "order" => Self::Order,
            "buyer" => Self::Buyer,
            "request" => Self::Request,
            "params" => Self::Params,
            _ => return None,
        })
    }

    /// Whether a script that sees this has it.
    pub(crate) fn is_seen_by(self, sees: ScriptSees) -> bool {
        self != Self::Line || sees != ScriptSees::Order
    }

    /// The members that can be named, for help.
    pub(crate) fn members(self, sees: ScriptSees) -> Vec<&'static str> {
        let all: &[&'static str] = match self {
            Self::Line => {
                return Field::NAMES
                    .iter()
                    .copied()
                    .filter(|name| sees != ScriptSees::Goods || !is_amount(name))
                    .collect();
            }
            Self::Order => {
                &["currency", "lines", "line_count", "prior_quantity", "prior_value", "total", "quantity_in"]
            }
            Self::Buyer => &["organization", "lineage", "groups"],
            Self::Request => &["region", "channel", "attributes", "coupons", "year", "month", "day", "weekday"],
            Self::Params => &[],
        };
        let of_orders = |name: &&&str| sees == ScriptSees::Order || !matches!(**name, "total" | "quantity_in");
        all.iter().filter(of_orders).copied().collect()
    }
}

/// Whether a member of a line is one that only a line with a price has.
fn is_amount(name: &str) -> bool {
    matches!(name, "amount" | "base" | "list" | "unit_price")
}

/// Whether a member is read by a key in brackets.
pub(crate) fn is_keyed(member: &str) -> bool {
    member == "attributes"
}

/// Whether a member is read as a method with one literal.
pub(crate) fn is_called(member: &str) -> bool {
    matches!(member, "is_in" | "quantity_in" | "converts_to")
}

/// The variable that a member of a root is in Rhai's program. No name that a script can write has a dot in it.
pub(crate) fn variable(root: &str, member: &str, key: Option<&str>) -> String {
    key.map_or_else(|| format!("{root}.{member}"), |key| format!("{root}.{member}({key})"))
}

impl Field {
    const NAMES: [&'static str; 17] = [
        "sku",
        "category",
        "vendor",
        "quantity",
        "unit",
        "attributes",
        "is_in",
        "quantity_in",
        "converts_to",
        "cost",
        "has_cost",
        "prior_quantity",
        "prior_value",
        "amount",
        "base",
        "list",
        "unit_price",
    ];

    /// The field of a name and, for those that have one, a key.
    pub(crate) fn of(member: &str, key: Option<&str>) -> Option<Self> {
        Some(match (member, key) {
            ("sku", None) => Self::Sku,
            ("category", None) => Self::Category,
            ("vendor", None) => Self::Vendor,
            ("quantity", None) => Self::Quantity,
            ("unit", None) => Self::Unit,
            ("attributes", Some(key)) => Self::Attribute(key.to_owned()),
            ("is_in", Some(key)) => Self::IsIn(key.to_owned()),
            ("quantity_in", Some(key)) => Self::QuantityIn(key.to_owned()),
            ("converts_to", Some(key)) => Self::ConvertsTo(key.to_owned()),
            ("cost", None) => Self::Cost,
            ("has_cost", None) => Self::HasCost,
            ("prior_quantity", None) => Self::PriorQuantity,
            ("prior_value", None) => Self::PriorValue,
            ("amount", None) => Self::Amount,
            ("base", None) => Self::Base,
            ("list", None) => Self::List,
            ("unit_price", None) => Self::UnitPrice,
            _ => return None,
        })
    }

    /// What it is.
    pub(crate) fn kind(&self) -> Type {
        match self {
            Self::Sku | Self::Category | Self::Vendor | Self::Unit | Self::Attribute(_) => Type::Text,
            Self::IsIn(_) | Self::ConvertsTo(_) | Self::HasCost => Type::Truth,
            _ => Type::Number,
        }
    }

    /// Whether only a line with a price has it.
    pub(crate) fn is_amount(&self) -> bool {
        matches!(self, Self::Amount | Self::Base | Self::List | Self::UnitPrice)
    }

    /// Its name, and its key.
    pub(crate) fn name(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Sku => ("sku", None),
            Self::Category => ("category", None),
            Self::Vendor => ("vendor", None),
            Self::Quantity => ("quantity", None),
            Self::Unit => ("unit", None),
            Self::Attribute(key) => ("attributes", Some(key)),
            Self::IsIn(key) => ("is_in", Some(key)),
            Self::QuantityIn(key) => ("quantity_in", Some(key)),
            Self::ConvertsTo(key) => ("converts_to", Some(key)),
            Self::Cost => ("cost", None),
            Self::HasCost => ("has_cost", None),
            Self::PriorQuantity => ("prior_quantity", None),
            Self::PriorValue => ("prior_value", None),
            Self::Amount => ("amount", None),
            Self::Base => ("base", None),
            Self::List => ("list", None),
            Self::UnitPrice => ("unit_price", None),
        }
    }
}

impl Input {
    /// What a member of a root is, with its key where it has one; not of parameters.
    pub(crate) fn of(root: Root, member: &str, key: Option<&str>) -> Option<Self> {
        Some(match (root, member, key) {
            (Root::Line, ..) => Self::Line(Field::of(member, key)?),
            (Root::Order, "currency", None) => Self::OrderCurrency,
            (Root::Order, "lines", None) => Self::OrderLines,
            (Root::Order, "line_count", None) => Self::OrderLineCount,
            (Root::Order, "prior_quantity", None) => Self::OrderPriorQuantity,
            (Root::Order, "prior_value", None) => Self::OrderPriorValue,
            (Root::Order, "total", None) => Self::OrderTotal,
            (Root::Order, "quantity_in", Some(key)) => Self::OrderQuantityIn(key.to_owned()),
            (Root::Buyer, "organization", None) => Self::BuyerOrganization,
            (Root::Buyer, "lineage", None) => Self::BuyerLineage,
            (Root::Buyer, "groups", None) => Self::BuyerGroups,
            (Root::Request, "region", None) => Self::Region,
            (Root::Request, "channel", None) => Self::Channel,
            (Root::Request, "attributes", Some(key)) => Self::Attribute(key.to_owned()),
            (Root::Request, "coupons", None) => Self::Coupons,
            (Root::Request, "year", None) => Self::Year,
            (Root::Request, "month", None) => Self::Month,
            (Root::Request, "day", None) => Self::Day,
            (Root::Request, "weekday", None) => Self::Weekday,
            (Root::Params, name, None) => Self::Param(name.to_owned()),
            _ => return None,
        })
    }

    /// What it is; a parameter's is declared.
    pub(crate) fn kind(&self) -> Type {
        match self {
            Self::Line(field) => field.kind(),
            Self::OrderCurrency
            | Self::BuyerOrganization
            | Self::Region
            | Self::Channel
            | Self::Attribute(_)
            | Self::Weekday => Type::Text,
            Self::Whole => Type::Line,
            Self::OrderLines => Type::Lines,
            Self::BuyerLineage | Self::BuyerGroups | Self::Coupons => Type::Texts,
            Self::Param(_) => Type::Any,
            _ => Type::Number,
        }
    }

    /// Whether a script that sees this may read it.
    pub(crate) fn is_seen_by(&self, sees: ScriptSees) -> bool {
        match self {
            Self::Whole => sees != ScriptSees::Order,
            Self::Line(field) => sees == ScriptSees::Line || (sees == ScriptSees::Goods && !field.is_amount()),
            Self::OrderTotal | Self::OrderQuantityIn(_) => sees == ScriptSees::Order,
            _ => true,
        }
    }

    /// The name of its variable in Rhai's program.
    pub(crate) fn variable(&self) -> String {
        let of = |root: &str, member: &str| variable(root, member, None);
        match self {
            Self::Whole => "line".to_owned(),
            Self::Line(field) => {
                let (name, key) = field.name();
                variable("line", name, key)
            }
            Self::OrderCurrency => of("order", "currency"),
            Self::OrderLines => of("order", "lines"),
            Self::OrderLineCount => of("order", "line_count"),
            Self::OrderPriorQuantity => of("order", "prior_quantity"),
            Self::OrderPriorValue => of("order", "prior_value"),
            Self::OrderTotal => of("order", "total"),
            Self::OrderQuantityIn(unit) => variable("order", "quantity_in", Some(unit)),
            Self::BuyerOrganization => of("buyer", "organization"),
            Self::BuyerLineage => of("buyer", "lineage"),
            Self::BuyerGroups => of("buyer", "groups"),
            Self::Region => of("request", "region"),
            Self::Channel => of("request", "channel"),
            Self::Attribute(key) => variable("request", "attributes", Some(key)),
            Self::Coupons => of("request", "coupons"),
            Self::Year => of("request", "year"),
            Self::Month => of("request", "month"),
            Self::Day => of("request", "day"),
            Self::Weekday => of("request", "weekday"),
            Self::Param(name) => of("params", name),
        }
    }
}

impl Type {
    /// In words, for messages.
    pub(crate) fn shown(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Truth => "a condition",
            Self::Text => "a text",
            Self::Texts => "a list of texts",
            Self::Lines => "the lines",
            Self::Line => "a line",
            Self::Violation => "a violation",
            Self::List => "a list",
            Self::Nothing | Self::Never => "nothing",
            Self::Any => "something",
        }
    }
}
