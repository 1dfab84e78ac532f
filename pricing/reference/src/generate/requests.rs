//! Requests: quantities on, beside and far from bounds, returns, manual prices, and what is for rules.

use std::collections::BTreeMap;

use emptor_core::{
    ActsAt, CouponCode, Documents, Exact, LineId, ManualPrice, OrganizationId, PriceRequest, Product, RecordedLine,
    RequestLine, RoundingMode, Sku, TaxSide, TenantId, Unit,
};

use super::draws::{CURRENCIES, Draws, currency, decimal, named, scaled, whole};
use super::goods::Goods;
use super::prices::{attribute, channel};
use super::tables::{Bound, Met};
use super::{buyers, charges, conditions, facts, procedure};
use crate::numbers::{exact, is_quantity, number, round_decimals};

/// What a request can be about.
pub(super) struct Known<'k> {
    pub(super) documents: &'k Documents,
    pub(super) goods: &'k Goods,
    pub(super) met: &'k Met,
    /// Whether the documents have rules.
    pub(super) has_rules: bool,
}

/// Draws a request.
pub(super) fn request(draws: &mut Draws, known: &Known) -> PriceRequest {
    let last = known.documents.organizations.len() - 1;
    let buyer = if draws.chance(40) { draws.below(last + 1) } else { last };
    let count = if draws.chance(2) { 40 } else { 1 + draws.below(7) };
    // Equal lines have equal remainders, and may sum to more than an order can.
    let alike = draws.chance(6);
    let mut request = PriceRequest {
        tenant: draws.chance(5).then(|| named(TenantId::new(draws.pick(&["t", "t", "t", "u"])))),
        buyer: if draws.chance(1) { named(OrganizationId::new("nobody")) } else { buyers::name(buyer) },
        region: draws.chance(30).then(|| buyers::region(draws)),
        channel: draws.chance(50).then(|| channel(draws)),
        currency: draws.chance(30).then(|| currency(draws.pick(&CURRENCIES))),
        valid_at: draws.valid_at(),
        prices: None,
        lines: (0..count).map(|index| line(draws, known, index)).collect(),
        charges: Vec::new(),
        adjustment: None,
        coupons: Vec::new(),
        cash: false,
        attributes: (0..draws.below(3)).map(|_| attribute(draws)).collect::<BTreeMap<_, _>>(),
        facts: facts::facts(draws, known),
    };
    if known.has_rules {
        ask_for_rules(draws, known, &mut request);
    }
    if alike {
        let first = request.lines[0].clone();
        for line in &mut request.lines {
            *line = RequestLine { id: line.id.clone(), ..first.clone() };
        }
    }
    request
}

/// Adds what rules, guards, tax and order rules ask for.
fn ask_for_rules(draws: &mut Draws, known: &Known, request: &mut PriceRequest) {
    // Rules state amounts in the tenant's currency mostly.
    if draws.chance(60) {
        request.currency = None;
    }
    let currency = request.currency.unwrap_or(known.documents.tenant.currency);
    request.prices = draws.chance(20).then(|| draws.pick(&[TaxSide::Gross, TaxSide::Net]));
    request.charges = charges::charges(draws, currency);
    // Adjusting by hand where no step takes it is met often enough.
    let has_step = |at| procedure::steps(&known.documents.tenant).iter().any(|step| step.manual && step.at == at);
    let (on_line, on_order) = (has_step(ActsAt::Line), has_step(ActsAt::Order));
    request.adjustment = draws.chance(if on_order { 60 } else { 5 }).then(|| charges::by_hand(draws));
    if draws.chance(40) {
        request.coupons = (0..=draws.below(2)).map(|_| conditions::coupon(draws)).collect();
    }
    if draws.chance(4) {
        request.coupons.push(named(CouponCode::new("EXPIRED")));
    }
    request.cash = draws.chance(40);
    for line in &mut request.lines {
        // A few whole units, so that bundles are complete.
        if !line.quantity.is_negative() && line.measured.is_none() && draws.chance(50) {
            line.quantity = whole(1 + draws.below(8));
        }
        line.adjustment = draws.chance(if on_line { 40 } else { 2 }).then(|| charges::by_hand(draws));
    }
    facts::add_for_rules(draws, known, currency, &mut request.facts);
}

fn line(draws: &mut Draws, known: &Known, index: usize) -> RequestLine {
    let bounds = &known.met.bounds;
    let bound = (!bounds.is_empty() && draws.chance(40)).then(|| draws.pick(bounds));
    let of_bound = bound.as_ref().and_then(|bound| known.goods.of_sku(bound.sku.as_ref()?));
    let (product, units) = of_bound.unwrap_or_else(|| known.goods.pick(draws));
    let unknown = draws.chance(2);
    let sku = if unknown { named(Sku::new("unknown")) } else { product.sku.clone() };
    let unit_of_bound = bound.as_ref().and_then(|bound| bound.unit.clone()).filter(|unit| units.contains(unit));
    let unit_of_bound = unit_of_bound.filter(|_| draws.chance(80));
    let unit = unit_of_bound.or_else(|| draws.chance(45).then(|| unit(draws, units)));
    let quantity = match &bound {
        // What is flat is a price per unit beyond the limits.
        _ if draws.chance(3) => decimal("0.000001"),
        Some(bound) => beside(draws, bound),
        None => quantity(draws, bounds),
    };
    let is_return = draws.chance(8);
    let index = if draws.chance(1) && draws.chance(40) { 0 } else { index };
    let by_weight = product.weight_tolerance.is_some() && draws.chance(50);
    let measured = if by_weight { measured(draws, product, unit.as_ref(), quantity) } else { None };
    let measured = measured.or_else(|| draws.chance(1).then(|| decimal("1")));
    RequestLine {
        id: named(LineId::new(&format!("{}", index + 1))),
        sku,
        quantity: if is_return { Exact::from(-quantity.to_decimal()) } else { quantity },
        unit,
        measured: measured.filter(|_| !is_return),
        manual_price: draws.chance(10).then(|| manual_price(draws)),
        adjustment: None,
        recorded: (is_return && !draws.chance(8)).then(|| recorded(draws, quantity)),
    }
}

fn unit(draws: &mut Draws, units: &[Unit]) -> Unit {
    if draws.chance(3) { named(Unit::new(draws.pick(&["hl", "box", "kg"]))) } else { draws.pick(units) }
}

/// On, just beside or far from any bound, rarely at the limits.
fn quantity(draws: &mut Draws, bounds: &[Bound]) -> Exact {
    match draws.below(20) {
        0..=5 => whole(1 + draws.below(30)),
        6..=8 => whole([100, 999, 1000, 20_000][draws.below(4)]),
        9 => scaled(i64::try_from(1 + draws.below(60_000)).expect("small"), [2, 3, 6][draws.below(3)]),
        10 => Exact::ZERO,
        11 if draws.chance(40) => decimal(draws.pick(&[
            "999999999999.999999",
            "1000000000000",
            "0.0000001",
            "0.000001",
            "123456789.5",
            "800000000",
        ])),
        _ if bounds.is_empty() => whole(1 + draws.below(1000)),
        _ => {
            let bound = draws.pick(bounds);
            beside(draws, &bound)
        }
    }
}

/// On a bound mostly, else just beside it.
fn beside(draws: &mut Draws, bound: &Bound) -> Exact {
    let beside = decimal(draws.pick(&["0", "0", "1", "-1", "0.000001", "-0.000001", "0.5"]));
    let quantity = bound.at.to_decimal() + beside.to_decimal();
    Some(Exact::from(quantity)).filter(|quantity| !quantity.is_negative()).unwrap_or(Exact::ZERO)
}

/// Near the nominal weight, on the edge of the tolerance, or outside.
fn measured(draws: &mut Draws, product: &Product, unit: Option<&Unit>, quantity: Exact) -> Option<Exact> {
    let weight = product.weight.as_ref()?;
    let in_own_unit = unit.is_none_or(|unit| *unit == product.unit);
    let percent = match draws.below(6) {
        0 => number(whole(100)),
        1 => number(whole(100)) + number(product.weight_tolerance?),
        2 => number(whole(100)) - number(product.weight_tolerance?),
        3 => number(decimal("100.3")),
        4 => number(decimal("99.7")),
        _ => number(decimal("120.5")),
    };
    if !in_own_unit && draws.chance(80) {
        return None;
    }
    let nominal = number(quantity) * number(weight.value) * percent / number(whole(100));
    let measured = round_decimals(&nominal, 6, RoundingMode::HalfEven);
    is_quantity(&measured).then(|| exact(&measured))
}

fn manual_price(draws: &mut Draws) -> ManualPrice {
    let prices = ["9.99", "0", "0.0000000001", "12345678.1234567891", "-3.5", "1000000", "-899999"];
    let beyond_the_limits = draws.chance(2);
    let price = decimal(if beyond_the_limits { "0.00000000001" } else { draws.pick(&prices) });
    ManualPrice { price, reason: "agreed on the phone".to_owned() }
}

fn recorded(draws: &mut Draws, quantity: Exact) -> RecordedLine {
    let more = whole([0, 0, 1, 10, 7][draws.below(5)]);
    let returned = if draws.chance(50) { more } else { Exact::ZERO };
    // The least too much.
    let too_much = Exact::from(more.to_decimal() + decimal("0.000001").to_decimal());
    let returned = if draws.chance(6) { too_much } else { returned };
    let sold = Exact::from(quantity.to_decimal() + more.to_decimal());
    let net = whole([100, 1, 0, 99_999][draws.below(4)]);
    let net = if draws.chance(8) { decimal("899999999999999") } else { net };
    let net = if draws.chance(10) { Exact::from(-net.to_decimal()) } else { net };
    let returned = if draws.chance(4) { decimal(draws.pick(&["-1", "0.0000001", "1000000000000"])) } else { returned };
    RecordedLine { quantity: if sold.is_zero() { whole(1) } else { sold }, net, returned }
}
