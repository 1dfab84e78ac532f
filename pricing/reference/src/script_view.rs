//! What scripts read: lines, the order, the buyer, the request and parameters, as values of Rhai (R13).

use std::collections::BTreeMap;
use std::sync::Arc;

use emptor_core::{PriorOf, RoundingMode, ScriptError, Unit};
use num_traits::Zero;
use rhai::{Array, Dynamic, Engine, ImmutableString};
use rust_decimal::Decimal;

use crate::conditions::quantity_in;
use crate::lines::{Goods, Line};
use crate::moment::Moment;
use crate::numbers::{Number, is_quantity, round_decimals, round10};
use crate::script_functions::{Answer, decimal, failed};

/// A number, or why there is none.
type Value = Result<Decimal, ScriptError>;

/// A line that has nothing against it.
#[derive(Clone)]
pub(crate) struct LineView {
    pub(crate) facts: Arc<Facts>,
    /// `None`: it has no price yet.
    worth: Option<Arc<Worth>>,
}

/// What a line is before it has a price.
pub(crate) struct Facts {
    /// Its place in the request.
    index: usize,
    sku: ImmutableString,
    category: ImmutableString,
    vendor: ImmutableString,
    quantity: Value,
    unit: ImmutableString,
    attributes: Names,
    /// Its category and those above.
    categories: Vec<String>,
    /// Its quantity in each unit to which it converts.
    quantities: BTreeMap<String, Value>,
    cost: Value,
    prior: Prior,
    /// Its quantity in the product's unit, exactly.
    own_quantity: Number,
}

struct Worth {
    amount: Value,
    base: Value,
    list: Value,
    unit_price: Value,
}

#[derive(Clone)]
struct Prior {
    quantity: Value,
    value: Value,
}

/// Names and what they say.
#[derive(Clone)]
struct Names(Arc<BTreeMap<String, String>>);

/// The lines of an order.
#[derive(Clone)]
pub(crate) struct Lines(pub(crate) Arc<Vec<LineView>>);

/// An order as a script reads it.
#[derive(Clone)]
pub(crate) struct OrderView {
    currency: ImmutableString,
    pub(crate) lines: Lines,
    prior: Prior,
    /// `None`: the script does not see the order.
    total: Option<Value>,
}

#[derive(Clone)]
pub(crate) struct BuyerView {
    organization: ImmutableString,
    lineage: Array,
    groups: Array,
}

#[derive(Clone)]
pub(crate) struct RequestView {
    region: ImmutableString,
    channel: ImmutableString,
    attributes: Names,
    coupons: Array,
    year: Value,
    month: Value,
    day: Value,
    weekday: ImmutableString,
}

/// Parameters by their names; of an index, none where it has no value.
#[derive(Clone)]
pub(crate) struct ParamsView(pub(crate) Arc<BTreeMap<String, Dynamic>>);

impl IntoIterator for Lines {
    type Item = LineView;
    type IntoIter = std::vec::IntoIter<LineView>;

    fn into_iter(self) -> Self::IntoIter {
        Arc::unwrap_or_clone(self.0).into_iter()
    }
}

/// A number of the view; one of more digits than a script can hold fails where it is read.
fn value(number: &Number) -> Value {
    decimal(number).ok_or(ScriptError::NoValue)
}

fn read(value: Value) -> Answer<Decimal> {
    value.or_else(failed)
}

fn text(name: Option<impl ToString>) -> ImmutableString {
    name.map(|name| name.to_string()).unwrap_or_default().into()
}

fn list(names: impl Iterator<Item = impl ToString>) -> Array {
    names.map(|name| Dynamic::from(name.to_string())).collect()
}

impl Facts {
    /// What there is to say of a line; `None`: its sku is unknown.
    pub(crate) fn new(moment: &Moment, line: &Line) -> Option<Self> {
        let goods = line.goods.as_ref()?;
        let Goods { product, categories, .. } = goods;
        let in_own_currency = moment.currency == moment.documents.tenant.currency;
        let cost = product.cost.filter(|_| in_own_currency).ok_or(ScriptError::NoValue);
        let units = goods.units.known().into_iter().chain([&product.unit]).chain(line.unit);
        Some(Self {
            index: line.index,
            sku: line.asked.sku.to_string().into(),
            category: text(product.category.as_ref()),
            vendor: text(product.vendor.as_ref()),
            quantity: value(&line.quantity),
            unit: text(line.unit),
            attributes: Names(Arc::new(product.attributes.clone())),
            categories: categories.iter().map(ToString::to_string).collect(),
            quantities: units.filter_map(|unit| Some((unit.to_string(), converted(line, unit)?))).collect(),
            cost: cost.map(emptor_core::Exact::to_decimal),
            prior: Prior::of(moment, &PriorOf::Sku(line.asked.sku.clone())),
            own_quantity: quantity_in(line, None)?,
        })
    }
}

/// A line's quantity in a unit; `None`: it does not convert, or is too much.
fn converted(line: &Line, unit: &Unit) -> Option<Value> {
    let rounded = round_decimals(&line.quantity_in(unit)?, 6, RoundingMode::HalfEven);
    is_quantity(&rounded).then(|| value(&rounded))
}

impl Prior {
    fn of(moment: &Moment, what: &PriorOf) -> Self {
        let fact = moment.request.facts.prior.iter().find(|prior| prior.of == *what);
        Self {
            quantity: Ok(fact.map_or(Decimal::ZERO, |fact| fact.quantity.to_decimal())),
            value: Ok(fact.map_or(Decimal::ZERO, |fact| fact.value.to_decimal())),
        }
    }
}

impl LineView {
    pub(crate) fn before_price(facts: &Arc<Facts>) -> Self {
        Self { facts: Arc::clone(facts), worth: None }
    }

    pub(crate) fn priced(facts: &Arc<Facts>, amount: &Number, base: &Number, list: &Number) -> Self {
        let quantity = &facts.own_quantity;
        let unit_price =
            if quantity.is_zero() { Err(ScriptError::NoValue) } else { value(&round10(&(amount / quantity))) };
        let worth = Worth { amount: value(amount), base: value(base), list: value(list), unit_price };
        Self { facts: Arc::clone(facts), worth: Some(Arc::new(worth)) }
    }

    /// Its place in the request.
    pub(crate) fn index(&self) -> usize {
        self.facts.index
    }

    fn worth(&self, of: fn(&Worth) -> Value) -> Answer<Decimal> {
        read(self.worth.as_ref().map_or(Err(ScriptError::NoValue), |worth| of(worth)))
    }

    fn quantity_in(&self, unit: &str) -> Value {
        self.facts.quantities.get(unit).copied().unwrap_or(Err(ScriptError::NoValue))
    }
}

impl OrderView {
    pub(crate) fn new(moment: &Moment, lines: Vec<LineView>, total: Option<&Number>) -> Self {
        Self {
            currency: moment.currency.to_string().into(),
            lines: Lines(Arc::new(lines)),
            prior: Prior::of(moment, &PriorOf::Order),
            total: total.map(value),
        }
    }

    fn total(&self) -> Value {
        self.total.unwrap_or(Err(ScriptError::NoValue))
    }

    /// The sum of its lines' quantities; a line without a factor counts nothing.
    fn quantity_in(&self, unit: &str) -> Value {
        let mut sum = Number::zero();
        for quantity in self.lines.0.iter().filter_map(|line| line.facts.quantities.get(unit)) {
            sum += crate::script_functions::of_decimal((*quantity)?);
        }
        value(&sum)
    }
}

impl BuyerView {
    pub(crate) fn new(moment: &Moment) -> Self {
        Self {
            organization: moment.request.buyer.to_string().into(),
            lineage: list(moment.lineage.iter().map(|unit| &unit.organization)),
            groups: list(moment.groups().into_iter()),
        }
    }
}

impl RequestView {
    pub(crate) fn new(moment: &Moment) -> Self {
        let request = moment.request;
        let day = crate::calendar::Day::of(moment);
        let date = day.map(|day| day.shown().to_string()).unwrap_or_default();
        let mut parts = date.split('-').map(|part| part.parse().map_err(|_| ScriptError::NoValue));
        let mut next = || parts.next().unwrap_or(Err(ScriptError::NoValue));
        let (year, month, day_of_month) = (next(), next(), next());
        Self {
            region: text(moment.region),
            channel: text(request.channel.as_ref()),
            attributes: Names(Arc::new(request.attributes.clone())),
            coupons: list(request.coupons.iter()),
            year,
            month,
            day: day_of_month,
            weekday: text(day.and_then(crate::calendar::Day::weekday).map(|day| format!("{day:?}").to_lowercase())),
        }
    }
}

/// Makes everything readable.
pub(crate) fn register(engine: &mut Engine) {
    of_line(engine);
    of_order(engine);
    engine.register_get("organization", |buyer: &mut BuyerView| buyer.organization.clone());
    engine.register_get("lineage", |buyer: &mut BuyerView| buyer.lineage.clone());
    engine.register_get("groups", |buyer: &mut BuyerView| buyer.groups.clone());
    engine.register_get("region", |request: &mut RequestView| request.region.clone());
    engine.register_get("channel", |request: &mut RequestView| request.channel.clone());
    engine.register_get("attributes", |request: &mut RequestView| request.attributes.clone());
    engine.register_get("coupons", |request: &mut RequestView| request.coupons.clone());
    engine.register_get("year", |request: &mut RequestView| read(request.year));
    engine.register_get("month", |request: &mut RequestView| read(request.month));
    engine.register_get("day", |request: &mut RequestView| read(request.day));
    engine.register_get("weekday", |request: &mut RequestView| request.weekday.clone());
    engine.register_indexer_get(|names: &mut Names, key: ImmutableString| text(names.0.get(key.as_str())));
    // Where a value has no such property, Rhai asks its indexer for the name.
    engine.register_indexer_get(|params: &mut ParamsView, name: ImmutableString| {
        params.0.get(name.as_str()).cloned().map_or_else(|| failed(ScriptError::NoValue), Ok)
    });
}

fn of_line(engine: &mut Engine) {
    type Text = ImmutableString;
    engine.register_get("sku", |line: &mut LineView| line.facts.sku.clone());
    engine.register_get("category", |line: &mut LineView| line.facts.category.clone());
    engine.register_get("vendor", |line: &mut LineView| line.facts.vendor.clone());
    engine.register_get("quantity", |line: &mut LineView| read(line.facts.quantity));
    engine.register_get("unit", |line: &mut LineView| line.facts.unit.clone());
    engine.register_get("attributes", |line: &mut LineView| line.facts.attributes.clone());
    engine.register_get("cost", |line: &mut LineView| read(line.facts.cost));
    engine.register_get("has_cost", |line: &mut LineView| line.facts.cost.is_ok());
    engine.register_get("prior_quantity", |line: &mut LineView| read(line.facts.prior.quantity));
    engine.register_get("prior_value", |line: &mut LineView| read(line.facts.prior.value));
    engine.register_get("amount", |line: &mut LineView| line.worth(|worth| worth.amount));
    engine.register_get("base", |line: &mut LineView| line.worth(|worth| worth.base));
    engine.register_get("list", |line: &mut LineView| line.worth(|worth| worth.list));
    engine.register_get("unit_price", |line: &mut LineView| line.worth(|worth| worth.unit_price));
    // By value, since a method that could change a constant is refused.
    engine.register_fn("is_in", |line: LineView, category: Text| line.facts.categories.contains(&category.to_string()));
    engine.register_fn("quantity_in", |line: LineView, unit: Text| read(line.quantity_in(&unit)));
    engine.register_fn("converts_to", |line: LineView, unit: Text| line.quantity_in(&unit).is_ok());
}

fn of_order(engine: &mut Engine) {
    engine.register_iterator::<Lines>();
    engine.register_get("currency", |order: &mut OrderView| order.currency.clone());
    engine.register_get("lines", |order: &mut OrderView| order.lines.clone());
    engine.register_get("line_count", |order: &mut OrderView| Decimal::from(order.lines.0.len()));
    engine.register_get("prior_quantity", |order: &mut OrderView| read(order.prior.quantity));
    engine.register_get("prior_value", |order: &mut OrderView| read(order.prior.value));
    engine.register_get("total", |order: &mut OrderView| read(order.total()));
    engine.register_fn("quantity_in", |order: OrderView, unit: ImmutableString| read(order.quantity_in(&unit)));
}
