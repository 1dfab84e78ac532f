//! Pass 6: what an order breaks, and when it is processed (R12).

use std::collections::BTreeMap;

use emptor_core::scaled::divide;
use emptor_core::{
    Fix, LineId, Money, PriceRequest, RoleId, RoundingMode, RuleSeverity, Violation, ViolationCode, ViolationSeverity,
    When,
};

use crate::condition::Test;
use crate::items::Item;
use crate::line::Line;
use crate::order::Order;
use crate::order_rule::{Holder, OrderRule};
use crate::price::Processed;
use crate::scene::{Scene, Subject};
use crate::script_failure::Failure;

/// What an order breaks, and when it is processed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Verdict {
    pub(crate) violations: Vec<Violation>,
    /// Scripts of order rules that failed.
    pub(crate) failures: Vec<Failure>,
    pub(crate) processing_date: Option<When>,
}

/// What an order is judged by, at its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trial<'t, 'b> {
    pub(crate) order: &'t Order<'b>,
    pub(crate) request: &'t PriceRequest,
    pub(crate) processed: &'t Processed<'b>,
}

/// The order rules that are for the buyer.
#[derive(Debug)]
pub(crate) struct NearRules<'t, 'b> {
    /// What their conditions are read from: the running amounts are those of the end.
    pub(crate) scene: Scene<'t, 'b>,
    /// Those that hold and state something beside quantities, nearest first.
    pub(crate) of_orders: Vec<&'t OrderRule>,
    /// All of them, nearest first.
    pub(crate) holders: Vec<&'t Holder>,
}

impl<'b> Order<'b> {
    /// Judges an order at its end; `found` is what it breaks beside this.
    pub(crate) fn verdict(&self, request: &PriceRequest, processed: &Processed<'b>, found: Vec<Violation>) -> Verdict {
        let trial = Trial { order: self, request, processed };
        let mut violations = found;
        let (mut processing_date, mut failures) = (None, Vec::new());
        if !self.book.order_rules.is_empty() {
            let rules = trial.near_rules();
            trial.judge_goods(&rules, &mut violations);
            trial.judge_quantities(&rules, &mut violations);
            trial.judge_order(&rules, &mut violations);
            trial.judge_approvals(&rules, &mut violations);
            trial.judge_scripts(&rules, &mut violations, &mut failures);
            processing_date = trial.processing_date(&rules);
        }
        trial.judge_credit(&mut violations);
        trial.judge_taxes(&mut violations);
        if !violations.is_empty() {
            let places: BTreeMap<&LineId, usize> =
                request.lines.iter().zip(0..).map(|(line, place)| (&line.id, place)).collect();
            // What is of the order comes after what is of its lines.
            let place = |line: &Option<LineId>| line.as_ref().and_then(|line| places.get(line)).copied();
            violations.sort_by_key(|violation| (violation.code, place(&violation.line).unwrap_or(usize::MAX)));
        }
        Verdict { violations, failures, processing_date }
    }
}

impl<'t, 'b> Trial<'t, 'b> {
    fn near_rules(&self) -> NearRules<'t, 'b> {
        let Processed { ended, closing, lines, .. } = self.processed;
        let items = ended.iter().zip(&closing.lines).zip(lines).map(|((ended, closed), line)| {
            let (Ok(ended), Some(closed), Some(_)) = (ended, closed, line) else { return Item::default() };
            let running = i128::from(closed.minor).saturating_mul(self.order.minor_unit());
            // What tax alone changed was never an item of the procedure, and has no base of its own.
            let base = ended.found.amount().saturating_add(ended.conversion.into());
            let item = ended.more.as_ref().map_or_else(Item::default, |more| more.item.clone());
            Item { running, base, list: closed.list, live: true, ..item }
        });
        let mut scene = Scene::new(self.order, lines, items.collect(), Vec::new(), Some(self.request));
        scene.sees_unpriced = true;
        let book = self.order.book;
        let holders = book.order_rules.near(&self.order.kin.lineage);
        let of_orders = holders.iter().flat_map(|holder| book.order_rules.all(&holder.of_orders));
        let mut rules = NearRules { scene, of_orders: of_orders.collect(), holders };
        let mut of_orders = std::mem::take(&mut rules.of_orders);
        of_orders.retain(|rule| rules.hold(rule));
        NearRules { of_orders, ..rules }
    }

    /// Adds a violation, unless the one who asks may approve it.
    pub(crate) fn add(&self, violation: Violation, violations: &mut Vec<Violation>) {
        if !(violation.severity == ViolationSeverity::NeedsApproval && self.may_approve(violation.role.as_ref())) {
            violations.push(violation);
        }
    }

    /// Whether nothing comes of breaking a rule, for the one who asks may approve it.
    pub(crate) fn waives(&self, rule: &OrderRule) -> bool {
        rule.severity == RuleSeverity::NeedsApproval && self.may_approve(rule.role.as_ref())
    }

    fn may_approve(&self, role: Option<&RoleId>) -> bool {
        role.is_some_and(|role| self.request.facts.authority.roles.contains(role))
    }

    /// The goods lines that have a product, by their places.
    pub(crate) fn goods(&self) -> impl Iterator<Item = (usize, &'t Line<'b>)> + use<'t, 'b> {
        self.processed.lines.iter().enumerate().filter_map(|(place, line)| Some((place, line.as_ref()?)))
    }

    pub(crate) fn line_id(&self, place: usize) -> Option<LineId> {
        self.request.lines.get(place).map(|line| line.id.clone())
    }

    /// An amount at 10 decimals as money, rounded up to what mends a violation.
    pub(crate) fn money_up(&self, amount: i128) -> Option<Money> {
        let minor = divide(amount, self.order.minor_unit(), RoundingMode::Ceiling);
        i64::try_from(minor).ok().map(|minor| Money::from_minor(minor, self.order.currency))
    }

    /// The sum of the goods lines with their shares, at 10 decimals.
    pub(crate) fn value(&self) -> i128 {
        let goods = self.processed.closing.lines.iter().flatten().filter(|line| !line.is_return);
        let minor = goods.fold(0_i128, |sum, line| sum.saturating_add(line.with_shares()));
        minor.saturating_mul(self.order.minor_unit())
    }

    /// Categories without a rate.
    fn judge_taxes(&self, violations: &mut Vec<Violation>) {
        let groups = self.processed.taxed.as_ref().map_or(&[][..], |taxed| &taxed.groups);
        for _ in groups.iter().filter(|group| group.rate_id.is_none()) {
            violations.push(Violation::of(ViolationCode::TaxNoRate, ViolationSeverity::Reject));
        }
    }
}

impl<'t> NearRules<'t, '_> {
    /// What the nearest rule that states something states.
    pub(crate) fn nearest<T>(&self, states: impl Fn(&'t OrderRule) -> Option<T>) -> Option<(&'t OrderRule, T)> {
        self.of_orders.iter().find_map(|rule| Some((*rule, states(rule)?)))
    }

    /// Whether a rule says anything to this order.
    pub(crate) fn hold(&self, rule: &OrderRule) -> bool {
        let order = self.scene.order;
        rule.is_for(order.side, order.valid_at)
            && self.may_read(rule, &rule.when)
            && self.scene.holds(&rule.when, Subject::Order)
    }

    /// Whether the amounts of a condition, if it states any, are in the order's currency.
    pub(crate) fn may_read(&self, rule: &OrderRule, test: &Test) -> bool {
        rule.currency == self.scene.order.currency || !test.states_amount()
    }
}

impl OrderRule {
    /// A violation of this rule, without its numbers.
    pub(crate) fn violation(&self, code: ViolationCode, fix: Option<Fix>) -> Violation {
        let severity = match self.severity {
            RuleSeverity::Reject => ViolationSeverity::Reject,
            RuleSeverity::NeedsApproval => ViolationSeverity::NeedsApproval,
            RuleSeverity::Warning => ViolationSeverity::Warning,
        };
        Violation { by: Some(self.by.clone()), role: self.role.clone(), fix, ..Violation::of(code, severity) }
    }

    /// What nobody can say, where a line has no price.
    pub(crate) fn not_judged(&self, code: ViolationCode) -> Violation {
        Violation { by: Some(self.by.clone()), ..Violation::of(code, ViolationSeverity::NotJudged) }
    }
}

#[cfg(test)]
mod tests {
    use emptor_core::{Fix, Instant, PricedOrder, Violation};
    use serde_json::{Value, json};

    use crate::{Detail, compile, price};

    /// Bolts of 1.00 (0.60 of cost, 0.5 kg) by the piece or in boxes of 12, and nuts of 2.00; rules; a request's rest.
    fn priced(rules: &Value, request: &Value) -> PricedOrder {
        let book = json!({
            "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "Europe/Berlin" },
            "organizations": [
                { "organization": "contoso", "credit_limit": "50", "budget": "20" },
                { "organization": "north", "parents": [{ "organization": "contoso" }], "budget": "15" }],
            "catalogs": [{ "catalog": "main",
                "categories": [{ "category": "metal" }, { "category": "bolts", "parent": "metal" }],
                "products": [
                    { "sku": "BOLT", "unit": "pc", "category": "bolts", "conversions": ["1 box = 12 pc"],
                      "cost": "0.60", "weight": "0.5 kg" },
                    { "sku": "NUT", "unit": "pc", "category": "metal" },
                    { "sku": "GLUE", "unit": "tube" }] }],
            "price_lists": [{ "price_list": "list", "currency": "EUR", "entries": [
                { "sku": "BOLT", "price": "1.00" }, { "sku": "NUT", "price": "2.00" }] }],
            "order_rules": rules });
        let mut asked = json!({ "buyer": "north", "valid_at": "2026-03-03T09:00:00Z" });
        asked.as_object_mut().unwrap().extend(request.as_object().unwrap().clone());
        let book = compile(&serde_json::from_value(book).unwrap(), Instant::MAX).unwrap();
        price(&book, &serde_json::from_value(asked).unwrap(), Detail::Price).unwrap()
    }

    /// Lines `1`, `2` and so on of a quantity, a unit and a sku.
    fn lines(lines: &[(&str, &str, &str)]) -> Value {
        let line = |(place, (quantity, unit, sku)): (usize, &(&str, &str, &str))| json!({ "id": (place + 1).to_string(), "sku": sku, "quantity": quantity, "unit": unit });
        json!(lines.iter().enumerate().map(line).collect::<Vec<_>>())
    }

    fn shown(violation: &Violation) -> String {
        let fix = violation.fix.as_ref().map(|fix| match fix {
            Fix::SetQuantity(quantity) => format!("set {quantity}"),
            Fix::RemoveLine => "remove".to_owned(),
            Fix::AddValue(money) => format!("add {money}"),
            Fix::ReduceValue(money) => format!("reduce {money}"),
            Fix::Approve(role) => format!("ask {role}"),
        });
        let line = violation.line.as_ref().map_or("-", emptor_core::LineId::as_str);
        let other = violation.other_line.as_ref().map(|other| format!("+{other}")).unwrap_or_default();
        let number = |number: Option<emptor_core::Exact>| number.map_or_else(|| "-".to_owned(), |one| one.to_string());
        let (limit, actual) = (number(violation.limit), number(violation.actual));
        format!("{} {line}{other} {limit} {actual} {}", violation.code.code(), fix.unwrap_or_default())
            .trim_end()
            .into()
    }

    fn check(rules: &Value, request: &Value, expected: &[&str]) {
        let violations: Vec<String> = priced(rules, request).violations.iter().map(shown).collect();
        assert_eq!(violations, expected);
    }

    #[test]
    fn quantities_come_from_the_nearest_rule() {
        let rules = json!([
            { "order_rule": "all", "terms": { "quantity_min": "30", "quantity_max": "100" } },
            { "order_rule": "metal", "terms": { "category": "metal", "quantity_min": "40" } },
            { "order_rule": "bolts", "organization": "contoso",
              "terms": { "category": "bolts", "quantity_max": "20", "quantity_increment": "4" } },
            { "order_rule": "later", "valid": { "from": "2027-01-01" },
              "terms": { "sku": "BOLT", "quantity_min": "1000" } }]);
        // 10 + 12 bolts: 18 more would do, which are 28, a multiple of 4; at most 8 of the first line.
        let asked = lines(&[("10", "pc", "BOLT"), ("1", "box", "BOLT"), ("5", "pc", "NUT")]);
        check(
            &rules,
            &json!({ "lines": asked }),
            &[
                "order.quantity_min 1 40 22 set 28 pc",
                "order.quantity_min 3 40 5 set 40 pc",
                "order.quantity_increment 1 4 10 set 12 pc",
                "order.quantity_max 1 20 22 set 8 pc",
                "order.budget - 15 32 reduce 17.00 EUR",
            ],
        );
        // Three boxes leave nothing for the first line.
        let asked = lines(&[("4", "pc", "BOLT"), ("3", "box", "BOLT")]);
        check(
            &rules,
            &json!({ "lines": asked }),
            &["order.quantity_max 1 20 40 remove", "order.budget - 15 40 reduce 25.00 EUR"],
        );
    }

    #[test]
    fn goods_may_be_excluded() {
        let rules = json!([
            { "order_rule": "assortment", "terms": { "allows": { "category": "metal" } } },
            { "order_rule": "b", "terms": { "excludes": { "sku": "NUT" }, "severity": "warning" } },
            { "order_rule": "c", "terms": { "excludes": { "quantity": { "at_least": "2" } } } },
            { "order_rule": "d", "terms": { "incompatible": [{ "sku": "NUT" }, { "category": "metal" }] } }]);
        // The glue has no price, and is judged all the same; the budget is not.
        let asked = lines(&[("1", "tube", "GLUE"), ("2", "pc", "NUT"), ("1", "pc", "BOLT")]);
        check(
            &rules,
            &json!({ "lines": asked }),
            &[
                "order.not_allowed 1 - - remove",
                "order.excluded 2 - - remove",
                "order.incompatible 2+3 - - remove",
                "order.credit_limit - - -",
                "order.budget - - -",
            ],
        );
    }

    #[test]
    fn an_order_has_its_limits() {
        let rules = json!([
            { "order_rule": "a", "terms": { "lines_max": 1, "weight_max": "1000 kg", "order_value_min": "24.005" } },
            { "order_rule": "b", "organization": "north", "terms": { "weight_max": "10 kg" } },
            { "order_rule": "c", "terms": { "order_value_max": "1", "currency": "USD" } },
            { "order_rule": "d", "terms": { "order_value_max": "20", "severity": "needs_approval", "role": "clerk" } }]);
        let asked = lines(&[("20", "pc", "BOLT"), ("2", "pc", "NUT")]);
        let facts = json!({ "credit": { "limit": "30", "open_orders": "6", "receivables": "1.5" }, "paid": "1" });
        let with = |facts: &Value| json!({ "lines": asked, "facts": facts });
        check(
            &rules,
            &with(&facts),
            &[
                "order.lines_max - 1 2",
                "order.value_min - 24.005 24 add 0.01 EUR",
                "order.value_max - 20 24 reduce 4.00 EUR",
                "order.credit_limit - 30 30.5 reduce 0.50 EUR",
                "order.budget - 15 23 reduce 8.00 EUR",
            ],
        );
        // One who has the role may do what needs its approval.
        let facts = json!({ "budget_used": "0", "paid": "24", "authority": { "roles": ["clerk"] } });
        check(&rules, &with(&facts), &["order.lines_max - 1 2", "order.value_min - 24.005 24 add 0.01 EUR"]);
    }

    #[test]
    fn the_highest_band_that_is_reached_must_approve() {
        let rules = json!([{ "order_rule": "a", "terms": {
            "approve_value": [["5", "clerk"], ["12", "head"], ["100", "board"]],
            "approve_discount": [["0", "clerk"], ["0.01", "head"]],
            "approve_margin": [["50", "clerk"], ["40", "head"]] } }]);
        let request = json!({ "lines": lines(&[("10", "pc", "BOLT"), ("1", "pc", "NUT")]) });
        // The margin is that of the bolts alone: 40 percent is not below 40.
        check(
            &rules,
            &request,
            &[
                "order.approve_value - 12 12 ask head",
                "order.approve_discount - 0 0 ask clerk",
                "order.approve_margin - 50 40 ask clerk",
            ],
        );
        let request = json!({ "lines": lines(&[("10", "pc", "BOLT"), ("1", "pc", "NUT")]),
            "facts": { "authority": { "roles": ["head", "clerk"] } } });
        check(&rules, &request, &[]);
    }

    #[test]
    fn an_order_is_processed_on_a_day_of_processing() {
        let rules = json!([{ "order_rule": "cut", "terms": { "when": { "order_value": { "at_least": "2" } },
            "cut_off": { "time": "10:00", "weekdays": ["tuesday", "friday"] } } }]);
        let date = |quantity: &str| {
            let order = priced(&rules, &json!({ "lines": lines(&[(quantity, "pc", "BOLT")]) }));
            order.processing_date.map(|date| date.to_string())
        };
        // It is Tuesday, and 10:00 in Berlin.
        assert_eq!((date("2").as_deref(), date("1").as_deref()), (Some("2026-03-06"), None));
    }
}
