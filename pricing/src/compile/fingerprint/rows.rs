//! What the rows of documents say: products, entries and their tiers, and terms (R15).
//!
//! INVARIANT (no field forgotten): every type is taken apart without `..`, so that a new field does not compile before
//! it has its place here. A field at its default is not written, so that it may as well be left out.

use emptor_core::{
    AgainstLists, Breach, CategoryId, Conversion, CountScope, Entry, Guards, Package, Product, RoleId, Sku,
    TaxCategoryId, Term, Tier, TierBase, TierMode, Validity, VendorId,
};

use super::bytes::Bytes;

/// A product.
pub(super) fn product(bytes: &mut Bytes, product: &Product) {
    let Product {
        sku,
        name,
        category,
        unit,
        conversions,
        weight,
        weight_tolerance,
        cost,
        pricing_groups,
        attributes,
        vendor,
        tax_category,
        guards: bounds,
    } = product;
    bytes.name(Some(sku.as_str()));
    bytes.name(Some(unit.as_str()));
    bytes.name(category.as_ref().map(CategoryId::as_str));
    bytes.name(vendor.as_ref().map(VendorId::as_str));
    bytes.name(tax_category.as_ref().map(TaxCategoryId::as_str));
    bytes.fields([name.is_some(), weight.is_some(), weight_tolerance.is_some(), cost.is_some(), !bounds.is_empty()]);
    bytes.each(name, |bytes, name| bytes.text(name));
    bytes.each(weight, Bytes::quantity);
    bytes.each([*weight_tolerance, *cost].into_iter().flatten(), Bytes::number);
    if !bounds.is_empty() {
        guards(bytes, bounds);
    }
    bytes.count(conversions.len());
    bytes.each(conversions, |bytes, Conversion { left, right }| {
        bytes.quantity(left);
        bytes.quantity(right);
    });
    bytes.count(pricing_groups.len());
    bytes.each(pricing_groups, |bytes, group| bytes.name(Some(group.as_str())));
    bytes.count(attributes.len());
    bytes.each(attributes, |bytes, (key, value)| {
        bytes.text(key);
        bytes.text(value);
    });
}

/// An entry. Its goods come first: so entries that stand sorted by sku are in order as bytes, too.
pub(super) fn entry(bytes: &mut Bytes, entry: &Entry) {
    let Entry {
        sku,
        category,
        per,
        valid,
        price,
        formula,
        mode,
        base,
        over,
        counts_prior,
        charge_at_zero,
        tiers,
        excludes,
        guards: bounds,
    } = entry;
    bytes.name(sku.as_ref().map(Sku::as_str));
    bytes.name(category.as_ref().map(CategoryId::as_str));
    let (is_volume, is_of_line) = (*mode == TierMode::Volume, *over == CountScope::Line);
    let (by_quantity, is_always) = (*base == TierBase::Quantity, valid.is_always());
    bytes.fields([
        per.is_some(),
        !is_always,
        price.is_some(),
        formula.is_some(),
        !is_volume,
        !by_quantity,
        !is_of_line,
        *counts_prior,
        *charge_at_zero,
        !tiers.is_empty(),
        !excludes.is_empty(),
        !bounds.is_empty(),
    ]);
    bytes.each(per, Bytes::quantity);
    if !is_always {
        let Validity { from, to } = *valid;
        bytes.when(from);
        bytes.when(to);
    }
    bytes.each(*price, Bytes::number);
    bytes.each(formula, Bytes::json);
    if !is_volume {
        bytes.json(mode);
    }
    if !by_quantity {
        bytes.json(base);
    }
    if !is_of_line {
        bytes.json(over);
    }
    if !tiers.is_empty() {
        bytes.count(tiers.len());
        bytes.each(tiers, tier);
    }
    if !excludes.is_empty() {
        bytes.count(excludes.len());
        bytes.each(excludes, |bytes, step| bytes.name(Some(step.as_str())));
    }
    if !bounds.is_empty() {
        guards(bytes, bounds);
    }
}

/// A term of a contract.
pub(super) fn term(bytes: &mut Bytes, term: &Term) {
    let Term { price, lists, discount, order_rule } = term;
    let is_hiding = *lists == AgainstLists::Hide;
    bytes.fields([price.is_some(), !is_hiding, discount.is_some(), order_rule.is_some()]);
    bytes.each(price, entry);
    if !is_hiding {
        bytes.json(lists);
    }
    bytes.each(discount, Bytes::json);
    bytes.each(order_rule, Bytes::json);
}

fn tier(bytes: &mut Bytes, tier: &Tier) {
    let Tier { from, up_to, price, percent, flat, above, package, no_price } = tier;
    bytes.fields([
        from.is_some(),
        up_to.is_some(),
        price.is_some(),
        percent.is_some(),
        flat.is_some(),
        above.is_some(),
        package.is_some(),
        *no_price,
    ]);
    for number in [from, up_to, price, percent, flat, above] {
        bytes.each(*number, Bytes::number);
    }
    if let Some(Package { size, price }) = *package {
        bytes.number(size);
        bytes.number(price);
    }
}

fn guards(bytes: &mut Bytes, guards: &Guards) {
    let Guards { floor, map, ceiling, margin_min, discount_max, breach, role } = guards;
    let numbers = [*floor, *map, *ceiling, *margin_min, *discount_max];
    let [floor, map, ceiling, margin_min, discount_max] = numbers.map(|number| number.is_some());
    let is_clamp = *breach == Breach::Clamp;
    bytes.fields([floor, map, ceiling, margin_min, discount_max, !is_clamp]);
    bytes.each(numbers.into_iter().flatten(), Bytes::number);
    if !is_clamp {
        bytes.json(breach);
    }
    bytes.name(role.as_ref().map(RoleId::as_str));
}

#[cfg(test)]
mod tests {
    use emptor_core::{Digest, Entry, Product, Term};
    use proptest::prelude::*;
    use serde::de::DeserializeOwned;

    use super::super::bytes::{Bytes, of_run, of_set};
    use super::{entry, product, term};

    /// For each field of an entry, what may be written: nothing, its default, and others.
    const ENTRY: [&[&str]; 14] = [
        &["", r#""sku":"a""#, r#""sku":"a b""#],
        &["", r#""category":"a""#, r#""category":"b""#],
        &["", r#""per":"1 a""#, r#""per":"1.0 a""#, r#""per":"10 a""#],
        &["", r#""valid":{}"#, r#""valid":{"from":"2026-01-01"}"#, r#""valid":{"to":"2026-01-01"}"#],
        &["", r#""price":"0""#, r#""price":"9.8""#, r#""price":"9.80""#, r#""price":"98""#, r#""price":"-98""#],
        &["", r#""formula":"a""#, r#""formula":{"script":"a","params":{"b":"1"}}"#],
        &["", r#""mode":"volume""#, r#""mode":"graduated""#],
        &["", r#""base":"quantity""#, r#""base":"value""#, r#""base":{"weight":"a"}"#, r#""base":{"script":"a"}"#],
        &["", r#""over":"line""#, r#""over":"order""#, r#""over":{"group":"a"}"#, r#""over":{"category":"a"}"#],
        &["", r#""counts_prior":false"#, r#""counts_prior":true"#],
        &["", r#""charge_at_zero":false"#, r#""charge_at_zero":true"#],
        &[
            "",
            r#""tiers":[]"#,
            r#""tiers":[{}]"#,
            r#""tiers":[["0","1"]]"#,
            r#""tiers":[["0","1"],{}]"#,
            r#""tiers":[{},["0","1"]]"#,
        ],
        &["", r#""excludes":[]"#, r#""excludes":["a"]"#, r#""excludes":["a","b"]"#, r#""excludes":["b","a"]"#],
        &["", r#""guards":{}"#, r#""guards":{"floor":"1"}"#, r#""guards":{"role":"a"}"#],
    ];
    const TIER: [&[&str]; 8] = [
        &["", r#""from":"0""#, r#""from":"1""#],
        &["", r#""up_to":"0""#, r#""up_to":"1""#],
        &["", r#""price":"0""#, r#""price":"1""#],
        &["", r#""percent":"0""#, r#""percent":"1""#],
        &["", r#""flat":"123456789.01""#, r#""flat":"12345678901""#, r#""flat":"-12345678901""#],
        &["", r#""above":"1234567890123456789012345678""#, r#""above":"123456789012345678901234567.8""#],
        &["", r#""package":{"size":"1","price":"2"}"#, r#""package":{"size":"2","price":"1"}"#],
        &["", r#""no_price":false"#, r#""no_price":true"#],
    ];
    const GUARDS: [&[&str]; 7] = [
        &["", r#""floor":"1""#, r#""floor":"2""#],
        &["", r#""map":"1""#, r#""map":"2""#],
        &["", r#""ceiling":"1""#, r#""ceiling":"2""#],
        &["", r#""margin_min":"1""#, r#""margin_min":"2""#],
        &["", r#""discount_max":"1""#, r#""discount_max":"2""#],
        &["", r#""breach":"clamp""#, r#""breach":"reject""#, r#""breach":"needs_approval""#],
        &["", r#""role":"a""#, r#""role":"b""#],
    ];
    const TERM: [&[&str]; 4] = [
        &["", r#""price":{}"#, r#""price":{"sku":"a"}"#],
        &["", r#""lists":"hide""#, r#""lists":"merge""#, r#""lists":"lowest""#],
        &["", r#""discount":{"effect":{"percent_off":"1"}}"#, r#""discount":{"effect":{"percent_off":"2"}}"#],
        &["", r#""order_rule":{}"#],
    ];
    const PRODUCT: [&[&str]; 13] = [
        &[r#""sku":"a""#, r#""sku":"b""#],
        &["", r#""name":"a""#, r#""name":"a\u0000""#],
        &["", r#""category":"a""#, r#""category":"b""#],
        &[r#""unit":"a""#, r#""unit":"b""#],
        &["", r#""conversions":[]"#, r#""conversions":["1 a = 2 b"]"#, r#""conversions":["2 b = 1 a"]"#],
        &["", r#""weight":"1 a""#, r#""weight":"2 a""#],
        &["", r#""weight_tolerance":"1""#, r#""weight_tolerance":"2""#],
        &["", r#""cost":"1""#, r#""cost":"2""#],
        &["", r#""pricing_groups":[]"#, r#""pricing_groups":["a"]"#, r#""pricing_groups":["a","b"]"#],
        &["", r#""attributes":{}"#, r#""attributes":{"a":"b"}"#, r#""attributes":{"a":"b","c":""}"#],
        &["", r#""vendor":"a""#, r#""vendor":"b""#],
        &["", r#""tax_category":"a""#, r#""tax_category":"b""#],
        &["", r#""guards":{}"#, r#""guards":{"map":"1"}"#, r#""guards":{"breach":"reject"}"#],
    ];

    /// A row of the choices that were made of each field.
    fn row<T: DeserializeOwned>(fields: &[&[&str]], choices: &[usize]) -> T {
        serde_json::from_str(&object(fields, choices)).unwrap()
    }

    fn object(fields: &[&[&str]], choices: &[usize]) -> String {
        let stated = fields.iter().zip(choices).map(|(field, choice)| field[choice % field.len()]);
        let stated: Vec<&str> = stated.filter(|field| !field.is_empty()).collect();
        format!("{{{}}}", stated.join(","))
    }

    /// One row and another, which are mostly alike.
    fn two_rows() -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
        let rows = prop::collection::vec(0_usize..60, 14);
        (rows, 0_usize..14, 0_usize..60).prop_map(|(one, field, choice)| {
            let mut other = one.clone();
            other[field] = choice;
            (one, other)
        })
    }

    fn written<T>(write: fn(&mut Bytes, &T), row: &T) -> Digest {
        of_run(std::slice::from_ref(row), write)
    }

    /// Rows are written alike when and only when they are.
    fn check<T: DeserializeOwned + PartialEq>(
        fields: &[&[&str]],
        write: fn(&mut Bytes, &T),
        (one, other): (&[usize], &[usize]),
    ) {
        let (left, right): (T, T) = (row(fields, one), row(fields, other));
        let alike = written(write, &left) == written(write, &right);
        assert_eq!(alike, left == right, "{} {}", object(fields, one), object(fields, other));
    }

    proptest! {
        #[test]
        fn rows_are_written_alike_when_and_only_when_they_are((one, other) in two_rows()) {
            check::<Entry>(&ENTRY, entry, (&one, &other));
            check::<Term>(&TERM, term, (&one, &other));
            check::<Product>(&PRODUCT, product, (&one, &other));
            let tiers = |choices: &[usize]| Entry { tiers: vec![row(&TIER, choices)], ..Entry::default() };
            let guards = |choices: &[usize]| Entry { guards: row(&GUARDS, choices), ..Entry::default() };
            for (left, right) in [(tiers(&one), tiers(&other)), (guards(&one), guards(&other))] {
                prop_assert_eq!(written(entry, &left) == written(entry, &right), left == right);
            }
        }

        #[test]
        fn a_set_is_its_rows_in_whatever_order(rows in prop::collection::vec(prop::collection::vec(0_usize..60, 14), 0..5), turn in 0_usize..5) {
            let rows: Vec<Entry> = rows.iter().map(|choices| row(&ENTRY, choices)).collect();
            let mut turned = rows.clone();
            turned.rotate_left(turn.min(rows.len()));
            prop_assert_eq!(of_set(&rows, entry), of_set(&turned, entry));
            if let Some((_, fewer)) = rows.split_last() {
                prop_assert_ne!(of_set(&rows, entry), of_set(fewer, entry));
            }
        }
    }
}
