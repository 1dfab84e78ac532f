//! The request that a user names: a CSV or JSON file, and the options that say more.

use std::path::Path;

use emptor::core::{Facts, PriceRequest};
use emptor::{Problem, read_request_json, read_request_lines_csv};
use serde_json::{Map, Value};

use crate::arguments::Quote;
use crate::failure::Failure;
use crate::input;

const MEGABYTES_MAX: u64 = 64;

/// A request, and where its lines stand.
#[derive(Debug)]
pub(crate) struct Rfq {
    pub(crate) request: PriceRequest,
    /// The row of each line in a CSV file; empty for JSON.
    pub(crate) rows: Vec<u32>,
}

/// Reads the file. Options win over what a JSON request says.
pub(crate) fn read(arguments: &Quote) -> Result<Rfq, Failure> {
    let path = &arguments.rfq;
    let text = input::text(path, MEGABYTES_MAX)?;
    let mut rfq = if is_json(path, &text) { from_json(arguments, &text)? } else { from_csv(arguments, &text)? };
    let request = &mut rfq.request;
    arguments.buyer.iter().for_each(|buyer| request.buyer = buyer.clone());
    arguments.currency.iter().for_each(|&currency| request.currency = Some(currency));
    arguments.valid_at.iter().for_each(|&valid_at| request.valid_at = valid_at);
    if request.lines.is_empty() {
        return Err(Failure::of(path, "the request has no lines; add what is to be priced"));
    }
    Ok(rfq)
}

/// By the file's name; where that does not tell, by how it starts.
fn is_json(path: &Path, text: &str) -> bool {
    let is = |known: &str| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(known));
    is("json") || (!is("csv") && text.trim_start().starts_with('{'))
}

fn from_csv(arguments: &Quote, text: &str) -> Result<Rfq, Failure> {
    let path = &arguments.rfq;
    let (Some(buyer), Some(valid_at)) = (&arguments.buyer, arguments.valid_at) else {
        let missing: Vec<&str> = [
            arguments.buyer.is_none().then_some("who buys: add --buyer ORG"),
            arguments.valid_at.is_none().then_some("when the prices apply: add --valid-at DATE"),
        ]
        .into_iter()
        .flatten()
        .collect();
        return Err(Failure::of(path, format_args!("a CSV request does not say {}", missing.join(", and "))));
    };
    let lines = read_request_lines_csv(text, &path.to_string_lossy()).map_err(Failure::Problems)?;
    if let Some((row, line)) = lines.iter().find(|(_, line)| line.quantity.is_negative()) {
        let quantity = line.quantity;
        let message = format!(
            "{}:{row}: the quantity `{quantity}` is below zero; a return needs a JSON request with what the line was \
             sold at",
            path.display()
        );
        return Err(Failure::Message(message));
    }
    let (rows, lines) = lines.into_iter().unzip();
    let request = PriceRequest {
        tenant: None,
        buyer: buyer.clone(),
        region: None,
        channel: None,
        currency: None,
        valid_at,
        prices: None,
        lines,
        charges: Vec::new(),
        adjustment: None,
        coupons: Vec::new(),
        cash: false,
        attributes: std::collections::BTreeMap::new(),
        facts: Facts::default(),
    };
    Ok(Rfq { request, rows })
}

fn from_json(arguments: &Quote, text: &str) -> Result<Rfq, Failure> {
    let path = &arguments.rfq;
    let options = [
        ("buyer", "--buyer ORG", arguments.buyer.as_ref().map(ToString::to_string)),
        ("valid_at", "--valid-at DATE", arguments.valid_at.map(|when| when.to_string())),
    ];
    let mut text = text.to_owned();
    for (key, option, value) in options {
        if !lacks(&text, key) {
            continue;
        }
        let Some(value) = value else {
            return Err(Failure::of(path, format_args!("the request has no `{key}`; write it there, or add {option}")));
        };
        // Put in as text, so that what else is wrong with the request keeps its line.
        text = text.replacen('{', &format!("{{ \"{key}\": {},", Value::from(value)), 1);
    }
    let placed = |problem: Problem| Problem { file: Some(path.to_string_lossy().into_owned()), ..problem };
    let request =
        read_request_json(&text).map_err(|problems| Failure::Problems(problems.into_iter().map(placed).collect()))?;
    Ok(Rfq { request, rows: Vec::new() })
}

/// Whether a JSON object has keys, but not this one. What is no such object is told by who reads it.
fn lacks(text: &str, key: &str) -> bool {
    serde_json::from_str::<Map<String, Value>>(text).is_ok_and(|keys| !keys.is_empty() && !keys.contains_key(key))
}
