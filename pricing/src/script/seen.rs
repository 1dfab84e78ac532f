//! What a script reads of an order: each name of R13, worked out when it is read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use emptor_core::limits::{AMOUNT_DECIMALS, QUANTITY_DECIMALS, QUANTITY_MICROS_END};
use emptor_core::scaled::{Fraction, Wide};
use emptor_core::{Exact, PriceRequest, RoundingMode, ScriptError, ScriptSees, Weekday};
use rhai::{Dynamic, ImmutableString};

use super::names::{Field, Input};
use super::value::{Lines, Plain, ScriptLine, Value};
use super::{Call, Param, Program, Returned};
use crate::book::PriceBook;
use crate::count::Thing;
use crate::line::Line;
use crate::order::Order;
use crate::plan::{Kin, Plan};
use crate::scene::Scene;

/// What scripts read of a request; kept where the book has scripts.
#[derive(Debug, Clone)]
pub(crate) struct Asked<'b> {
    organization: String,
    lineage: Arc<[ImmutableString]>,
    groups: Arc<[ImmutableString]>,
    region: String,
    channel: String,
    attributes: BTreeMap<String, String>,
    coupons: Arc<[ImmutableString]>,
    /// Year, month, day, and the day of the week.
    date: (i32, u32, u32, &'static str),
    /// The goods lines that are known and no returns, by their place.
    lines: Vec<(usize, Line<'b>)>,
    /// These lines as scripts of lines see them, by program: they have no amounts, so each line's run sees the same.
    views: RefCell<BTreeMap<u32, Lines>>,
}

/// From where a script looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<'s, 'o, 'b> {
    pub(crate) order: &'s Order<'b>,
    /// The line, and the amount that it runs at.
    pub(crate) line: Option<(&'s Line<'b>, i128)>,
    /// The place of the line among the items of the scene.
    pub(crate) item: usize,
    /// The order under way; before the procedure there is none.
    pub(crate) scene: Option<&'s Scene<'o, 'b>>,
}

impl<'b> Asked<'b> {
    /// What a request says; without one, what is known of the buyer.
    pub(crate) fn of(
        book: &'b PriceBook,
        (organization, plan, kin): (u32, &Plan, &Kin),
        valid_at: emptor_core::Instant,
        request: Option<&PriceRequest>,
    ) -> Self {
        let names = |tables: &crate::names::Names, ids: &[u32]| -> Vec<ImmutableString> {
            ids.iter().map(|id| tables.text(*id).into()).collect()
        };
        let mut groups = names(&book.names.groups, &kin.groups);
        groups.sort_unstable();
        let stated = request.and_then(|request| request.region.as_ref()).map(|region| region.as_str().to_owned());
        let of_plan = || plan.region.map_or_else(String::new, |region| book.names.regions.text(region).to_owned());
        let channel = request.and_then(|request| request.channel.as_ref());
        let coupons = request.map_or(&[][..], |request| &request.coupons);
        let zone = book.tenant.zone;
        let (year, month, day) = zone.year_month_day(valid_at).unwrap_or_default();
        Self {
            organization: book.names.organizations.text(organization).to_owned(),
            lineage: names(&book.names.organizations, &kin.lineage).into(),
            groups: groups.into(),
            region: stated.unwrap_or_else(of_plan),
            channel: channel.map_or_else(String::new, |channel| channel.as_str().to_owned()),
            attributes: request.map(|request| request.attributes.clone()).unwrap_or_default(),
            coupons: coupons.iter().map(|coupon| ImmutableString::from(coupon.as_str())).collect(),
            date: (year, month, day, zone.weekday(valid_at).map_or("", weekday)),
            lines: Vec::new(),
            views: RefCell::default(),
        }
    }

    /// Lets scripts see lines.
    pub(crate) fn show(&mut self, lines: Vec<(usize, Line<'b>)>) {
        self.lines = lines;
        self.views = RefCell::default();
    }
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}

impl Order<'_> {
    /// Runs the script of a call.
    ///
    /// # Errors
    /// As the script fails.
    pub(crate) fn run_script(
        &self,
        (call, program): (&Call, &Program),
        seen: &Seen<'_, '_, '_>,
    ) -> Result<Returned, ScriptError> {
        let Some(scripts) = &self.book.scripts else { return Err(ScriptError::Type) };
        scripts.run(program, |_, input| seen.input(input, call, program))
    }
}

impl<'s, 'b> Seen<'s, '_, 'b> {
    fn input(&self, input: &Input, call: &'s Call, program: &Program) -> Value<'s> {
        match input {
            Input::Whole => match self.line {
                Some((line, amount)) => {
                    let mut texts = Interned::new();
                    Value::Line(self.script_line(program, self.item, line, Some(amount), &mut texts))
                }
                None => Value::Plain(Plain::Missing),
            },
            Input::OrderLines => Value::Lines(self.lines(call, program)),
            _ => Value::Plain(self.plain(input, call)),
        }
    }

    /// What is no line and no list of lines.
    fn plain(&self, input: &Input, call: &'s Call) -> Plain<'s> {
        let Some(asked) = &self.order.asked else { return Plain::Missing };
        match input {
            Input::Whole | Input::OrderLines => Plain::Missing,
            Input::Line(field) => {
                self.line.map_or(Plain::Missing, |(line, amount)| self.field(field, line, self.item, Some(amount)))
            }
            Input::Param(name) => match call.params.get(name) {
                Some(Param::Number(number)) => Plain::Number(*number),
                Some(Param::Text(text)) => Plain::Text(text),
                Some(Param::Truth(truth)) => Plain::Truth(*truth),
                Some(index) => {
                    let value = index.index_value(self.order.valid_at, self.order.currency);
                    value.map_or(Plain::Missing, Plain::Number)
                }
                None => Plain::Missing,
            },
            Input::OrderCurrency => Plain::Text(self.order.currency.code()),
            Input::OrderLineCount => Plain::Number(self.order_line_count().into()),
            Input::OrderPriorQuantity => self.prior_quantity(Thing::Order),
            Input::OrderPriorValue => self.prior_value(Thing::Order),
            Input::OrderTotal => self.scene.map_or(Plain::Missing, |scene| amount(scene.order_value)),
            Input::OrderQuantityIn(unit) => self.order_quantity(unit),
            Input::BuyerOrganization => Plain::Text(&asked.organization),
            Input::BuyerLineage => Plain::Texts(&asked.lineage),
            Input::BuyerGroups => Plain::Texts(&asked.groups),
            Input::Region => Plain::Text(&asked.region),
            Input::Channel => Plain::Text(&asked.channel),
            Input::Attribute(key) => Plain::Text(asked.attributes.get(key).map_or("", String::as_str)),
            Input::Coupons => Plain::Texts(&asked.coupons),
            Input::Year => Plain::Number(asked.date.0.into()),
            Input::Month => Plain::Number(asked.date.1.into()),
            Input::Day => Plain::Number(asked.date.2.into()),
            Input::Weekday => Plain::Text(asked.date.3),
        }
    }

    /// What is read of a line; `running` is its amount where that is not the item's own.
    fn field(&self, field: &Field, line: &Line<'_>, item: usize, running: Option<i128>) -> Plain<'s> {
        let book = self.order.book;
        let facts = book.facts(line.sku);
        let items = self.scene.map(|scene| &scene.items);
        let of_item = items.and_then(|items| items.get(item)).filter(|item| item.live);
        let running = running.unwrap_or_else(|| of_item.map_or(0, |item| item.running));
        match field {
            Field::Sku => Plain::Text(book.names.skus.text(line.sku)),
            Field::Category => Plain::Text(book.names.categories.text(line.product.category)),
            Field::Vendor => {
                let vendor = facts.and_then(|facts| facts.vendor);
                Plain::Text(vendor.map_or("", |vendor| book.names.vendors.text(vendor)))
            }
            Field::Quantity => quantity(line.quantity_micros.into()),
            Field::Unit => Plain::Text(book.names.units.text(line.unit)),
            Field::Attribute(key) => {
                let attributes = facts.map_or(&[][..], |facts| &facts.attributes);
                Plain::Text(attributes.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value))
            }
            Field::IsIn(category) => {
                let category = book.names.categories.find(category);
                let mut above = book.categories_up(line.product.category);
                Plain::Truth(category.is_some_and(|category| above.any(|up| up == category)))
            }
            Field::QuantityIn(unit) => self.micros_in(line, unit).map_or(Plain::Missing, |micros| quantity(micros)),
            Field::ConvertsTo(unit) => Plain::Truth(self.micros_in(line, unit).is_some()),
            Field::Cost => self.cost(line).map_or(Plain::Missing, amount),
            Field::HasCost => Plain::Truth(self.cost(line).is_some()),
            Field::PriorQuantity => self.prior_quantity(Thing::Sku(line.sku)),
            Field::PriorValue => self.prior_value(Thing::Sku(line.sku)),
            Field::Amount => amount(running),
            Field::Base => amount(of_item.map_or(0, |item| item.base)),
            Field::List => amount(of_item.map_or(0, |item| item.list)),
            Field::UnitPrice => unit_price(line, running).map_or(Plain::Missing, amount),
        }
    }

    fn micros_in(&self, line: &Line<'_>, unit: &str) -> Option<i128> {
        let micros = line.counted_in(self.order.book.names.units.find(unit)?)?;
        Some(micros).filter(|micros| micros.unsigned_abs() < i128::from(QUANTITY_MICROS_END).unsigned_abs())
    }

    fn cost(&self, line: &Line<'_>) -> Option<i128> {
        let in_tenants = self.order.currency == self.order.book.tenant.currency;
        self.order.book.facts(line.sku).and_then(|facts| facts.cost).filter(|_| in_tenants)
    }

    fn prior_quantity(&self, thing: Thing) -> Plain<'s> {
        quantity(self.order.counts.prior_of(thing).quantity_micros.into())
    }

    fn prior_value(&self, thing: Thing) -> Plain<'s> {
        let minor = self.order.counts.prior_of(thing).value_minor;
        number(minor.into(), self.order.currency.decimals())
    }

    /// The order's lines that this script sees, with their places.
    fn order_lines(&self) -> Vec<(usize, &Line<'b>)> {
        match (self.scene, self.line) {
            (Some(scene), None) => {
                let known = |place: usize| Some((place, scene.lines.get(place)?.as_ref()?));
                scene.goods().filter_map(known).collect()
            }
            _ => {
                let asked = self.order.asked.as_ref().map_or(&[][..], |asked| &asked.lines);
                asked.iter().map(|(place, line)| (*place, line)).collect()
            }
        }
    }

    fn order_line_count(&self) -> usize {
        match (self.line, &self.order.asked) {
            (Some(_), Some(asked)) => asked.lines.len(),
            _ => self.order_lines().len(),
        }
    }

    /// The lines with what the script reads of each; for scripts of lines they are put together once.
    fn lines(&self, call: &Call, program: &Program) -> Lines {
        let put_together = || {
            let mut texts = Interned::new();
            let lines = self.order_lines().into_iter();
            let seen = lines.map(|(place, line)| self.script_line(program, place, line, None, &mut texts));
            Lines { lines: seen.collect() }
        };
        match (self.line, &self.order.asked) {
            (Some(_), Some(asked)) => asked.views.borrow_mut().entry(call.program).or_insert_with(put_together).clone(),
            _ => put_together(),
        }
    }

    /// A line with what the script reads of lines; `running` is the amount of the script's own line.
    fn script_line(
        &self,
        program: &Program,
        place: usize,
        line: &Line<'_>,
        running: Option<i128>,
        texts: &mut Interned<'s>,
    ) -> ScriptLine {
        // The amounts of other lines are not known while lines are worked out one by one.
        let of_line = || running.is_some() && self.scene.is_some() && program.sees == ScriptSees::Line;
        let has_amounts = self.line.is_none() || of_line();
        let value = |field: &Field| {
            let is_hidden = field.is_amount() && !has_amounts;
            if is_hidden { Dynamic::UNIT } else { shared(self.field(field, line, place, running), texts) }
        };
        ScriptLine { place, fields: Arc::clone(&program.fields), values: program.fields.iter().map(value).collect() }
    }

    fn order_quantity(&self, unit: &str) -> Plain<'s> {
        let lines = self.order_lines();
        let parts = lines.iter().filter_map(|(_, line)| self.micros_in(line, unit));
        quantity(parts.fold(0_i128, i128::saturating_add))
    }
}

fn amount(amount: i128) -> Plain<'static> {
    number(amount, AMOUNT_DECIMALS)
}

fn quantity(micros: i128) -> Plain<'static> {
    number(micros, QUANTITY_DECIMALS)
}

/// An integer at so many decimals, without trailing zeros; beyond 28 digits there is none.
fn number(number: i128, decimals: u32) -> Plain<'static> {
    Exact::from_scaled(number, decimals).map_or(Plain::Missing, |exact| Plain::Number(exact.to_decimal()))
}

/// An amount by the quantity in the product's unit, rounded half-even to 10 decimals.
fn unit_price(line: &Line<'_>, running: i128) -> Option<i128> {
    let count = line.own_quantity().filter(|count| count.numerator > 0)?;
    let denominator = count.denominator.checked_mul(1_000_000)?;
    let exact = Fraction::new(Wide::product(running, denominator), count.numerator.unsigned_abs(), 0)?;
    Some(exact.round(RoundingMode::HalfEven))
}

/// Texts as Rhai has them, each once: many lines have one product, and its texts may be long.
type Interned<'s> = BTreeMap<&'s str, ImmutableString>;

/// A value as Rhai has it, its text shared.
fn shared<'s>(value: Plain<'s>, texts: &mut Interned<'s>) -> Dynamic {
    match value {
        Plain::Text(text) => texts.entry(text).or_insert_with(|| ImmutableString::from(text)).clone().into(),
        value => value.dynamic(),
    }
}
