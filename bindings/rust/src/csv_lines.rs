//! The lines of a request from a CSV file: a row is a line, named by its number.

use emptor_core::{LineId, RequestLine, Sku};

use crate::csv_table::{Flaws, Row, Table, Units};
use crate::problem::{Flaw, Problem};

const COLUMNS: [&str; 3] = ["sku", "quantity", "unit"];
const NEEDED: [&[&str]; 2] = [&["sku"], &["quantity"]];

/// Reads the lines of a request from CSV text with the columns `sku`, `quantity` and, if wanted, `unit`.
///
/// The first line is called `1`, and so on; each comes with the row of the file that it starts on. `file` is the name
/// that problems are told under.
///
/// # Errors
/// The first problem of each row, for all rows.
///
/// # Example
/// ```
/// let lines = emptor::read_request_lines_csv("sku,quantity\nBOLT-M8X40,500\n", "rfq.csv").unwrap();
/// assert_eq!((lines[0].0, lines[0].1.sku.as_str()), (2, "BOLT-M8X40"));
///
/// let problems = emptor::read_request_lines_csv("sku,quantity\nBOLT-M8X40,many\n", "rfq.csv").unwrap_err();
/// assert!(problems[0].to_string().starts_with("error[csv.row]: rfq.csv:2: column `quantity`: `many` is"));
/// ```
pub fn read_request_lines_csv(text: &str, file: &str) -> Result<Vec<(u32, RequestLine)>, Vec<Problem>> {
    let told = |flaws: Vec<Flaw>| flaws.into_iter().map(|flaw| flaw.into_problem(Some(file), None)).collect::<Vec<_>>();
    let mut table = Table::open(text, &COLUMNS, &NEEDED).map_err(told)?;
    let (mut lines, mut flaws, mut units) = (Vec::new(), Flaws::default(), Units::default());
    while let Some(row) = table.next_row() {
        let number = lines.len().saturating_add(1);
        match row.and_then(|row| Ok((row.line, request_line(&row, number, &mut units)?))) {
            Ok(line) => lines.push(line),
            Err(flaw) => flaws.push(flaw),
        }
    }
    let flaws = flaws.into_told();
    if flaws.is_empty() { Ok(lines) } else { Err(told(flaws)) }
}

fn request_line(row: &Row<'_>, number: usize, units: &mut Units) -> Result<RequestLine, Flaw> {
    let empty = |column| row.flaw(format!("column `{column}` is empty")).with_help("every line has one");
    Ok(RequestLine {
        id: LineId::new(&number.to_string()).map_err(|error| row.flaw(error.to_string()))?,
        sku: row.read("sku", |text| Sku::new(text).map_err(|error| error.to_string()))?.ok_or_else(|| empty("sku"))?,
        quantity: row.exact("quantity")?.ok_or_else(|| empty("quantity"))?,
        unit: row.read("unit", |text| units.read(text))?,
        measured: None,
        manual_price: None,
        adjustment: None,
        recorded: None,
    })
}
