//! Documents and requests that come as one JSON value, as programs pass them.

use emptor_core::{Documents, PriceRequest};
use serde::de::DeserializeOwned;

use crate::problem::Problem;
use crate::{de, json};

/// Reads all of a tenant's documents from one JSON value. Decimals are strings in it.
///
/// # Errors
/// What is wrong first: `document.syntax`, `document.shape`, `document.unknown_key`, …
///
/// # Example
/// ```
/// let text = r#"{ "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "Europe/Berlin" } }"#;
/// assert_eq!(emptor::read_documents_json(text).unwrap().tenant.tenant.as_str(), "acme");
///
/// let problems = emptor::read_documents_json(r#"{ "tenants": {} }"#).unwrap_err();
/// assert!(problems[0].to_string().starts_with("error[document.unknown_key]: 1:3: the key `tenants` is not known"));
/// ```
pub fn read_documents_json(text: &str) -> Result<Documents, Vec<Problem>> {
    read(text)
}

/// Reads a request for prices from one JSON value. Decimals are strings in it.
///
/// # Errors
/// What is wrong first: `document.syntax`, `document.shape`, `document.unknown_key`, …
///
/// # Example
/// ```
/// let text = r#"{ "buyer": "contoso", "valid_at": "2026-03-01", "lines": [ { "id": "1", "sku": "007", "quantity": 5 } ] }"#;
/// let problems = emptor::read_request_json(text).unwrap_err();
/// assert!(problems[0].to_string().contains("lines[0].quantity: expected a decimal as a string"));
/// ```
pub fn read_request_json(text: &str) -> Result<PriceRequest, Vec<Problem>> {
    read(text)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Vec<Problem>> {
    let value = json::read(text).and_then(|node| de::from_node(&node));
    value.map_err(|flaw| vec![flaw.into_problem(None, None)])
}
