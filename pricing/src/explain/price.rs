//! Where a price comes from and how its table was read, in words (R3, R4).

use emptor_core::scaled::power_of_ten;
use emptor_core::{
    ConversionDetail, CountScope, Currency, Exact, PriceDetail, PricedLine, Quantity, Source, TableDetail, Tier,
    TierBase, TierMode, Unit,
};

pub(super) fn source_of(source: &Source, price: &PriceDetail) -> String {
    let category = price.category.as_ref().map(|category| format!(", for category {category}")).unwrap_or_default();
    format!("{}{category}", of_source(source))
}

/// Whose price it is.
pub(super) fn of_source(source: &Source) -> String {
    match source {
        Source::Manual { reason } if reason.is_empty() => "set by hand".to_owned(),
        Source::Manual { reason } => format!("set by hand: {reason}"),
        Source::Recorded => "a return, at what it was sold at".to_owned(),
        Source::Charge => "charged by the request".to_owned(),
        Source::Gift => "given by a promotion".to_owned(),
        Source::Contract { contract, version, organization } => {
            format!("contract {contract}, version {version}, of {organization}")
        }
        Source::PriceList { price_list, version } => format!("price list {price_list}, version {version}"),
    }
}

/// How a table was read, a fact a row.
pub(super) fn reading(line: &PricedLine, amount: Exact, table: &TableDetail, currency: Currency) -> Vec<String> {
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
        TierBase::Script(call) => format!("{count} by the script {}", call.script),
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

pub(super) fn converted(conversion: &ConversionDetail) -> String {
    let ConversionDetail { rates, currency, amount } = conversion;
    let rates: Vec<&str> = rates.iter().map(emptor_core::RateId::as_str).collect();
    format!("converted from {} {currency}, rate {}", amount.padded(currency.decimals()), rates.join(", then "))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_factor_is_a_decimal_where_it_is_one() {
        let check = |factor, expected| assert_eq!(super::decimal(factor), expected);
        check("200", "200");
        check("189/10", "18.9");
        check("1/8", "0.125");
        check("5/3", "5/3");
    }
}
