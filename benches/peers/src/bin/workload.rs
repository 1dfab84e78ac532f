//! `workload FILE`: writes the workload and what every line comes to as JSON, for the peers in other languages.

use std::collections::BTreeMap;

use emptor_benches::workload::{FLOOR_HUNDREDTHS, PROMOTIONS, Row};
use emptor_peers::bench::Bench;
use emptor_peers::promotion::CATEGORIES;
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn main() -> Result<(), String> {
    let file = std::env::args().nth(1).ok_or("`workload` takes the file to write")?;
    let text = document(&Bench::new()?).to_string();
    std::fs::write(&file, text).map_err(|error| format!("could not write `{file}`: {error}"))
}

/// Money and percents are text, so that no reader makes floats of them.
fn document(bench: &Bench) -> Value {
    let workload = &bench.workload;
    let skus = workload.skus.iter().map(|sku| json!({ "category": CATEGORIES[sku.category], "cost": money(sku.cost) }));
    let buyers = workload.organizations.iter().map(|buyer| json!({ "group": buyer.group, "region": buyer.region }));
    let promotions = PROMOTIONS.iter().map(|promotion| {
        let percent = Decimal::new(promotion.permille.into(), 1).to_string();
        json!({ "category": CATEGORIES[promotion.category], "percent": percent, "quantity_min": promotion.quantity_min,
            "regions": promotion.regions })
    });
    let requests = workload.requests.iter();
    let requests = requests.map(|request| json!([request.organization, request.sku, request.quantity, request.day]));
    let answers = bench.answers.iter();
    let answers = answers.map(|answer| json!([answer.layer, answer.promoted, answer.net.to_string()]));
    json!({
        "skus": skus.collect::<Vec<_>>(),
        "organizations": buyers.collect::<Vec<_>>(),
        "base": workload.base.iter().map(row).collect::<Vec<_>>(),
        "group": layer(&workload.group),
        "contract": layer(&workload.contract),
        "promotions": promotions.collect::<Vec<_>>(),
        "floor_factor": Decimal::new(FLOOR_HUNDREDTHS.into(), 2).to_string(),
        "requests": requests.collect::<Vec<_>>(),
        "answers": answers.collect::<Vec<_>>(),
    })
}

/// Owner, sku and row.
fn layer(rows: &BTreeMap<(u32, u32), Row>) -> Vec<Value> {
    rows.iter().map(|((owner, sku), of_sku)| json!([owner, sku, row(of_sku)])).collect()
}

fn row(row: &Row) -> Value {
    let breaks = row.breaks.iter().map(|(from, price)| json!([from, money(*price)]));
    json!({ "first_day": row.first_day, "last_day": row.last_day, "breaks": breaks.collect::<Vec<_>>() })
}

/// From ten-thousandths.
fn money(price: u64) -> String {
    format!("{}.{:04}", price / 10_000, price % 10_000)
}
