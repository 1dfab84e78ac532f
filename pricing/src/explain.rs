//! The answer in words: every line's steps, with where each comes from, and the prices that lost (R15).

use std::fmt::Write as _;

use emptor_core::scaled::power_of_ten;
use emptor_core::{
    ConversionDetail, CountScope, Currency, Exact, Loser, LoserReason, PriceDetail, PricedLine, PricedOrder, Quantity,
    Source, Step, StepKind, TableDetail, Tier, TierBase, TierMode, Unit,
};

/// The lines of an order as text: what each comes to, the steps whose amounts sum to that, and what lost.
///
/// It says what is in the record and nothing else, so an order priced without its steps shows its sums alone.
///
/// # Example
/// ```text
/// line 1: BOLT-M8X40, 60 box
///   price     980.00  contract contoso-frame, version 3, of contoso
///                     each part at its own price, the last 7.10 / 100 pc from 10000 pc
///                     1 box = 200 pc
///   net       980.00  EUR
/// ```
pub fn explain(order: &PricedOrder) -> String {
    let blocks: Vec<Block> = order.lines.iter().map(|line| Block::of(line, order.currency)).collect();
    let amounts = || blocks.iter().flat_map(|block| &block.rows).map(|row| point(&row.amount));
    let whole = amounts().map(|(whole, _)| whole.len()).max().unwrap_or(0);
    let decimals = amounts().map(|(_, decimals)| decimals.len()).max().unwrap_or(0);
    let texts: Vec<String> = blocks.iter().map(|block| block.text(whole, decimals)).collect();
    texts.join("\n")
}

/// What is said of one line.
struct Block {
    head: String,
    rows: Vec<Row>,
}

/// A row of a block: what, how much, and in words; a row that goes on from the one above has words only.
#[derive(Default)]
struct Row {
    label: &'static str,
    amount: String,
    words: String,
}

impl Block {
    fn of(line: &PricedLine, currency: Currency) -> Self {
        let unit = line.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
        let mut block =
            Self { head: format!("line {}: {}, {}{unit}", line.id, line.sku, line.quantity), rows: Vec::new() };
        for step in &line.steps {
            block.step(line, step, currency);
        }
        if let Some(net) = line.net {
            block.rows.push(Row { label: "net", amount: net.amount(), words: currency.to_string() });
        }
        if let Some(reason) = line.no_price {
            // Writing to a `String` cannot fail.
            let _ = write!(block.head, "\n  no price: {reason} ({})", reason.code());
        }
        for loser in &line.losers {
            block.loser(line, loser, currency);
        }
        if let Some(count) = line.lists_not_applicable.filter(|&count| count > 0) {
            let (lists, are) = if count == 1 { ("list", "is") } else { ("lists", "are") };
            let words = format!("{count} other price {lists} {are} not for this buyer, or not at this date");
            block.rows.push(Row { words, ..Row::default() });
        }
        block
    }

    fn step(&mut self, line: &PricedLine, step: &Step, currency: Currency) {
        let label = match step.step {
            StepKind::Price => "price",
            StepKind::Conversion => "conversion",
            StepKind::Rounding => "rounding",
        };
        let mut facts = Vec::new();
        if let Some(price) = &step.price {
            let source_currency = step.conversion.as_ref().map_or(currency, |conversion| conversion.currency);
            facts.push(source_of(&price.source, price));
            facts.extend(price.table.iter().flat_map(|table| reading(line, step.amount, table, source_currency)));
        }
        facts.extend(step.conversion.as_ref().map(converted));
        let words = match step.step {
            StepKind::Price => String::new(),
            StepKind::Conversion => "share of the converted sum".to_owned(),
            StepKind::Rounding => format!("to the minor unit of {currency}"),
        };
        let first = if facts.is_empty() { words } else { facts.remove(0) };
        self.rows.push(Row { label, amount: step.amount.padded(currency.decimals()), words: first });
        self.rows.extend(facts.into_iter().map(|words| Row { words, ..Row::default() }));
    }

    fn loser(&mut self, line: &PricedLine, loser: &Loser, currency: Currency) {
        let price = PriceDetail { source: loser.source.clone(), category: loser.category.clone(), table: None };
        let other_unit = loser.unit.as_ref().filter(|&unit| line.unit.as_ref() != Some(unit));
        let unit = other_unit.map(|unit| format!(", priced by the {unit}")).unwrap_or_default();
        let words = format!("{}{unit}: {}", source_of(&loser.source, &price), reason(loser.reason));
        let amount = loser.amount.map(|amount| amount.padded(currency.decimals())).unwrap_or_default();
        self.rows.push(Row { label: "lost", amount, words });
    }

    fn text(&self, whole_width: usize, decimals_width: usize) -> String {
        let mut text = format!("{}\n", self.head);
        for row in &self.rows {
            let (whole, decimals) = point(&row.amount);
            let Row { label, words, .. } = row;
            let line = format!("  {label:<10} {whole:>whole_width$}{decimals:<decimals_width$}  {words}");
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// An amount's part before the point, and the point with what is after it.
fn point(amount: &str) -> (&str, &str) {
    amount.split_at(amount.find('.').unwrap_or(amount.len()))
}

fn source_of(source: &Source, price: &PriceDetail) -> String {
    let category = price.category.as_ref().map(|category| format!(", for category {category}")).unwrap_or_default();
    match source {
        Source::Manual { reason } if reason.is_empty() => "set by hand".to_owned(),
        Source::Manual { reason } => format!("set by hand: {reason}"),
        Source::Recorded => "a return, at what it was sold at".to_owned(),
        Source::Contract { contract, version, organization } => {
            format!("contract {contract}, version {version}, of {organization}{category}")
        }
        Source::PriceList { price_list, version } => format!("price list {price_list}, version {version}{category}"),
    }
}

/// How a table was read, a fact a row.
fn reading(line: &PricedLine, amount: Exact, table: &TableDetail, currency: Currency) -> Vec<String> {
    let tier = tier(table, currency);
    let mut facts = vec![match table.mode {
        TierMode::Volume => tier,
        TierMode::Graduated => format!("each part at its own price, the last {tier}"),
    }];
    if let Some(counted) = table.counted {
        facts.push(format!("counted {}{}", counted_unit(counted, table, currency), scope(&table.over)));
    }
    if let Some(measured) = &table.measured {
        facts.push(format!("measured {measured}"));
    }
    if let (Some(factor), Some(unit)) = (&table.factor, &line.unit) {
        facts.push(format!("1 {unit} = {} {}", decimal(factor), table.per.unit));
    }
    if let Some(total) = table.total.filter(|&total| total != amount) {
        facts.push(format!("a share of {} {currency} for all that was counted", total.padded(currency.decimals())));
    }
    facts
}

/// A factor like `189/10` as a decimal; one that is none, like `5/3`, as it is.
fn decimal(factor: &str) -> String {
    let parts = factor.split_once('/').and_then(|(numerator, denominator)| {
        let (numerator, denominator): (i128, i128) = (numerator.parse().ok()?, denominator.parse().ok()?);
        let decimals = (1..=6).find(|&decimals| power_of_ten(decimals).checked_rem(denominator) == Some(0))?;
        let scaled = numerator.checked_mul(power_of_ten(decimals).checked_div(denominator)?)?;
        Exact::from_scaled(scaled, decimals)
    });
    parts.map_or_else(|| factor.to_owned(), |exact| exact.to_string())
}

/// What the tier costs, and from where on or up to where.
fn tier(table: &TableDetail, currency: Currency) -> String {
    let Tier { from, up_to, price, percent, flat, above, package, no_price: _ } = &table.tier;
    let money = |price: &Exact| price.padded(currency.decimals());
    let mut parts = Vec::new();
    parts.extend(price.as_ref().map(|price| format!("{} / {}", money(price), base(&table.per))));
    parts.extend(percent.as_ref().map(|percent| format!("{percent} % of the part's value")));
    parts.extend(flat.as_ref().map(|flat| format!("{} once", money(flat))));
    parts.extend(above.as_ref().map(|above| format!("{} / {} for what is above", money(above), base(&table.per))));
    parts.extend(
        package
            .as_ref()
            .map(|package| format!("{} for every started {} {}", money(&package.price), package.size, table.per.unit)),
    );
    let from = from.filter(|from| !from.is_zero()).map(|from| format!(" from {}", counted_unit(from, table, currency)));
    let up_to = up_to.map(|up_to| format!(" up to {}", counted_unit(up_to, table, currency)));
    format!("{}{}", parts.join(" + "), from.or(up_to).unwrap_or_default())
}

/// A bound or a count in what the table counts.
fn counted_unit(count: Exact, table: &TableDetail, currency: Currency) -> String {
    match &table.base {
        TierBase::Quantity => format!("{count} {}", table.per.unit),
        TierBase::Weight(unit) => format!("{count} {unit}"),
        TierBase::Value => format!("{} {currency}", count.padded(currency.decimals())),
    }
}

/// A base quantity behind a `/`: `100 pc`, and `pc` for one.
fn base(per: &Quantity) -> String {
    let Quantity { value, unit } = per;
    let unit: &Unit = unit;
    if *value == Exact::from(1) { unit.to_string() } else { format!("{value} {unit}") }
}

fn scope(over: &CountScope) -> String {
    match over {
        CountScope::Line => String::new(),
        CountScope::Sku => " over all lines of the sku".to_owned(),
        CountScope::Category(category) => format!(" over all lines of category {category}"),
        CountScope::Group(group) => format!(" over all lines of group {group}"),
        CountScope::Order => " over all lines".to_owned(),
    }
}

fn converted(conversion: &ConversionDetail) -> String {
    let ConversionDetail { rates, currency, amount } = conversion;
    let rates: Vec<&str> = rates.iter().map(emptor_core::RateId::as_str).collect();
    format!("converted from {} {currency}, rate {}", amount.padded(currency.decimals()), rates.join(", then "))
}

fn reason(reason: LoserReason) -> &'static str {
    match reason {
        LoserReason::NotAuthorized => "prices may not be set by hand here",
        LoserReason::Outranked => "another comes first",
        LoserReason::NotLowest => "another is lower, or as low and named first",
        LoserReason::BreakTaken => "another holds the break",
        LoserReason::HiddenByContract => "hidden by the contract",
        LoserReason::NoTier => "no price for this quantity",
        LoserReason::Unit => "its unit does not convert to the line's",
        LoserReason::Currency => "in another currency, which is not converted",
        LoserReason::ValueInOtherCurrency => "counts value in another currency",
        LoserReason::OutOfRange => "its amount is out of range",
    }
}

#[cfg(test)]
mod tests {
    use emptor_core::PricedOrder;

    use super::explain;

    /// An order in euros of these lines, in JSON.
    fn order(lines: &str) -> PricedOrder {
        let digest = "0".repeat(64);
        let text = format!(
            r#"{{ "basis": {{ "semantics": 1, "book": "{digest}", "request": "{digest}" }}, "currency": "EUR",
                "valid_at": "2026-05-03T22:00:00Z", "complete": true, "lines": [{lines}],
                "totals": {{ "line_extension": {{ "amount": "0.00", "currency": "EUR" }} }} }}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn check(lines: &[&str], expected: &str) {
        assert_eq!(explain(&order(&lines.join(","))), expected);
    }

    const GRADUATED: &str = r#"{ "id": "1", "sku": "BOLT", "quantity": "60", "unit": "box",
        "net": { "amount": "498.01", "currency": "EUR" }, "steps": [
            { "step": "price", "amount": "498.0125", "price": {
                "source": { "contract": { "contract": "frame", "version": 3, "organization": "contoso" } },
                "category": "bolts", "table": { "per": "100 pc", "factor": "200", "mode": "graduated",
                    "base": "quantity", "over": { "group": "mix" }, "counted": "24000",
                    "tier": { "from": "10000", "price": "7.1" }, "total": "996.025" } } },
            { "step": "rounding", "amount": "-0.0025" }] }"#;

    const CONVERTED: &str = r#"{ "id": "2", "sku": "COPPER", "quantity": "2", "unit": "m",
        "net": { "amount": "1004", "currency": "EUR" }, "lists_not_applicable": 1, "steps": [
            { "step": "price", "amount": "1004.5", "conversion": { "rates": ["a", "b"], "currency": "JPY",
                "amount": "150000" }, "price": { "source": { "price_list": { "price_list": "tokyo", "version": 1 } },
                "table": { "per": "1 kg", "factor": "189/10", "mode": "volume", "base": "value", "over": "order",
                    "counted": "5000", "tier": { "up_to": "9000", "price": "12", "flat": "6", "above": "11",
                        "package": { "size": "20", "price": "27" } } } } },
            { "step": "conversion", "amount": "-0.5" }],
        "losers": [
            { "source": { "price_list": { "price_list": "list", "version": 2 } }, "unit": "kg",
                "reason": "outranked", "amount": "20" },
            { "source": { "manual": { "reason": "friend" } }, "reason": "not_authorized" }] }"#;

    #[test]
    fn the_steps_sum_to_the_net_and_say_where_they_come_from() {
        check(
            &[GRADUATED, CONVERTED],
            "\
line 1: BOLT, 60 box
  price       498.0125  contract frame, version 3, of contoso, for category bolts
                        each part at its own price, the last 7.10 / 100 pc from 10000 pc
                        counted 24000 pc over all lines of group mix
                        1 box = 200 pc
                        a share of 996.025 EUR for all that was counted
  rounding     -0.0025  to the minor unit of EUR
  net         498.01    EUR

line 2: COPPER, 2 m
  price      1004.50    price list tokyo, version 1
                        12 / kg + 6 once + 11 / kg for what is above + 27 for every started 20 kg up to 9000 JPY
                        counted 5000 JPY over all lines
                        1 m = 18.9 kg
                        converted from 150000 JPY, rate a, then b
  conversion   -0.50    share of the converted sum
  net        1004.00    EUR
  lost         20.00    price list list, version 2, priced by the kg: another comes first
  lost                  set by hand: friend: prices may not be set by hand here
                        1 other price list is not for this buyer, or not at this date
",
        );
    }

    #[test]
    fn what_has_no_table_or_no_price_says_so() {
        let manual = r#"{ "id": "a", "sku": "X", "quantity": "3", "unit": "pc",
            "net": { "amount": "9.00", "currency": "EUR" }, "steps": [{ "step": "price", "amount": "9",
                "price": { "source": { "manual": { "reason": "" } } } }] }"#;
        let returned = r#"{ "id": "b", "sku": "X", "quantity": "-1.5", "unit": "pc",
            "net": { "amount": "-4.50", "currency": "EUR" }, "steps": [{ "step": "price", "amount": "-4.5",
                "price": { "source": "recorded" } }] }"#;
        let unknown = r#"{ "id": "c", "sku": "Ü", "quantity": "1", "no_price": "line.unknown_sku" }"#;
        check(
            &[manual, returned, unknown],
            "\
line a: X, 3 pc
  price       9.00  set by hand
  net         9.00  EUR

line b: X, -1.5 pc
  price      -4.50  a return, at what it was sold at
  net        -4.50  EUR

line c: Ü, 1
  no price: the catalog has no such sku; check the article number (line.unknown_sku)
",
        );
    }

    #[test]
    fn an_order_without_steps_shows_its_sums() {
        let line = r#"{ "id": "1", "sku": "X", "quantity": "3", "net": { "amount": "9.00", "currency": "EUR" } }"#;
        check(&[line], "line 1: X, 3\n  net        9.00  EUR\n");
        check(&[], "");
    }

    #[test]
    fn a_factor_is_a_decimal_where_it_is_one() {
        let check = |factor, expected| assert_eq!(super::decimal(factor), expected);
        check("200", "200");
        check("189/10", "18.9");
        check("1/8", "0.125");
        check("5/3", "5/3");
    }
}
