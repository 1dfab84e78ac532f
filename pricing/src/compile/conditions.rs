//! Conditions: from documents to tests, with all that is wrong with them (R7).

use emptor_core::limits::{AMOUNT_DECIMALS, DEPTH_MAX, QUANTITY_DECIMALS, QUANTITY_MICROS_END};
use emptor_core::{
    Condition, CountScope, Counted, Exact, Place, Range, ScriptReturns, ScriptSees, StepId, Validity, Weekday,
};

use super::Builder;
use super::draft::is_price;
use super::scripts::CallStand;
use crate::code::Code;
use crate::condition::{Bounds, Measure, Test};
use crate::table::Scope;

/// Where a condition stands, which says what it may state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// Where there is a line.
    Line,
    /// The `when` of a rule that acts on the order.
    OrderStep,
    /// The `when` of an order rule.
    OrderRule,
}

impl Builder<'_> {
    /// Compiles a condition.
    pub(super) fn condition(&mut self, condition: &Condition, stand: Stand, place: &Place) -> Test {
        self.refuse_script(condition, place);
        self.condition_at(condition, stand, place, 1)
    }

    /// Compiles a condition that may ask a script, and its call.
    pub(super) fn scripted_condition(
        &mut self,
        condition: &Condition,
        stand: Stand,
        (sees, for_charges): (ScriptSees, bool),
        place: &Place,
    ) -> (Test, Option<u32>) {
        if for_charges {
            self.refuse_script(condition, place);
        }
        let test = self.condition_at(condition, stand, place, 1);
        let stand = CallStand { sees, returns: ScriptReturns::Condition, is_price: false };
        let call = condition.script.as_ref().and_then(|call| self.call(call, stand, &place.key("script")));
        (test, call)
    }

    fn refuse_script(&mut self, condition: &Condition, place: &Place) {
        if condition.script.is_some() {
            let help = "a script stands at the top of `when` or `for` of an adjustment or a discount of lines; let it ask for the rest, too";
            self.report.error(Code::ScriptPlace, &place.key("script"), "no script is asked here", help);
        }
    }

    fn condition_at(&mut self, condition: &Condition, stand: Stand, place: &Place, depth: usize) -> Test {
        if depth > DEPTH_MAX {
            let message = format!("a condition is more than {DEPTH_MAX} levels deep");
            self.report.error(Code::TooDeep, place, message, "write it flatter");
            return Test::Fields(Vec::new());
        }
        if depth > 1 {
            self.refuse_script(condition, place);
        }
        let deeper = depth.saturating_add(1);
        let mut fields = Vec::new();
        let list = |builder: &mut Self, conditions: &[Condition], key: &'static str| -> Vec<Test> {
            let places = (0..conditions.len()).map(|index| place.key(key).index(index));
            conditions.iter().zip(places).map(|(one, spot)| builder.condition_at(one, stand, &spot, deeper)).collect()
        };
        if !condition.all.is_empty() {
            fields.push(Test::All(list(self, &condition.all, "all")));
        }
        if !condition.any.is_empty() {
            fields.push(Test::Any(list(self, &condition.any, "any")));
        }
        if let Some(not) = &condition.not {
            fields.push(Test::Not(Box::new(self.condition_at(not, stand, &place.key("not"), deeper))));
        }
        self.order_fields(condition, place, &mut fields);
        if let Some(contains) = &condition.contains {
            let test = self.condition_at(contains, Stand::Line, &place.key("contains"), deeper);
            fields.push(Test::Contains(Box::new(test)));
        }
        self.check_stand(condition, stand, place);
        self.goods_fields(condition, place, &mut fields);
        self.number_fields(condition, stand, place, &mut fields);
        Test::Fields(fields)
    }

    /// What is asked of the buyer and the order.
    fn order_fields(&mut self, condition: &Condition, place: &Place, fields: &mut Vec<Test>) {
        let mut organizations = Vec::new();
        for (index, organization) in condition.organization.iter().enumerate() {
            match self.names.organizations.find(organization.as_str()) {
                Some(found) => organizations.push(found),
                None => {
                    let place = place.key("organization").index(index);
                    self.unknown(&place, "organization", organization.as_str());
                }
            }
        }
        if !condition.organization.is_empty() {
            fields.push(Test::Organization(organizations));
        }
        if !condition.group.is_empty() {
            fields.push(Test::Group(condition.group.iter().map(|name| self.names.groups.add(name.as_str())).collect()));
        }
        if !condition.region.is_empty() {
            let regions = condition.region.iter().map(|name| self.names.regions.add(name.as_str()));
            fields.push(Test::Region(regions.collect()));
        }
        if !condition.channel.is_empty() {
            let channels = condition.channel.iter().map(|name| self.names.channels.add(name.as_str()));
            fields.push(Test::Channel(channels.collect()));
        }
        if !condition.attributes.is_empty() {
            fields.push(Test::Attributes(condition.attributes.clone().into_iter().collect()));
        }
        if !condition.currency.is_empty() {
            fields.push(Test::Currency(condition.currency.clone()));
        }
        if !condition.coupon.is_empty() {
            self.coupons.extend(condition.coupon.iter().map(|coupon| coupon.as_str().to_owned()));
            fields.push(Test::Coupon(condition.coupon.iter().map(|coupon| coupon.as_str().to_owned()).collect()));
        }
        if let Some(date) = condition.date {
            fields.push(Test::Date(self.date(date, place)));
        }
        if !condition.weekday.is_empty() {
            fields.push(Test::Weekday(condition.weekday.iter().fold(0, |mask, day| mask | weekday_bit(*day))));
        }
    }

    fn date(&mut self, date: Validity, place: &Place) -> emptor_core::Period {
        self.period(date, || place.key("date"))
    }

    /// What is asked of a line's product.
    fn goods_fields(&mut self, condition: &Condition, place: &Place, fields: &mut Vec<Test>) {
        if !condition.sku.is_empty() {
            let names = condition.sku.iter().map(emptor_core::Sku::as_str);
            let mut skus = self.find_all(names, |names| &names.skus, ("product with the sku", "sku"), place);
            skus.sort_unstable();
            fields.push(Test::Sku(skus));
        }
        if !condition.category.is_empty() {
            let names = condition.category.iter().map(emptor_core::CategoryId::as_str);
            fields.push(Test::Category(self.find_all(
                names,
                |names| &names.categories,
                ("category", "category"),
                place,
            )));
        }
        if !condition.vendor.is_empty() {
            let names = condition.vendor.iter().map(emptor_core::VendorId::as_str);
            fields.push(Test::Vendor(self.find_all(names, |names| &names.vendors, ("vendor", "vendor"), place)));
        }
        if !condition.product.is_empty() {
            for key in condition.product.keys() {
                if !self.product_attributes.contains(key.as_str()) {
                    self.unknown(&place.key("product"), "attribute of any product named", key);
                }
            }
            fields.push(Test::Product(condition.product.clone().into_iter().collect()));
        }
        if !condition.unit.is_empty() {
            let names = condition.unit.iter().map(emptor_core::Unit::as_str);
            fields.push(Test::Unit(self.find_all(names, |names| &names.units, ("unit", "unit"), place)));
        }
    }

    /// The numbers of names; those that no document has are reported.
    fn find_all<'n>(
        &mut self,
        names: impl Iterator<Item = &'n str>,
        table: impl Fn(&crate::book::NameTables) -> &crate::names::Names,
        (kind, key): (&str, &'static str),
        place: &Place,
    ) -> Vec<u32> {
        let mut found = Vec::new();
        for (index, name) in names.enumerate() {
            match table(&self.names).find(name) {
                Some(number) => found.push(number),
                None => self.unknown(&place.key(key).index(index), kind, name),
            }
        }
        found
    }

    /// What is asked of amounts and quantities.
    fn number_fields(&mut self, condition: &Condition, stand: Stand, place: &Place, fields: &mut Vec<Test>) {
        let amount = |builder: &mut Self, range: Option<Range>, key: &'static str| {
            let range = range?;
            Some(builder.bounds(range.at_least, range.below, AMOUNT_DECIMALS, &place.key(key)))
        };
        fields.extend(amount(self, condition.order_value, "order_value").map(Test::OrderValue));
        fields.extend(amount(self, condition.unit_price, "unit_price").map(Test::UnitPrice));
        fields.extend(amount(self, condition.line_value, "line_value").map(Test::LineValue));
        if let Some(counted) = &condition.quantity {
            let place = place.key("quantity");
            self.check_scope(&counted.over, stand, &place);
            let measure = self.measure(counted, &place);
            let bounds = self.bounds(counted.at_least, counted.below, QUANTITY_DECIMALS, &place);
            fields.extend(measure.map(|measure| Test::Quantity(measure, bounds)));
        }
        if let Some(step) = &condition.changed_by {
            fields.extend(self.earlier_step(step, &place.key("changed_by")).map(Test::ChangedBy));
        }
    }

    fn bounds(&mut self, at_least: Option<Exact>, below: Option<Exact>, decimals: u32, place: &Place) -> Bounds {
        if at_least.is_none() && below.is_none() {
            let help = "state `at_least`, `below`, or both";
            self.report.error(Code::ConditionRange, place, "a range without a bound", help);
        }
        if let (Some(at_least), Some(below)) = (at_least, below)
            && at_least >= below
        {
            let help = "let `below` be above `at_least`";
            self.report.error(Code::ConditionRange, place, "a range that nothing is in", help);
        }
        let mut scaled = |bound: Option<Exact>, key: &'static str| {
            let bound = bound?;
            self.check_price(bound, &|| place.key(key));
            let scaled = bound.scaled(decimals);
            let of_quantity = decimals == QUANTITY_DECIMALS;
            let scaled = scaled.filter(|&scaled| !of_quantity || (0..QUANTITY_MICROS_END.into()).contains(&scaled));
            if scaled.is_none() && is_price(bound) {
                let message = format!("`{bound}` has more than {decimals} decimals, or is no quantity");
                self.report.error(Code::Limit, &place.key(key), message, "round it");
            }
            scaled
        };
        Bounds { at_least: scaled(at_least, "at_least"), below: scaled(below, "below") }
    }

    fn measure(&mut self, counted: &Counted, place: &Place) -> Option<Measure> {
        let unit = match &counted.unit {
            Some(unit) => Some(self.known_unit(unit, &place.key("unit"))?),
            None => None,
        };
        Some(Measure { unit, scope: self.scope(&counted.over, &place.key("over"))? })
    }

    /// A unit that some product has.
    pub(super) fn known_unit(&mut self, unit: &emptor_core::Unit, place: &Place) -> Option<u32> {
        let found = self.names.units.find(unit.as_str());
        if found.is_none() {
            self.unknown(place, "unit", unit.as_str());
        }
        found
    }

    /// What is counted over.
    pub(super) fn scope(&mut self, over: &CountScope, place: &Place) -> Option<Scope> {
        let found = match over {
            CountScope::Line => Some(Scope::Line),
            CountScope::Sku => Some(Scope::Sku),
            CountScope::Order => Some(Scope::Order),
            CountScope::Category(category) => self.names.categories.find(category.as_str()).map(Scope::Category),
            CountScope::Group(group) => self.names.pricing_groups.find(group.as_str()).map(Scope::Group),
        };
        if found.is_none() {
            match over {
                CountScope::Category(category) => self.unknown(place, "category", category.as_str()),
                CountScope::Group(group) => self.unknown(place, "pricing group", group.as_str()),
                _ => {}
            }
        }
        found
    }

    /// A step that comes before the one whose rules are read.
    fn earlier_step(&mut self, step: &StepId, place: &Place) -> Option<usize> {
        let found = self.steps.iter().position(|known| known.id == *step);
        match found {
            None => self.unknown(place, "step of the procedure", step.as_str()),
            Some(index) if self.rules_step.is_some_and(|current| index >= current) => {
                let help = "name a step that comes before";
                let message = format!("the step `{step}` does not come before this one");
                self.report.error(Code::Circular, place, message, help);
            }
            Some(_) => {}
        }
        found
    }

    /// Reports what a condition states about a line where there is none.
    fn check_stand(&mut self, condition: &Condition, stand: Stand, place: &Place) {
        if stand == Stand::Line {
            return;
        }
        let of_a_line = [
            ("sku", !condition.sku.is_empty()),
            ("category", !condition.category.is_empty()),
            ("vendor", !condition.vendor.is_empty()),
            ("product", !condition.product.is_empty()),
            ("unit", !condition.unit.is_empty()),
            ("unit_price", condition.unit_price.is_some()),
            ("line_value", condition.line_value.is_some()),
            ("changed_by", condition.changed_by.is_some()),
        ];
        for (key, _) in of_a_line.into_iter().filter(|(_, stated)| *stated) {
            let help = "put it into `for`, or into `contains`";
            let message = "a condition on the order asks for what is of a line";
            self.report.error(Code::ConditionScope, &place.key(key), message, help);
        }
    }

    /// Reports a count over lines where there is none.
    pub(super) fn check_scope(&mut self, over: &CountScope, stand: Stand, place: &Place) {
        let refused = match stand {
            Stand::Line => false,
            Stand::OrderStep => *over == CountScope::Sku,
            Stand::OrderRule => matches!(over, CountScope::Line | CountScope::Sku),
        };
        if refused {
            let help = "count over a category, a pricing group or the order";
            let message = "a condition on the order counts what is of a line";
            self.report.error(Code::ConditionScope, &place.key("over"), message, help);
        }
    }
}

pub(super) fn weekday_bit(day: Weekday) -> u8 {
    match day {
        Weekday::Monday => 1,
        Weekday::Tuesday => 1 << 1,
        Weekday::Wednesday => 1 << 2,
        Weekday::Thursday => 1 << 3,
        Weekday::Friday => 1 << 4,
        Weekday::Saturday => 1 << 5,
        Weekday::Sunday => 1 << 6,
    }
}
